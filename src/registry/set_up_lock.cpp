// Locks of the set-up tables: see set_up_lock.h. LOCK TABLE is refused to everybody whom the rules bind, as none of
// their acts needs it; SELECT … FOR UPDATE and the like to those who are no administrators. (An UPDATE or DELETE that
// the rules refuse takes no lock that stays.)

#include "server/version.h"

extern "C" {
#include "executor/executor.h"
#include "nodes/plannodes.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/utility.h"
}

#include "registry/set_up_lock.h"

#include "identity/identity.h"
#include "registry/guarded.h"
#include "registry/set_up_tables.h"
#include "server/guard.h"

namespace pat_auth::registry {

namespace {

ProcessUtility_hook_type previous_process_utility = nullptr;
ExecutorStart_hook_type previous_executor_start = nullptr;

// A look for a set-up table in what a view reads.
struct Search {
    Oid view;
    Oid found;
};
bool find_in_query(Node* node, void* context);

// The set-up table itself, or one in a view of whomever: LOCK TABLE of a view locks what it reads.
Oid set_up_table_in(Oid relation)
{
    check_stack_depth();
    if (is_set_up_table(relation))
        return relation;
    if (get_rel_relkind(relation) != RELKIND_VIEW)
        return InvalidOid;
    Search search = {relation, InvalidOid};
    Relation const view = table_open(relation, AccessShareLock);
    server::walk_query(get_view_query(view), find_in_query, &search);
    table_close(view, NoLock);
    return search.found;
}

bool find_in_query(Node* node, void* context)
{
    if (node == nullptr)
        return false;
    auto* const search = static_cast<Search*>(context);
    if (IsA(node, RangeTblEntry)) {
        const auto* const entry = castNode(RangeTblEntry, node);
        // A view's own entries stand for the rows of rules.
        if (entry->rtekind == RTE_RELATION && entry->relid != search->view)
            search->found = set_up_table_in(entry->relid);
        return OidIsValid(search->found);
    }
    if (IsA(node, Query))
        return server::walk_query(castNode(Query, node), find_in_query, context);
    return server::walk_nodes(node, find_in_query, context);
}

[[noreturn]] void refuse_lock(Oid relation, const char* hint)
{
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("not allowed to lock table \"%s\"", get_rel_name(relation)), errhint("%s", hint)));
    pg_unreachable();
}

void check_statement(const Node* statement)
{
    if (!IsA(statement, LockStmt))
        return;
    ListCell* cell = nullptr;
    foreach (cell, reinterpret_cast<const LockStmt*>(statement)->relations) {
        Oid const relation = RangeVarGetRelid(static_cast<const RangeVar*>(lfirst(cell)), NoLock, true);
        Oid const locked = OidIsValid(relation) ? set_up_table_in(relation) : InvalidOid;
        if (OidIsValid(locked) && is_bound())
            refuse_lock(locked, "The rules of the set-up hold without a lock.");
    }
}

bool is_administrator()
{
    const identity::Identity* const who = identity::current_identity();
    return who != nullptr && who->administrator_roles != 0;
}

void check_row_locks(const PlannedStmt* statement)
{
    ListCell* cell = nullptr;
    foreach (cell, statement->rowMarks) {
        const auto* const mark = static_cast<const PlanRowMark*>(lfirst(cell));
        if (!RowMarkRequiresRowShareLock(mark->markType))
            continue;
        Oid const relation = rt_fetch(mark->rti, statement->rtable)->relid;
        if (is_set_up_table(relation) && is_bound() && !is_administrator())
            refuse_lock(relation, "An administrator can lock rows of the set-up.");
    }
}

void on_process_utility(PlannedStmt* statement, const char* query, bool read_only_tree, ProcessUtilityContext context,
                        ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                        QueryCompletion* completion)
{
    server::enter([&] { check_statement(statement->utilityStmt); });
    if (previous_process_utility != nullptr)
        previous_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                 completion);
    else
        standard_ProcessUtility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                completion);
}

void on_executor_start(QueryDesc* query, int flags)
{
    if (query->plannedstmt->rowMarks != NIL && (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
        server::enter([&] { check_row_locks(query->plannedstmt); });
    if (previous_executor_start != nullptr)
        previous_executor_start(query, flags);
    else
        standard_ExecutorStart(query, flags);
}

} // namespace

void register_set_up_lock()
{
    previous_process_utility = ProcessUtility_hook;
    ProcessUtility_hook = on_process_utility;
    previous_executor_start = ExecutorStart_hook;
    ExecutorStart_hook = on_executor_start;
}

} // namespace pat_auth::registry
