// Everything that differs between PostgreSQL 15 and 18, and nothing else.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "access/genam.h"
#include "access/heapam.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
}

#include <cstdlib>

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "pat_auth supports PostgreSQL 15 to 18"
#endif

namespace pat_auth::server {

// Memory that the settings machinery takes over or gives up: malloc's on 15, its own from 16 on. nullptr when there
// is none left, as a check hook may not raise.
inline void* allocate_setting(std::size_t size)
{
#if PG_VERSION_NUM >= 160000
    return guc_malloc(LOG, size);
#else
    return std::malloc(size); // NOLINT(cppcoreguidelines-no-malloc): freed by PostgreSQL with free()
#endif
}

inline void free_setting(void* memory)
{
#if PG_VERSION_NUM >= 160000
    guc_free(memory);
#else
    std::free(memory);        // NOLINT(cppcoreguidelines-no-malloc): allocated by PostgreSQL with malloc()
#endif
}

inline bool owns_relation(Oid relation, Oid role)
{
#if PG_VERSION_NUM >= 160000
    return object_ownercheck(RelationRelationId, relation, role);
#else
    return pg_class_ownercheck(relation, role);
#endif
}

inline bool may_execute(Oid function, Oid role)
{
#if PG_VERSION_NUM >= 160000
    return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
#else
    return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

inline IndexScanDesc begin_index_scan(::Relation table, ::Relation index, Snapshot snapshot, int key_count)
{
#if PG_VERSION_NUM >= 180000
    return index_beginscan(table, index, snapshot, nullptr, key_count, 0);
#else
    return index_beginscan(table, index, snapshot, key_count, 0);
#endif
}

// A lock in memory until the transaction ends, by what need not be the place of a row. False where somebody else has
// it.
inline bool lock_without_waiting(::Relation table, ItemPointerData row)
{
#if PG_VERSION_NUM >= 180000
    return ConditionalLockTuple(table, &row, ExclusiveLock, false);
#else
    return ConditionalLockTuple(table, &row, ExclusiveLock);
#endif
}

// TM_Ok, or why not. Waits for whoever changes the row now. The caller sees to the indexes.
inline TM_Result update_row(::Relation table, ItemPointerData row, HeapTuple changed)
{
    TM_FailureData failure = {};
    LockTupleMode lock_mode = LockTupleNoKeyExclusive;
#if PG_VERSION_NUM >= 160000
    TU_UpdateIndexes update_indexes = TU_None;
    return heap_update(table, &row, changed, GetCurrentCommandId(true), InvalidSnapshot, true, &failure, &lock_mode,
                       &update_indexes);
#else
    return heap_update(table, &row, changed, GetCurrentCommandId(true), InvalidSnapshot, true, &failure, &lock_mode);
#endif
}

// An index that rows were inserted into. Its lock stays until the transaction ends.
inline void close_written_index(::Relation index, [[maybe_unused]] IndexInfo* info)
{
#if PG_VERSION_NUM >= 170000
    index_insert_cleanup(index, info);
#endif
    index_close(index, NoLock);
}

// Calls walker for each state below this one, until one returns true.
inline bool walk_plan_states(PlanState* state, bool (*walker)(PlanState* state, void* context), void* context)
{
#if PG_VERSION_NUM >= 160000
    return planstate_tree_walker(state, walker, context);
#else
    // By way of the type that the compiler takes for any function's.
    return planstate_tree_walker(state, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context);
#endif
}

// Calls walker for each node below an expression or statement, or for each of a query and the tables that it reads,
// until one returns true.
using NodeWalker = bool (*)(Node* node, void* context);
inline bool walk_nodes(Node* node, NodeWalker walker, void* context)
{
#if PG_VERSION_NUM >= 160000
    return expression_tree_walker(node, walker, context);
#else
    return expression_tree_walker(node, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context);
#endif
}
inline bool walk_query(Query* query, NodeWalker walker, void* context)
{
#if PG_VERSION_NUM >= 160000
    return query_tree_walker(query, walker, context, QTW_EXAMINE_RTES_BEFORE);
#else
    return query_tree_walker(query, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context,
                             QTW_EXAMINE_RTES_BEFORE);
#endif
}

// Any of which LOCK TABLE asks for, in a mode that reading or writing has to wait for.
#if PG_VERSION_NUM >= 170000
inline constexpr AclMode lock_privileges = ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE | ACL_MAINTAIN;
#else
inline constexpr AclMode lock_privileges = ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE;
#endif

// Spares a scan a filter that holds for each row, before 18. From then on the executor has chosen what it does by there
// being a filter, and goes on to ask it.
inline void drop_filter(PlanState* scan)
{
#if PG_VERSION_NUM < 180000
    scan->qual = nullptr;
#endif
}

// Whether columns are computed when a row is written or looked at.
inline bool has_generated_columns(const TupleConstr& constraints)
{
#if PG_VERSION_NUM >= 180000
    return constraints.has_generated_stored || constraints.has_generated_virtual;
#else
    return constraints.has_generated_stored;
#endif
}

// The compiled CHECK constraints of a table, one for each in the order of its description; a null one holds.
inline ExprState**& check_constraints(ResultRelInfo& table)
{
#if PG_VERSION_NUM >= 180000
    return table.ri_CheckConstraintExprs;
#else
    return table.ri_ConstraintExprs;
#endif
}

// The parameters of the ExecutorRun hook, and those that it passes on; what it does to have the leader run the plan
// alone, as one that was begun before. (Before 18 it depends on the minor release which of the two is looked at.)
#if PG_VERSION_NUM >= 180000
#define PAT_AUTH_EXECUTOR_RUN_PARAMETERS QueryDesc *query, ScanDirection direction, uint64 count
#define PAT_AUTH_EXECUTOR_RUN_ARGUMENTS query, direction, count
#define PAT_AUTH_RUN_WITHOUT_WORKERS (query->already_executed = true)
#else
#define PAT_AUTH_EXECUTOR_RUN_PARAMETERS QueryDesc *query, ScanDirection direction, uint64 count, bool execute_once
#define PAT_AUTH_EXECUTOR_RUN_ARGUMENTS query, direction, count, execute_once
#define PAT_AUTH_RUN_WITHOUT_WORKERS (query->already_executed = true, execute_once = false)
#endif

} // namespace pat_auth::server
