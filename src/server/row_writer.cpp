// Rows written without a statement: see row_writer.h.

#include "server/version.h"

extern "C" {
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/executor.h"
}

#include "server/row_writer.h"

#include "server/catalog.h"

#include <algorithm>

namespace pat_auth::server {

namespace {

bool is_own(const OwnConstraints& own, std::string_view name)
{
    return std::find(own.names, own.names + own.count, name) != own.names + own.count;
}

// PostgreSQL's own are those of a constraint, of the rest those are ours whose function is in the table's schema.
bool is_trigger_of_others(const Trigger& trigger, Oid schema, const OwnConstraints& own)
{
    if (!trigger.tgisinternal)
        return get_func_namespace(trigger.tgfoid) != schema;
    const char* const constraint =
        TRIGGER_FOR_INSERT(trigger.tgtype) ? get_constraint_name(trigger.tgconstraint) : nullptr;
    return constraint != nullptr && !is_own(own, constraint);
}

bool has_triggers_of_others(::Relation relation, const OwnConstraints& own)
{
    const TriggerDesc* const triggers = relation->trigdesc;
    Oid const schema = RelationGetNamespace(relation);
    return triggers != nullptr &&
           std::any_of(triggers->triggers, triggers->triggers + triggers->numtriggers,
                       [&](const Trigger& trigger) { return is_trigger_of_others(trigger, schema, own); });
}

bool has_checks_of_others(const TupleConstr& constraints, const OwnConstraints& own)
{
    return std::any_of(constraints.check, constraints.check + constraints.num_check,
                       [&](const ConstrCheck& check) { return !is_own(own, check.ccname); });
}

bool has_expressions(const ResultRelInfo& table)
{
    return std::any_of(
        table.ri_IndexRelationInfo, table.ri_IndexRelationInfo + table.ri_NumIndices,
        [](const IndexInfo* index) { return index->ii_Expressions != nullptr || index->ii_Predicate != nullptr; });
}

} // namespace

RowWriter open_row_writer(Oid relation, const OwnConstraints& own)
{
    RowWriter writer = {};
    writer.state = CreateExecutorState();
    MemoryContext const context = MemoryContextSwitchTo(writer.state->es_query_cxt);
    ::Relation const opened = table_open(relation, RowExclusiveLock);
    writer.table = makeNode(ResultRelInfo);
    InitResultRelInfo(writer.table, opened, 0, nullptr, 0);
    writer.fires_triggers = has_triggers_of_others(opened, own);
    if (!writer.fires_triggers)
        writer.table->ri_TrigDesc = nullptr;
    ExecOpenIndices(writer.table, false);
    writer.runs_code_of_others = writer.fires_triggers || has_expressions(*writer.table);
    if (const TupleConstr* const constraints = RelationGetDescr(opened)->constr; constraints != nullptr) {
        if (has_generated_columns(*constraints) || has_checks_of_others(*constraints, own))
            writer.runs_code_of_others = true;
        else if (constraints->num_check > 0)
            check_constraints(*writer.table) =
                static_cast<ExprState**>(palloc0(sizeof(ExprState*) * constraints->num_check));
    }
    writer.state->es_opened_result_relations = list_make1(writer.table); // where triggers look for it
    writer.row = ExecInitExtraTupleSlot(writer.state, RelationGetDescr(opened), &TTSOpsVirtual);
    MemoryContextSwitchTo(context);
    return writer;
}

// Locks until the transaction ends: of the table as after any INSERT, and of its indexes, as to give these back now
// takes longer than to do it with the rest.
void close_row_writer(const RowWriter& writer)
{
    ResultRelInfo& table = *writer.table;
    ExecResetTupleTable(writer.state->es_tupleTable, false);
    for (int i = 0; i < table.ri_NumIndices; ++i)
        close_written_index(table.ri_IndexRelationDescs[i], table.ri_IndexRelationInfo[i]);
    table.ri_NumIndices = 0;
    ExecCloseResultRelations(writer.state);
    table_close(table.ri_RelationDesc, NoLock);
    FreeExecutorState(writer.state);
}

void write_row(const RowWriter& writer, const NullableDatum* values, int count)
{
    TupleTableSlot* const row = writer.row;
    int const column_count = row->tts_tupleDescriptor->natts;
    require_columns(writer.table->ri_RelationDesc, count);
    ExecClearTuple(row);
    for (int i = 0; i < count; ++i) {
        row->tts_values[i] = values[i].value;
        row->tts_isnull[i] = values[i].isnull;
    }
    std::fill(row->tts_isnull + count, row->tts_isnull + column_count, true);
    ExecStoreVirtualTuple(row);

    MemoryContext const context = MemoryContextSwitchTo(GetPerTupleMemoryContext(writer.state));
    AfterTriggerBeginQuery();
    ExecBSInsertTriggers(writer.state, writer.table);
    ExecSimpleRelationInsert(writer.table, writer.state, row);
    ExecASInsertTriggers(writer.state, writer.table, nullptr);
    AfterTriggerEndQuery(writer.state);
    MemoryContextSwitchTo(context);
    ExecClearTuple(row);
    ResetPerTupleExprContext(writer.state);
}

void change_row(const RowWriter& writer, TupleTableSlot* found, std::initializer_list<ColumnValue> changes)
{
    Assert(!writer.runs_code_of_others);
    TupleTableSlot* const row = writer.row;
    slot_getallattrs(found);
    ExecClearTuple(row);
    std::copy_n(found->tts_values, row->tts_tupleDescriptor->natts, row->tts_values);
    std::copy_n(found->tts_isnull, row->tts_tupleDescriptor->natts, row->tts_isnull);
    for (const ColumnValue& change : changes) {
        row->tts_values[change.column - 1] = change.value.value;
        row->tts_isnull[change.column - 1] = change.value.isnull;
    }
    ExecStoreVirtualTuple(row);

    MemoryContext const context = MemoryContextSwitchTo(GetPerTupleMemoryContext(writer.state));
    ExecSimpleRelationUpdate(writer.table, writer.state, nullptr, found, row);
    MemoryContextSwitchTo(context);
    ExecClearTuple(row);
    ResetPerTupleExprContext(writer.state);
}

} // namespace pat_auth::server
