// `(SELECT reader(…))` of a policy, computed without a subquery's executor.
//
// PostgreSQL starts an executor node with a slot and a projection for each, and runs it when the first row is compared.
// Beside a look-up of one row that costs as much as the verification. So a short query is started on copies of its
// statement and of its uppermost node that have no such subquery. Its parameter is computed all the same when it is
// asked for first, as PostgreSQL computes it, but by a node of ours that calls the reader and nothing else. The plan
// itself, which may be kept and run again, stays as it is; so does what EXPLAIN shows.
//
// Until the executor has been started the parameter has no value: nothing is evaluated before (as a plan's parameters
// may need its subqueries).

#include "server/version.h"

extern "C" {
#include "access/parallel.h"
#include "catalog/objectaccess.h"
#include "pgstat.h"
#include "utils/syscache.h"
}

#include "enforcement/reader_subquery.h"

#include "enforcement/constants.h"

#include <algorithm>
#include <array>
#include <cstring>

extern "C" {
Datum pat_auth_tenant(PG_FUNCTION_ARGS);
Datum pat_auth_user(PG_FUNCTION_ARGS);
Datum pat_auth_has_scope(PG_FUNCTION_ARGS);
Datum pat_auth_tenant_with_scope(PG_FUNCTION_ARGS);
Datum pat_auth_tenant_with_scope_as_bigint(PG_FUNCTION_ARGS);
Datum pat_auth_tenant_with_scope_as_uuid(PG_FUNCTION_ARGS);
Datum pat_auth_user_with_scope(PG_FUNCTION_ARGS);
Datum pat_auth_user_with_scope_as_bigint(PG_FUNCTION_ARGS);
Datum pat_auth_user_with_scope_as_uuid(PG_FUNCTION_ARGS);
}

