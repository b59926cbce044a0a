// Locks of our relations: see set_up_lock.h. Refused to everybody whom the rules bind, as none of their acts needs it:
// - LOCK TABLE, which the privileges to write the set-up tables allow
// - the statements that PostgreSQL lets wait for a lock, before which all others then wait, and hold it while they wait
//   for something else, before it says that the caller may not: by the names in them (registry/named_relations.h)
// and to those who can change no row of a table:
// - SELECT … FOR UPDATE and the like
// - a statement that is prepared and not executed, whose locks stay though nobody has asked for a privilege.
// (An UPDATE or DELETE that is refused when it is executed takes no lock that stays.)

#include "server/version.h"

extern "C" {
#include "executor/executor.h"
#include "nodes/plannodes.h"
#include "parser/analyze.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/utility.h"
}

#include "registry/set_up_lock.h"

#include "identity/identity.h"
#include "registry/named_relations.h"
#include "registry/set_up_tables.h"
#include "server/catalog.h"
#include "server/guard.h"

namespace pat_auth::registry {

namespace {

ProcessUtility_hook_type previous_process_utility = nullptr;
ExecutorStart_hook_type previous_executor_start = nullptr;
post_parse_analyze_hook_type previous_post_parse_analyze = nullptr;

// A look for a relation of ours in what a view reads.
struct Search {
    Oid view;
    const Search* outer; // of a view that reads this one
    Oid found;
};
bool find_in_query(Node* node, void* context);

bool is_searched(Oid view, const Search* search)
{
    return search != nullptr && (view == search->view || is_searched(view, search->outer));
}

// The relation itself, or one in a view of whomever: LOCK TABLE of a view locks what it reads.
Oid own_relation_in(Oid relation, const Search* outer)
{
    check_stack_depth();
    if (server::is_own_relation(relation))
        return relation;
    if (get_rel_relkind(relation) != RELKIND_VIEW)
        return InvalidOid;
    Search search = {relation, outer, InvalidOid};
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
        // A view's own entries stand for the rows of rules, and views may read each other.
        if (entry->rtekind == RTE_RELATION && !is_searched(entry->relid, search))
            search->found = own_relation_in(entry->relid, search);
        return OidIsValid(search->found);
    }
    if (IsA(node, Query))
        return server::walk_query(castNode(Query, node), find_in_query, context);
    return server::walk_nodes(node, find_in_query, context);
}

// By the role that the statement runs as: foreign keys lock rows as the tables' owner, for whomever.
bool is_bound_role() { return !server::is_above_rules(GetUserId()); }

constexpr char needless[] = "The rules of the set-up hold without a lock.";

[[noreturn]] void refuse_lock(const char* table, const char* hint)
{
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("not allowed to lock table \"%s\"", table),
                    errhint("%s", hint)));
    pg_unreachable();
}

bool is_harmless(LOCKMODE mode) { return mode <= RowExclusiveLock; }

// Called before the relation is locked that the name means now, and again for each that it comes to mean meanwhile.
void before_lock(const RangeVar* /*name*/, Oid relation, Oid /*locked_before*/, void* statement)
{
    char const kind = OidIsValid(relation) ? get_rel_relkind(relation) : '\0';
    if (kind == '\0')
        return;
    if (server::is_own_relation(relation))
        refuse_lock(get_rel_name(relation), needless);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW)
        ereport(ERROR,
                (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot lock relation \"%s\"", get_rel_name(relation)),
                 errdetail_relkind_not_supported(kind)));
    if (!is_harmless(static_cast<const LockStmt*>(statement)->mode) &&
        pg_class_aclcheck(relation, GetUserId(), server::lock_privileges) != ACLCHECK_OK)
        aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(kind), get_rel_name(relation));
}

// What is named is locked here, as LOCK TABLE does it: from then on no name means another relation and no view reads
// another one, when LOCK TABLE comes to what the views read. Looked at only before, either could change while it waits.
void check_lock(LockStmt* statement)
{
    // A reader's lock is his who may read: so pg_dump locks what it dumps.
    if (statement->mode == AccessShareLock || !server::is_installed() || !is_bound_role())
        return;
    LOCKMODE const mode = is_harmless(statement->mode) ? NoLock : statement->mode;
    uint32 const flags = RVR_MISSING_OK | (statement->nowait ? static_cast<uint32>(RVR_NOWAIT) : 0U);
    ListCell* cell = nullptr;
    foreach (cell, statement->relations) {
        Oid const relation = RangeVarGetRelidExtended(lfirst_node(RangeVar, cell), mode, flags, before_lock, statement);
        Oid const read = OidIsValid(relation) ? own_relation_in(relation, nullptr) : InvalidOid;
        if (OidIsValid(read))
            refuse_lock(get_rel_name(read), needless);
    }
}

