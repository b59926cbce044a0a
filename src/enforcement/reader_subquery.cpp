// `(SELECT reader(…))` of a policy, computed without a subquery's executor.
//
// PostgreSQL starts an executor node with a slot and a projection for each, and runs it when the first row is compared.
// Beside a look-up of one row that costs as much as the verification. So a short query is started on copies of its
// statement and of its uppermost node that have no such subquery, and its parameter gets the reader's value when the
// query begins to run. The plan itself, which may be kept and run again, stays as it is; so does what EXPLAIN shows.
//
// The parameter is null until then: whatever would compare with it sooner finds no row.

#include "server/version.h"

extern "C" {
#include "catalog/objectaccess.h"
#include "pgstat.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

#include "enforcement/reader_subquery.h"

#include "server/guard.h"

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
    do { // what changes while we look makes us look again
        before = changes;
        function = {function_id, role, false, {}};
        fmgr_info_cxt(function_id, &function.function, TopMemoryContext);
        function.is_reader = std::find(readers.begin(), readers.end(), function.function.fn_addr) != readers.end() &&
                             server::may_execute(function_id, role);
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

// `(SELECT reader(…))`, whose value is a parameter of the query.
struct Subquery {
    int parameter;
    int plan_id; // counted from 1, in the statement's list of plans
    FmgrInfo reader;
    const List* arguments; // constants
};

struct Subqueries {
    int count;
    std::array<Subquery, 4> each; // beyond these PostgreSQL computes them
};

// A query that is executed without subqueries of readers.
struct ShortenedQuery {
    EState* executor;
    bool is_computed;
    Subqueries subqueries;
    PlannedStmt statement;
    Plan* plan;
    ShortenedQuery* next;
    MemoryContextCallback callback;
};
ShortenedQuery* shortened_queries = nullptr;

// It is in the memory around its executor's, which is there as long, but may be for very much longer.
void forget_query(void* argument)
{
    auto* const query = static_cast<ShortenedQuery*>(argument);
    for (ShortenedQuery** link = &shortened_queries; *link != nullptr; link = &(*link)->next) {
        if (*link == query) {
            *link = query->next;
            break;
        }
    }
    list_free(query->plan->initPlan);
    pfree(query->plan);
    list_free(query->statement.subplans);
    pfree(query);
}

// The call in `SELECT function(constants)`, or nullptr.
FuncExpr* only_call(const Plan* plan)
{
    if (!IsA(plan, Result) || plan->lefttree != nullptr || plan->initPlan != NIL ||
        reinterpret_cast<const Result*>(plan)->resconstantqual != nullptr || list_length(plan->targetlist) != 1)
        return nullptr;
    Expr* const expression = linitial_node(TargetEntry, plan->targetlist)->expr;
    if (!IsA(expression, FuncExpr))
        return nullptr;
    auto* const call = castNode(FuncExpr, expression);
    ListCell* cell = nullptr;
    foreach (cell, call->args)
        if (!IsA(lfirst(cell), Const) || lfirst_node(Const, cell)->constisnull)
            return nullptr;
    return list_length(call->args) <= max_arguments ? call : nullptr;
}

bool read_subquery(const SubPlan* subplan, const List* plans, Subquery& subquery)
{
    if (subplan->subLinkType != EXPR_SUBLINK || subplan->parParam != NIL)
        return false;
    const FuncExpr* const call = only_call(static_cast<const Plan*>(list_nth(plans, subplan->plan_id - 1)));
    const FmgrInfo* const reader = call == nullptr ? nullptr : find_reader(call->funcid);
    if (reader == nullptr)
        return false;
    subquery = {linitial_int(subplan->setParam), subplan->plan_id, *reader, call->args};
    return true;
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

void find_subqueries(const PlannedStmt& statement, Subqueries& found)
{
    ListCell* cell = nullptr;
    foreach (cell, statement.planTree->initPlan)
        if (found.count < static_cast<int>(found.each.size()) &&
            read_subquery(lfirst_node(SubPlan, cell), statement.subplans, found.each[found.count]))
            ++found.count;
}

bool is_among(const Subqueries& subqueries, const SubPlan* subplan)
{
    const Subquery* const end = subqueries.each.data() + subqueries.count;
    return std::any_of(subqueries.each.data(), end,
                       [&](const Subquery& subquery) { return subquery.plan_id == subplan->plan_id; });
}

// nullptr where there is nothing to be left out.
ShortenedQuery* shorten(const PlannedStmt& statement)
{
    Size const size = statement.planTree->initPlan == NIL ? 0 : node_size(statement.planTree);
    if (size == 0)
        return nullptr;
    Subqueries subqueries = {};
    find_subqueries(statement, subqueries);
    if (subqueries.count == 0)
        return nullptr;

    auto* const query = static_cast<ShortenedQuery*>(palloc0(sizeof(ShortenedQuery)));
    query->subqueries = subqueries;
    query->statement = statement;
    query->statement.subplans = list_copy(statement.subplans);
    query->plan = static_cast<Plan*>(std::memcpy(palloc(size), statement.planTree, size));
    query->plan->initPlan = NIL;
    query->statement.planTree = query->plan;
    ListCell* cell = nullptr;
    foreach (cell, statement.planTree->initPlan) {
        auto* const subplan = lfirst_node(SubPlan, cell);
        if (!is_among(subqueries, subplan))
            query->plan->initPlan = lappend(query->plan->initPlan, subplan);
        else // as in a parallel worker, for a plan that is not to run there
            lfirst(list_nth_cell(query->statement.subplans, subplan->plan_id - 1)) = nullptr;
    }
    return query;
}

void attach(ShortenedQuery* query, EState* executor)
{
    query->executor = executor;
    for (int i = 0; i < query->subqueries.count; ++i)
        executor->es_param_exec_vals[query->subqueries.each[i].parameter].isnull = true;
    query->callback.func = forget_query;
    query->callback.arg = query;
    MemoryContextRegisterResetCallback(executor->es_query_cxt, &query->callback);
    query->next = shortened_queries;
    shortened_queries = query;
}

// Not one whose subqueries somebody wants to see, nor one that hands them to workers.
bool may_be_shortened(const QueryDesc& query, int flags)
{
    return (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0 && query.instrument_options == 0 &&
           !query.plannedstmt->parallelModeNeeded && object_access_hook == nullptr;
}

void start(QueryDesc* query, int flags)
{
    if (previous_executor_start != nullptr)
        previous_executor_start(query, flags);
    else
        standard_ExecutorStart(query, flags);
}

void on_executor_start(QueryDesc* query, int flags)
{
    PlannedStmt* const statement = query->plannedstmt;
    ShortenedQuery* const shortened = may_be_shortened(*query, flags) ? shorten(*statement) : nullptr;
    if (shortened == nullptr) {
        start(query, flags);
        return;
    }
    query->plannedstmt = &shortened->statement;
    start(query, flags);
    query->plannedstmt = statement;
    attach(shortened, query->estate);
}

void compute(const Subquery& subquery, ParamExecData& value)
{
    FmgrInfo reader = subquery.reader;
    LOCAL_FCINFO(call, max_arguments);
    InitFunctionCallInfoData(*call, &reader, static_cast<short>(list_length(subquery.arguments)), InvalidOid, nullptr,
                             nullptr);
    for (int i = 0; i < call->nargs; ++i)
        call->args[i] = {list_nth_node(Const, subquery.arguments, i)->constvalue, false};
    value.value = FunctionCallInvoke(call);
    value.isnull = call->isnull;
}

} // namespace

void compute_readers(EState* executor)
{
    ShortenedQuery* query = shortened_queries;
    while (query != nullptr && query->executor != executor)
        query = query->next;
    if (query == nullptr || query->is_computed)
        return;
    MemoryContext const context = MemoryContextSwitchTo(executor->es_query_cxt);
    for (int i = 0; i < query->subqueries.count; ++i)
        compute(query->subqueries.each[i], executor->es_param_exec_vals[query->subqueries.each[i].parameter]);
    query->is_computed = true;
    MemoryContextSwitchTo(context);
}

void register_reader_subqueries()
{
    previous_executor_start = ExecutorStart_hook;
    ExecutorStart_hook = on_executor_start;
    CacheRegisterSyscacheCallback(PROCOID, forget_functions, 0);
    CacheRegisterSyscacheCallback(AUTHOID, forget_functions, 0);
    CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_functions, 0);
}

} // namespace pat_auth::enforcement