namespace pat_auth::enforcement {

namespace {

constexpr std::array readers = {pat_auth_tenant,
                                pat_auth_user,
                                pat_auth_has_scope,
                                pat_auth_tenant_with_scope,
                                pat_auth_tenant_with_scope_as_bigint,
                                pat_auth_tenant_with_scope_as_uuid,
                                pat_auth_user_with_scope,
                                pat_auth_user_with_scope_as_bigint,
                                pat_auth_user_with_scope_as_uuid};
constexpr int max_arguments = 2;

ExecutorStart_hook_type previous_executor_start = nullptr;

// What is known of a function and who calls it, as long as nobody changes functions, roles or privileges.
struct KnownFunction {
    Oid function_id;
    Oid role;
    bool is_reader; // not altered, and this role may execute it
    FmgrInfo function;
};
std::array<KnownFunction, 16> known_functions = {};
std::size_t next_known_function = 0;
uint64 changes = 0; // that we were told of

void forget_functions(Datum /*argument*/, int /*cache*/, uint32 /*hash*/)
{
    known_functions.fill({});
    ++changes;
}

const KnownFunction& look_at(Oid function_id, Oid role)
{
    KnownFunction function = {};
    uint64 before = 0;
    do { // again where something has changed while we looked
        before = changes;
        function = {function_id, role, false, {}};
        if (!server::may_execute(function_id, role))
            continue;
        fmgr_info_cxt(function_id, &function.function, TopMemoryContext);
        function.is_reader = std::find(readers.begin(), readers.end(), function.function.fn_addr) != readers.end();
    } while (changes != before);
    KnownFunction& known = known_functions[next_known_function];
    next_known_function = (next_known_function + 1) % known_functions.size();
    known = function;
    return known;
}

// nullptr where PostgreSQL has more to do than to call it, which is to count the call, or to refuse it.
const FmgrInfo* find_reader(Oid function_id)
{
    Oid const role = GetUserId();
    const auto* const known =
        std::find_if(known_functions.begin(), known_functions.end(),
                     [&](const KnownFunction& one) { return one.function_id == function_id && one.role == role; });
    const KnownFunction& function = known != known_functions.end() ? *known : look_at(function_id, role);
    return function.is_reader && pgstat_track_functions <= function.function.fn_stats ? &function.function : nullptr;
}

// The node in a subquery's place.
struct ReaderNode {
    PlanState state; // first, as it is what PostgreSQL knows of it
    SubPlanState subplan;
    int parameter;
    FmgrInfo reader;
    const List* arguments; // constants
    ReaderNode* next;
};

// What the executor is started with instead of the query's own statement.
struct ShortenedQuery {
    ReaderNode* readers;
    PlannedStmt statement;
    Plan* plan;
    MemoryContextCallback callback;
};

// It is in the memory around its executor's, which is there as long, but may be for very much longer.
void forget_query(void* argument)
{
    auto* const query = static_cast<ShortenedQuery*>(argument);
    for (ReaderNode *node = query->readers, *next = nullptr; node != nullptr; node = next) {
        next = node->next;
        pfree(node);
    }
    list_free(query->plan->initPlan);
    pfree(query->plan);
    list_free(query->statement.subplans);
    pfree(query);
}

// The call in `SELECT function(constants)`, or nullptr.
FuncExpr* only_call(const Plan* plan)
{
    if (!IsA(plan, Result) || plan->lefttree != nullptr || plan->initPlan != NIL || plan->qual != NIL ||
        reinterpret_cast<const Result*>(plan)->resconstantqual != nullptr || list_length(plan->targetlist) != 1)
        return nullptr;
    Expr* const expression = linitial_node(TargetEntry, plan->targetlist)->expr;
    if (!IsA(expression, FuncExpr))
        return nullptr;
    auto* const call = castNode(FuncExpr, expression);
    return list_length(call->args) <= max_arguments && are_constants(call->args) ? call : nullptr;
}

// nullptr where the subquery is PostgreSQL's.
ReaderNode* make_node(const SubPlan* subplan, const List* plans)
{
    if (subplan->subLinkType != EXPR_SUBLINK || subplan->parParam != NIL)
        return nullptr;
    auto* const plan = static_cast<Plan*>(list_nth(plans, subplan->plan_id - 1));
    const FuncExpr* const call = only_call(plan);
    const FmgrInfo* const reader = call == nullptr ? nullptr : find_reader(call->funcid);
    if (reader == nullptr)
        return nullptr;
    auto* const node = static_cast<ReaderNode*>(palloc0(sizeof(ReaderNode)));
    node->state.plan = plan;
    node->parameter = linitial_int(subplan->setParam);
    node->reader = *reader;
    node->arguments = call->args;
    return node;
}

// The uppermost nodes of queries that may be short. Beside others a subquery takes no time that anybody would notice.
Size node_size(const Plan* plan)
{
    switch (nodeTag(plan)) {
    case T_IndexScan:
        return sizeof(IndexScan);
    case T_IndexOnlyScan:
        return sizeof(IndexOnlyScan);
    case T_NestLoop:
        return sizeof(NestLoop);
    case T_Sort:
        return sizeof(Sort);
    case T_Limit:
        return sizeof(Limit);
    case T_LockRows:
        return sizeof(LockRows);
    case T_ModifyTable:
        return sizeof(ModifyTable);
    default:
        return 0;
    }
}

// nullptr where there is nothing to be left out.
ShortenedQuery* shorten(const PlannedStmt& statement)
{
    Size const size = statement.planTree->initPlan == NIL ? 0 : node_size(statement.planTree);
    if (size == 0)
        return nullptr;
    ReaderNode* nodes = nullptr;
    List* subplans = NIL;
    List* others = NIL;
    ListCell* cell = nullptr;
    foreach (cell, statement.planTree->initPlan) {
        auto* const subplan = lfirst_node(SubPlan, cell);
        ReaderNode* const node = make_node(subplan, statement.subplans);
        if (node == nullptr) {
            others = lappend(others, subplan);
            continue;
        }
        node->next = nodes;
        nodes = node;
        if (subplans == NIL)
            subplans = list_copy(statement.subplans);
        // As in a parallel worker, for a plan that is not to run there.
        lfirst(list_nth_cell(subplans, subplan->plan_id - 1)) = nullptr;
    }
    if (nodes == nullptr) {
        list_free(others);
        return nullptr;
    }
    auto* const query = static_cast<ShortenedQuery*>(palloc0(sizeof(ShortenedQuery)));
    query->readers = nodes;
    query->plan = static_cast<Plan*>(std::memcpy(palloc(size), statement.planTree, size));
    query->plan->initPlan = others;
    query->statement = statement;
    query->statement.planTree = query->plan;
    query->statement.subplans = subplans;
    return query;
}

// Asked for a row, which it has not: it gives the parameter its value itself, in the query's memory.
TupleTableSlot* compute(PlanState* state)
{
    auto* const node = reinterpret_cast<ReaderNode*>(state);
    LOCAL_FCINFO(call, max_arguments);
    InitFunctionCallInfoData(*call, &node->reader, static_cast<short>(list_length(node->arguments)), InvalidOid,
                             nullptr, nullptr);
    for (int i = 0; i < call->nargs; ++i)
        call->args[i] = {list_nth_node(Const, node->arguments, i)->constvalue, false};
    Datum const value = FunctionCallInvoke(call);
    state->state->es_param_exec_vals[node->parameter] = {nullptr, value, call->isnull};
    return nullptr;
}

// A subquery that sets no parameter from the rows of its plan.
SubPlan* subplan_without_parameters()
{
    static SubPlan subplan = {};
    subplan.xpr.type = T_SubPlan;
    subplan.subLinkType = EXPR_SUBLINK;
    return &subplan;
}

void attach(ShortenedQuery* query, EState* executor)
{
    for (ReaderNode* node = query->readers; node != nullptr; node = node->next) {
        node->state.type = T_ResultState;
        node->state.state = executor;
        node->state.ExecProcNode = compute;
        node->subplan.type = T_SubPlanState;
        node->subplan.subplan = subplan_without_parameters();
        node->subplan.planstate = &node->state;
        executor->es_param_exec_vals[node->parameter].execPlan = &node->subplan;
    }
    query->callback.func = forget_query;
    query->callback.arg = query;
    MemoryContextRegisterResetCallback(executor->es_query_cxt, &query->callback);
}

// Not one whose subqueries somebody wants to see, nor one that hands them to workers.
bool may_be_shortened(const QueryDesc& query, int flags)
{
    return (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0 && query.instrument_options == 0 &&
           !query.plannedstmt->parallelModeNeeded && !IsParallelWorker() && object_access_hook == nullptr;
}

void on_executor_start(QueryDesc* query, int flags)
{
    PlannedStmt* const statement = query->plannedstmt;
    ShortenedQuery* const shortened = may_be_shortened(*query, flags) ? shorten(*statement) : nullptr;
    if (shortened == nullptr) {
        previous_executor_start(query, flags);
        return;
    }
    query->plannedstmt = &shortened->statement;
    previous_executor_start(query, flags);
    query->plannedstmt = statement;
    attach(shortened, query->estate);
}

} // namespace

void register_reader_subqueries()
{
    previous_executor_start = ExecutorStart_hook != nullptr ? ExecutorStart_hook : standard_ExecutorStart;
    ExecutorStart_hook = on_executor_start;
    CacheRegisterSyscacheCallback(PROCOID, forget_functions, 0);
    CacheRegisterSyscacheCallback(AUTHOID, forget_functions, 0);
    CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_functions, 0);
    CacheRegisterSyscacheCallback(DATABASEOID, forget_functions, 0); // whose owner is a member of pg_database_owner
}

} // namespace pat_auth::enforcement
