// The filters of a query that is confined, evaluated with less work a row.
//
// A policy of pat_protect is a parameter, computed once, or a column's comparison with one. PostgreSQL asks its
// expression interpreter for each row, which takes more time than the comparison. Where the whole filter of a scan
// consists of such conditions, and of comparisons with constants beside them, a function of ours evaluates it in the
// interpreter's place, as a JIT compiler's would: by the same slots, parameters and operators, with the same result.
// All others are left to PostgreSQL, and so are what was compiled and any query that asks for no identity.

#include "server/version.h"

extern "C" {
#include "executor/execExpr.h"
#include "executor/nodeSubplan.h"
#include "utils/lsyscache.h"
#include "pgstat.h"
}

#include "enforcement/row_filter.h"

#include "enforcement/constants.h"

namespace pat_auth::enforcement {

namespace {

constexpr int no_parameter = -1;

// A parameter; `column operator parameter`; `column operator constant`; or a function of constants.
struct Condition {
    int parameter;         // the right argument of the call, or without a call the condition itself; or no_parameter
    AttrNumber column;     // the left argument of the call, or 0
    FunctionCallInfo call; // with its constants; or nullptr
    bool is_fixed;         // the parameter has one value as long as the query lasts
};

struct Filter {
    int count;
    AttrNumber last_column;
    Condition conditions[FLEXIBLE_ARRAY_MEMBER];
};

const ParamExecData& parameter_value(ExprContext* context, int parameter)
{
    ParamExecData& value = context->ecxt_param_exec_vals[parameter];
    if (value.execPlan != nullptr)
        ExecSetParamPlan(static_cast<SubPlanState*>(value.execPlan), context);
    return value;
}

// One that is null does not hold.
bool holds(const Condition& condition, ExprContext* context)
{
    FunctionCallInfo const call = condition.call;
    if (condition.parameter != no_parameter) {
        const ParamExecData& value = parameter_value(context, condition.parameter);
        if (call == nullptr || value.isnull)
            return !value.isnull && DatumGetBool(value.value);
        call->args[1].value = value.value;
    }
    if (condition.column != 0) {
        const TupleTableSlot* const row = context->ecxt_scantuple;
        if (row->tts_isnull[condition.column - 1])
            return false;
        call->args[0].value = row->tts_values[condition.column - 1];
    }
    call->isnull = false;
    bool const result = DatumGetBool(FunctionCallInvoke(call));
    return result && !call->isnull;
}

const Filter& filter_of(const ExprState* state) { return *static_cast<const Filter*>(state->evalfunc_private); }

Datum evaluate(ExprState* state, ExprContext* context, bool* is_null)
{
    const Filter& filter = filter_of(state);
    *is_null = false;
    if (filter.last_column != 0)
        slot_getsomeattrs(context->ecxt_scantuple, filter.last_column);
    for (int i = 0; i < filter.count; ++i)
        if (!holds(filter.conditions[i], context))
            return BoolGetDatum(false);
    return BoolGetDatum(true);
}

// The filter that held, and cannot change.
Datum hold_always(ExprState* /*state*/, ExprContext* /*context*/, bool* is_null)
{
    *is_null = false;
    return BoolGetDatum(true);
}

// The filter that is one parameter: of a table that scopes alone confine.
Datum evaluate_parameter(ExprState* state, ExprContext* context, bool* is_null)
{
    const Condition& condition = filter_of(state).conditions[0];
    const ParamExecData& value = parameter_value(context, condition.parameter);
    *is_null = false;
    bool const result = !value.isnull && DatumGetBool(value.value);
    if (result && condition.is_fixed) {
        state->evalfunc = hold_always;
        server::drop_filter(state->parent);
    }
    return BoolGetDatum(result);
}

// The filter that is one function of constants: of a policy written by hand.
Datum evaluate_function(ExprState* state, ExprContext* /*context*/, bool* is_null)
{
    FunctionCallInfo const call = filter_of(state).conditions[0].call;
    *is_null = false;
    call->isnull = false;
    Datum const result = FunctionCallInvoke(call);
    return call->isnull ? BoolGetDatum(false) : result;
}

ExprStateEvalFunc evaluator_of(const Filter& filter)
{
    const Condition& first = filter.conditions[0];
    if (filter.count > 1 || first.column != 0)
        return evaluate;
    return first.call == nullptr ? evaluate_parameter : evaluate_function;
}

// Once: whether the table's columns are still what the plan was made for.
Datum evaluate_first(ExprState* state, ExprContext* context, bool* is_null)
{
    CheckExprStillValid(state, context);
    state->evalfunc = evaluator_of(filter_of(state));
    return state->evalfunc(state, context, is_null);
}

bool is_parameter(const Expr* expression)
{
    return IsA(expression, Param) && castNode(Param, expression)->paramkind == PARAM_EXEC;
}

// A column of the row that is scanned: a scan's conditions name no other row's.
bool is_column(const Expr* expression) { return IsA(expression, Var) && castNode(Var, expression)->varattno > 0; }

// nullptr where the interpreter would have more to do than to call it: count it for pg_stat_user_functions.
FunctionCallInfo prepare_call(Oid function_id, Expr* expression, const List* arguments, Oid collation)
{
    auto* const function = static_cast<FmgrInfo*>(palloc0(sizeof(FmgrInfo)));
    fmgr_info(function_id, function);
    fmgr_info_set_expr(reinterpret_cast<Node*>(expression), function);
    int const count = list_length(arguments);
    auto* const call = static_cast<FunctionCallInfo>(palloc0(SizeForFunctionCallInfo(count)));
    InitFunctionCallInfoData(*call, function, static_cast<short>(count), collation, nullptr, nullptr);
    for (int i = 0; i < count; ++i) {
        const auto* const argument = static_cast<const Expr*>(list_nth(arguments, i));
        if (is_constant(argument))
            call->args[i].value = castNode(Const, argument)->constvalue;
    }
    return pgstat_track_functions > function->fn_stats ? nullptr : call;
}

bool read_comparison(OpExpr* comparison, Condition& condition)
{
    if (comparison->opretset || list_length(comparison->args) != 2)
        return false;
    const auto* const left = static_cast<const Expr*>(linitial(comparison->args));
    const auto* const right = static_cast<const Expr*>(lsecond(comparison->args));
    if (!is_column(left) || !(is_parameter(right) || is_constant(right)))
        return false;
    condition.column = castNode(Var, left)->varattno;
    if (is_parameter(right))
        condition.parameter = castNode(Param, right)->paramid;
    condition.call = prepare_call(comparison->opfuncid, &comparison->xpr, comparison->args, comparison->inputcollid);
    return condition.call != nullptr && condition.call->flinfo->fn_strict;
}

// Not a volatile one: what it keeps between two calls would begin anew.
bool read_function(FuncExpr* function, Condition& condition)
{
    if (function->funcretset || func_volatile(function->funcid) == PROVOLATILE_VOLATILE)
        return false;
    if (!are_constants(function->args))
        return false;
    condition.call = prepare_call(function->funcid, &function->xpr, function->args, function->inputcollid);
    return condition.call != nullptr;
}

// A subquery of a policy, which refers to nothing outside. Of a parameter that has its value already we do not know.
bool is_fixed(const EState* executor, int parameter)
{
    const auto* const subquery = static_cast<const SubPlanState*>(executor->es_param_exec_vals[parameter].execPlan);
    return subquery != nullptr && bms_is_empty(subquery->planstate->plan->extParam);
}

bool read_condition(Expr* expression, const EState* executor, Condition& condition)
{
    condition = {no_parameter, 0, nullptr, false};
    if (is_parameter(expression)) {
        condition.parameter = castNode(Param, expression)->paramid;
        condition.is_fixed = is_fixed(executor, condition.parameter);
        return true;
    }
    if (IsA(expression, OpExpr))
        return read_comparison(castNode(OpExpr, expression), condition);
    return IsA(expression, FuncExpr) && read_function(castNode(FuncExpr, expression), condition);
}

// Whether it is worth while to read the conditions.
bool may_be_read(const List* conditions)
{
    ListCell* cell = nullptr;
    foreach (cell, conditions) {
        const auto* const condition = static_cast<const Expr*>(lfirst(cell));
        if (!IsA(condition, Param) && !IsA(condition, OpExpr) && !IsA(condition, FuncExpr))
            return false;
    }
    return true;
}

// nullptr: the interpreter's.
Filter* read_filter(const List* conditions, const EState* executor)
{
    if (!may_be_read(conditions))
        return nullptr;
    auto* const filter = static_cast<Filter*>(
        palloc0(offsetof(Filter, conditions) + sizeof(Condition) * static_cast<Size>(list_length(conditions))));
    ListCell* cell = nullptr;
    foreach (cell, conditions) {
        Condition& condition = filter->conditions[filter->count++];
        if (!read_condition(static_cast<Expr*>(lfirst(cell)), executor, condition))
            return nullptr;
        filter->last_column = Max(filter->last_column, condition.column);
    }
    return filter;
}

// A scan that looks at many rows. To take over that of an index, for a row or two, costs more than it spares.
bool is_long_scan(const PlanState* state) { return IsA(state, SeqScanState) || IsA(state, BitmapHeapScanState); }

// Subqueries may share a plan, and so a filter.
bool is_interpreted(const ExprState* state)
{
    return (state->flags & EEO_FLAG_INTERPRETER_INITIALIZED) != 0 && state->evalfunc != evaluate_first;
}

bool take_over(PlanState* state, void* /*context*/)
{
    if (state->qual != nullptr && is_long_scan(state) && is_interpreted(state->qual)) {
        if (Filter* const filter = read_filter(state->plan->qual, state->state)) {
            state->qual->evalfunc_private = filter;
            state->qual->evalfunc = evaluate_first;
        }
    }
    return server::walk_plan_states(state, take_over, nullptr);
}

} // namespace

void take_over_filters(QueryDesc* query)
{
    MemoryContext const context = MemoryContextSwitchTo(query->estate->es_query_cxt);
    take_over(query->planstate, nullptr);
    MemoryContextSwitchTo(context);
}

} // namespace pat_auth::enforcement
