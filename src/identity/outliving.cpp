// What outlives the transaction: see outliving.h.

#include "server/prelude.h"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "nodes/parsenodes.h"
#include "parser/parsetree.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/portal.h"
}

#include "identity/outliving.h"

#include "identity/credential.h"
#include "identity/running_query.h"
#include "server/guard.h"

namespace pat_auth::identity {

namespace {

ProcessUtility_hook_type previous_process_utility = nullptr;

// Temporary tables of this session that lose their rows at the end of the transaction, and those that are dropped then:
// PostgreSQL's catalogues do not say which do. One whose creation we did not see counts as one that stays.
List* emptied_at_commit = NIL;
List* dropped_at_commit = NIL;

const char* outliving_now = nullptr;

[[noreturn]] void refuse(const char* what)
{
    ereport(ERROR,
            (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("%s under an identity", what),
             errdetail("It would outlive the transaction, and so the identity that its rows depend on."),
             errhint("Use a cursor without HOLD, a temporary table ON COMMIT DROP, or a loop without COMMIT; or sign "
                     "out first with pat_auth.pat_logout().")));
    pg_unreachable();
}

// Whether it will be, by its spelling or by the search_path.
bool is_temporary(const RangeVar* relation)
{
    return relation->relpersistence == RELPERSISTENCE_TEMP || isTempNamespace(RangeVarGetCreationNamespace(relation));
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

bool stays(Oid table)
{
    return get_rel_persistence(table) == RELPERSISTENCE_TEMP && !list_member_oid(emptied_at_commit, table) &&
           !list_member_oid(dropped_at_commit, table);
}

Oid oid_of(const RangeVar* relation) { return RangeVarGetRelid(relation, NoLock, true); }

// Not a partitioned table: its partitions are emptied only if they say so themselves.
void remember_emptied(Oid table, OnCommitAction action)
{
    if (!OidIsValid(table) || get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE)
        return;
    List** const tables = action == ONCOMMIT_DROP ? &dropped_at_commit : &emptied_at_commit;
    MemoryContext const context = MemoryContextSwitchTo(TopMemoryContext);
    *tables = list_append_unique_oid(*tables, table);
    MemoryContextSwitchTo(context);
}

void at_transaction_end(XactEvent event, void* /*argument*/)
{
    if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
        return;
    list_free(dropped_at_commit);
    dropped_at_commit = NIL;
}

// A statement that gives rows to a temporary table that stays, and is no query of the executor's. The query that it is
// part of may have asked for the identity when there was nothing to refuse.
void process_filling(const char* what, PlannedStmt* statement, const char* query, bool read_only_tree,
                     ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment* environment,
                     DestReceiver* receiver, QueryCompletion* completion)
{
    const char* const outer = outliving();
    set_outliving(what);
    begin_statement();
    PG_TRY();
    {
        previous_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                 completion);
    }
    PG_FINALLY();
    {
        set_outliving(outer);
    }
    PG_END_TRY();
}

bool fills_temporary_table(const QueryDesc& query)
{
    const PlannedStmt* const plan = query.plannedstmt;
    if (plan->resultRelations == NIL || (query.operation == CMD_DELETE && !plan->hasModifyingCTE))
        return false;
    ListCell* cell = nullptr;
    foreach (cell, plan->resultRelations) {
        Oid const relation = rt_fetch(lfirst_int(cell), plan->rtable)->relid;
        if (stays(relation))
            return true;
    }
    return false;
}

// What the active portal does with its rows that must not depend on an identity, or nullptr.
const char* what_portal_keeps()
{
    if (ActivePortal == nullptr)
        return nullptr;
    if ((ActivePortal->cursorOptions & CURSOR_OPT_HOLD) != 0)
        return "cannot run a cursor WITH HOLD";
    // A procedure's COMMIT has the queries that it loops over computed to their end, and keeps their rows.
    if (ActivePortal->strategy == PORTAL_ONE_SELECT && ActivePortal->holdStore != nullptr)
        return "cannot keep a loop's query over a COMMIT";
    return nullptr;
}

// ALTER TABLE computes new columns, and COPY fires triggers, without a query of the executor's.
bool changes_staying_table(const Node* statement)
{
    const RangeVar* relation = nullptr;
    if (IsA(statement, AlterTableStmt))
        relation = reinterpret_cast<const AlterTableStmt*>(statement)->relation;
    else if (IsA(statement, IndexStmt))
        relation = reinterpret_cast<const IndexStmt*>(statement)->relation;
    else if (IsA(statement, CopyStmt) && reinterpret_cast<const CopyStmt*>(statement)->is_from)
        relation = reinterpret_cast<const CopyStmt*>(statement)->relation;
    Oid const table = relation != nullptr ? oid_of(relation) : InvalidOid;
    return OidIsValid(table) && stays(table);
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
        refuse("cannot declare a cursor WITH HOLD");

    Oid const existing = temporary != nullptr && is_emptied(on_commit) ? oid_of(temporary) : InvalidOid;
    const char* what = nullptr;
    // Without a query it gets no row.
    if (temporary != nullptr && !is_emptied(on_commit) && !IsA(node, CreateStmt))
        what = "cannot create a temporary table that stays";
    else if (changes_staying_table(node))
        what = "cannot change a temporary table that stays";
    if (what != nullptr)
        process_filling(what, statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    else
        previous_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                 completion);

    // IF NOT EXISTS may have left an older table as it is.
    if (temporary != nullptr && is_emptied(on_commit) && !OidIsValid(existing))
        remember_emptied(oid_of(temporary), on_commit);
}

} // namespace

const char* outliving() { return outliving_now; }

void set_outliving(const char* what) { outliving_now = what; }

const char* what_outlives(const QueryDesc& query)
{
    const char* const kept = what_portal_keeps();
    return kept == nullptr && fills_temporary_table(query) ? "cannot write into a temporary table that stays" : kept;
}

void refuse_outliving()
{
    // The portal too: begun again before it is run, a scan asks for what it compares its index with.
    const char* const what = outliving_now != nullptr ? outliving_now : what_portal_keeps();
    if (what != nullptr)
        refuse(what);
}

void register_outliving()
{
    previous_process_utility = ProcessUtility_hook != nullptr ? ProcessUtility_hook : standard_ProcessUtility;
    ProcessUtility_hook = on_process_utility;
    RegisterXactCallback(at_transaction_end, nullptr);
}

} // namespace pat_auth::identity
