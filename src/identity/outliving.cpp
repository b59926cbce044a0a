// What outlives the transaction: see outliving.h.

#include "server/prelude.h"

extern "C" {
#include "nodes/parsenodes.h"
#include "parser/parsetree.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/portal.h"
}

#include "identity/outliving.h"

#include "identity/credential.h"
#include "server/guard.h"

#include <cstring>

namespace pat_auth::identity {

namespace {

ProcessUtility_hook_type previous_process_utility = nullptr;

// Temporary tables of this session that lose their rows at the end of the transaction: PostgreSQL's catalogues do not
// say which do. One whose creation we did not see counts as one that stays.
List* emptied_at_commit = NIL;

// Whether a statement is running that creates a temporary table, with rows, that stays.
bool is_creating = false;

bool is_temporary(const RangeVar* relation)
{
    return relation->relpersistence == RELPERSISTENCE_TEMP ||
           (relation->schemaname != nullptr && std::strncmp(relation->schemaname, "pg_temp", 7) == 0);
}

bool is_emptied(OnCommitAction action) { return action == ONCOMMIT_DROP || action == ONCOMMIT_DELETE_ROWS; }

// The temporary table that a statement creates, or nullptr.
const RangeVar* created_temporary_table(const Node* statement, OnCommitAction& on_commit)
{
    const RangeVar* relation = nullptr;
    if (IsA(statement, CreateStmt)) {
        const auto* const create = reinterpret_cast<const CreateStmt*>(statement);
        relation = create->relation;
        on_commit = create->oncommit;
    } else if (IsA(statement, CreateTableAsStmt)) {
        const IntoClause* const into = reinterpret_cast<const CreateTableAsStmt*>(statement)->into;
        relation = into->rel;
        on_commit = into->onCommit;
    } else if (IsA(statement, ExplainStmt)) {
        // EXPLAIN ANALYZE CREATE TABLE … AS creates it too.
        const auto* const query =
            reinterpret_cast<const Query*>(reinterpret_cast<const ExplainStmt*>(statement)->query);
        if (IsA(query, Query) && query->utilityStmt != nullptr)
            return created_temporary_table(query->utilityStmt, on_commit);
    }
    return relation != nullptr && is_temporary(relation) ? relation : nullptr;
}

void remember_emptied(const RangeVar* relation)
{
    Oid const oid = RangeVarGetRelid(relation, NoLock, true);
    if (!OidIsValid(oid))
        return;
    MemoryContext const context = MemoryContextSwitchTo(TopMemoryContext);
    emptied_at_commit = list_append_unique_oid(emptied_at_commit, oid);
    MemoryContextSwitchTo(context);
}

void process(PlannedStmt* statement, const char* query, bool read_only_tree, ProcessUtilityContext context,
             ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
             QueryCompletion* completion)
{
    if (previous_process_utility != nullptr)
        previous_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                 completion);
    else
        standard_ProcessUtility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                completion);
}

void process_creating(PlannedStmt* statement, const char* query, bool read_only_tree, ProcessUtilityContext context,
                      ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                      QueryCompletion* completion)
{
    bool const was_creating = is_creating;
    is_creating = true;
    PG_TRY();
    {
        process(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    }
    PG_FINALLY();
    {
        is_creating = was_creating;
    }
    PG_END_TRY();
}

void on_process_utility(PlannedStmt* statement, const char* query, bool read_only_tree, ProcessUtilityContext context,
                        ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                        QueryCompletion* completion)
{
    const Node* const node = statement->utilityStmt;
    OnCommitAction on_commit = ONCOMMIT_NOOP;
    const RangeVar* const temporary = created_temporary_table(node, on_commit);
    if (IsA(node, DeclareCursorStmt) &&
        (reinterpret_cast<const DeclareCursorStmt*>(node)->options & CURSOR_OPT_HOLD) != 0 &&
        current_credential().kind != Kind::none)
        refuse_outliving("cannot declare a cursor WITH HOLD");

    if (temporary != nullptr && !is_emptied(on_commit))
        process_creating(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    else
        process(statement, query, read_only_tree, context, parameters, environment, receiver, completion);

    if (temporary != nullptr && is_emptied(on_commit))
        remember_emptied(temporary);
}

} // namespace

bool fills_temporary_table(const QueryDesc& query)
{
    const PlannedStmt* const plan = query.plannedstmt;
    if (plan->resultRelations == NIL || (query.operation == CMD_DELETE && !plan->hasModifyingCTE))
        return false;
    ListCell* cell = nullptr;
    foreach (cell, plan->resultRelations) {
        Oid const relation = rt_fetch(lfirst_int(cell), plan->rtable)->relid;
        if (get_rel_persistence(relation) == RELPERSISTENCE_TEMP && !list_member_oid(emptied_at_commit, relation))
            return true;
    }
    return false;
}

void refuse_outliving(const char* what)
{
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("%s under an identity", what),
                    errdetail("It would outlive the transaction, and so the identity that its rows depend on."),
                    errhint("Use a cursor without HOLD, a temporary table ON COMMIT DROP, or sign out first with "
                            "pat_auth.pat_logout().")));
    pg_unreachable();
}

void refuse_in_outliving_query()
{
    if (ActivePortal != nullptr && (ActivePortal->cursorOptions & CURSOR_OPT_HOLD) != 0)
        refuse_outliving("cannot run a cursor WITH HOLD");
    if (is_creating)
        refuse_outliving("cannot create a temporary table that stays");
}

void register_outliving()
{
    previous_process_utility = ProcessUtility_hook;
    ProcessUtility_hook = on_process_utility;
}

} // namespace pat_auth::identity