// By the words, not by what they mean now: that may change while the statement waits for another lock, and then it
// would have one of ours, or queue for it, before it could be refused.
void check_names(Node* statement)
{
    ListCell* cell = nullptr;
    foreach (cell, relations_locked_unasked(statement)) {
        const RangeVar* const name = lfirst_node(RangeVar, cell);
        if (OidIsValid(server::own_relation_named(*name)) && is_bound_role())
            ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                            errmsg("must be owner of relation \"pat_auth.%s\"", name->relname),
                            name->schemaname == nullptr
                                ? errhint("If another relation of this name is meant, write its schema before it.")
                                : 0));
    }
}

// Whoever changes rows of the table may lock them first.
bool may_lock_rows(const SetUpTable& table)
{
    const identity::Identity* const who = identity::current_identity();
    return who != nullptr && identity::has_administrator_role(*who, table.administrators);
}

void check_row_locks(const PlannedStmt* statement)
{
    ListCell* cell = nullptr;
    foreach (cell, statement->rowMarks) {
        const auto* const mark = static_cast<const PlanRowMark*>(lfirst(cell));
        if (!RowMarkRequiresRowShareLock(mark->markType))
            continue;
        const SetUpTable* const table = set_up_table(rt_fetch(mark->rti, statement->rtable)->relid);
        if (table != nullptr && is_bound_role() && !may_lock_rows(*table))
            refuse_lock(table->name, "Those can lock its rows who can change some of them.");
    }
}

// As PostgreSQL says it to who executes such a statement.
void check_written(Oid relation)
{
    constexpr AclMode writing = ACL_INSERT | ACL_UPDATE | ACL_DELETE;
    Oid const role = GetUserId();
    if (server::is_own_relation(relation) && pg_class_aclmask(relation, role, writing, ACLMASK_ANY) == 0 &&
        pg_attribute_aclcheck_all(relation, role, writing, ACLMASK_ANY) != ACLCHECK_OK)
        aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
}

// Most statements have none, and are not gone through expression by expression.
bool has_subqueries(const Query* query)
{
    if (query->hasSubLinks || query->cteList != NIL)
        return true;
    ListCell* cell = nullptr;
    foreach (cell, query->rtable)
        if (lfirst_node(RangeTblEntry, cell)->rtekind == RTE_SUBQUERY)
            return true;
    return false;
}

bool check_query(Node* node, void* context)
{
    // A query's walker sees to what is below its tables itself.
    if (node == nullptr || IsA(node, RangeTblEntry))
        return false;
    if (!IsA(node, Query))
        return server::walk_nodes(node, check_query, context);
    auto* const query = castNode(Query, node);
    if (query->resultRelation != 0)
        check_written(rt_fetch(query->resultRelation, query->rtable)->relid);
    ListCell* cell = nullptr;
    foreach (cell, query->rowMarks) {
        const RangeTblEntry* const entry = rt_fetch(lfirst_node(RowMarkClause, cell)->rti, query->rtable);
        if (entry->rtekind == RTE_RELATION)
            check_written(entry->relid);
    }
    return has_subqueries(query) && server::walk_query(query, check_query, context);
}

void on_post_parse_analyze(ParseState* state, Query* query, JumbleState* jumble)
{
    if (query->commandType != CMD_UTILITY)
        server::enter([&] { check_query(reinterpret_cast<Node*>(query), nullptr); });
    if (previous_post_parse_analyze != nullptr)
        previous_post_parse_analyze(state, query, jumble);
}

void on_process_utility(PlannedStmt* statement, const char* query, bool read_only_tree, ProcessUtilityContext context,
                        ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                        QueryCompletion* completion)
{
    server::enter([&] {
        check_names(statement->utilityStmt);
        if (IsA(statement->utilityStmt, LockStmt))
            check_lock(castNode(LockStmt, statement->utilityStmt));
    });
    previous_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
}

void on_executor_start(QueryDesc* query, int flags)
{
    if (query->plannedstmt->rowMarks != NIL && (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
        server::enter([&] { check_row_locks(query->plannedstmt); });
    previous_executor_start(query, flags);
}

} // namespace

void register_set_up_lock()
{
    previous_process_utility = ProcessUtility_hook != nullptr ? ProcessUtility_hook : standard_ProcessUtility;
    ProcessUtility_hook = on_process_utility;
    previous_executor_start = ExecutorStart_hook != nullptr ? ExecutorStart_hook : standard_ExecutorStart;
    ExecutorStart_hook = on_executor_start;
    previous_post_parse_analyze = post_parse_analyze_hook;
    post_parse_analyze_hook = on_post_parse_analyze;
}

} // namespace pat_auth::registry
