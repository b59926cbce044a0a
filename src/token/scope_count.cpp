// How many tokens carry each role: see scope_count.h.

#include "server/prelude.h"

extern "C" {
#include "access/heapam.h"
#include "access/skey.h"
#include "catalog/indexing.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
}

#include "token/scope_count.h"

#include "server/catalog.h"
#include "server/guard.h"
#include "server/text.h"

#include <unordered_map>
#include <vector>

namespace pat_auth::token {

namespace {

// Columns of pat_auth.role_token_count.
constexpr AttrNumber role_id_column = 1;
constexpr AttrNumber tokens_column = 2;
constexpr int column_count = 2;

// What the transaction counted and has not written yet, by the savepoint that it would be rolled back with.
struct Level {
    int nest_level;
    std::unordered_map<int32, int64> changes;
};
std::vector<Level> levels;

std::unordered_map<int32, int64>& current_changes()
{
    int const nest_level = GetCurrentTransactionNestLevel();
    if (levels.empty() || levels.back().nest_level < nest_level)
        levels.push_back({nest_level, {}});
    return levels.back().changes;
}

struct Scan {
    Relation relation;
    SysScanDesc scan;
};

// The rows of a role. A null snapshot: one of now, for reading the sum.
Scan begin_scan(int32 role_id, Snapshot snapshot, LOCKMODE lock_mode)
{
    Relation const relation = table_open(server::relation_oid(server::Relation::role_token_count), lock_mode);
    ScanKeyData key;
    ScanKeyInit(&key, role_id_column, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(role_id));
    return {relation, systable_beginscan(relation, server::relation_oid(server::Relation::role_token_count_role), true,
                                         snapshot, 1, &key)};
}

Scan begin_scan_of_all()
{
    Relation const relation = table_open(server::relation_oid(server::Relation::role_token_count), AccessShareLock);
    return {relation, systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr)};
}

void end_scan(const Scan& scan, LOCKMODE lock_mode)
{
    systable_endscan(scan.scan);
    table_close(scan.relation, lock_mode);
}

int32 role_id_of(HeapTuple tuple, Relation relation)
{
    bool is_null = false;
    return DatumGetInt32(heap_getattr(tuple, role_id_column, RelationGetDescr(relation), &is_null));
}

int64 tokens_of(HeapTuple tuple, Relation relation)
{
    bool is_null = false;
    return DatumGetInt64(heap_getattr(tuple, tokens_column, RelationGetDescr(relation), &is_null));
}

// Whether the row is ours to change until the transaction ends. Nobody is waited for, at no isolation level is it an
// error that another one was faster: the row is as good as any.
bool try_lock(Relation relation, HeapTuple tuple)
{
    HeapTupleData locked = {};
    locked.t_self = tuple->t_self;
    Buffer buffer = InvalidBuffer;
    TM_FailureData failure = {};
    TM_Result const result = heap_lock_tuple(relation, &locked, GetCurrentCommandId(true), LockTupleNoKeyExclusive,
                                             LockWaitSkip, false, &buffer, &failure);
    ReleaseBuffer(buffer);
    return result == TM_Ok;
}

void write_change(int32 role_id, int64 change)
{
    // SnapshotSelf: the rows as they are, without a trace for SERIALIZABLE, whose transactions need not agree on them.
    Scan const scan = begin_scan(role_id, SnapshotSelf, RowExclusiveLock);
    bool is_written = false;
    for (HeapTuple tuple = systable_getnext(scan.scan); HeapTupleIsValid(tuple) && !is_written;
         tuple = systable_getnext(scan.scan)) {
        if (!try_lock(scan.relation, tuple))
            continue;
        Datum values[column_count] = {};
        bool nulls[column_count] = {};
        bool replaced[column_count] = {};
        values[tokens_column - 1] = Int64GetDatum(tokens_of(tuple, scan.relation) + change);
        replaced[tokens_column - 1] = true;
        CatalogTupleUpdate(scan.relation, &tuple->t_self,
                           heap_modify_tuple(tuple, RelationGetDescr(scan.relation), values, nulls, replaced));
        is_written = true;
    }
    if (!is_written) {
        Datum values[column_count] = {Int32GetDatum(role_id), Int64GetDatum(change)};
        bool nulls[column_count] = {};
        CatalogTupleInsert(scan.relation, heap_form_tuple(RelationGetDescr(scan.relation), values, nulls));
    }
    end_scan(scan, RowExclusiveLock);
}

void write_changes()
{
    if (levels.empty())
        return;
    std::unordered_map<int32, int64> const changes = std::move(levels.front().changes);
    levels.clear();
    server::call_server([&] {
        PushActiveSnapshot(GetTransactionSnapshot());
        for (const auto& [role_id, change] : changes)
            if (change != 0)
                write_change(role_id, change);
        PopActiveSnapshot();
    });
}

void at_transaction_end(XactEvent event, void* /*argument*/)
{
    switch (event) {
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE:
        server::enter(write_changes);
        break;
    case XACT_EVENT_ABORT:
        levels.clear();
        break;
    default:
        break;
    }
}

void at_savepoint_end(SubXactEvent event, SubTransactionId /*id*/, SubTransactionId /*parent*/, void* /*argument*/)
{
    if (levels.empty() || levels.back().nest_level < GetCurrentTransactionNestLevel())
        return;
    if (event == SUBXACT_EVENT_ABORT_SUB) {
        levels.pop_back();
    } else if (event == SUBXACT_EVENT_PRE_COMMIT_SUB) {
        server::enter([] {
            Level released = std::move(levels.back());
            levels.pop_back();
            int const parent_level = released.nest_level - 1;
            if (levels.empty() || levels.back().nest_level < parent_level)
                levels.push_back({parent_level, {}});
            for (const auto& [role_id, change] : released.changes)
                levels.back().changes[role_id] += change;
        });
    }
}

int64 tokens_with_role(int32 role_id)
{
    int64 sum = 0;
    for (const Level& level : levels)
        if (auto const change = level.changes.find(role_id); change != level.changes.end())
            sum += change->second;
    Scan const scan = begin_scan(role_id, nullptr, AccessShareLock);
    for (HeapTuple tuple = systable_getnext(scan.scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan.scan))
        sum += tokens_of(tuple, scan.relation);
    end_scan(scan, AccessShareLock);
    return sum;
}

} // namespace

void count_scopes(Datum scope_ids, int64 change)
{
    auto const scopes = server::integer_array(DatumGetArrayTypeP(scope_ids));
    std::unordered_map<int32, int64>& changes = current_changes();
    for (int i = 0; i < scopes.count; ++i)
        changes[scopes.values[i]] += change;
}

void count_out_all()
{
    std::unordered_map<int32, int64> sums;
    for (const Level& level : levels)
        for (const auto& [role_id, change] : level.changes)
            sums[role_id] += change;
    server::call_server([&] {
        Scan const scan = begin_scan_of_all();
        for (HeapTuple tuple = systable_getnext(scan.scan); HeapTupleIsValid(tuple);
             tuple = systable_getnext(scan.scan))
            sums[role_id_of(tuple, scan.relation)] += tokens_of(tuple, scan.relation);
        end_scan(scan, AccessShareLock);
    });
    std::unordered_map<int32, int64>& changes = current_changes();
    for (const auto& [role_id, sum] : sums)
        changes[role_id] -= sum;
}

void register_scope_count()
{
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
}

} // namespace pat_auth::token

PAT_AUTH_FUNCTION(pat_auth_tokens_with_role)
{
    if (PG_ARGISNULL(0))
        PG_RETURN_NULL();
    PG_RETURN_INT64(pat_auth::token::tokens_with_role(PG_GETARG_INT32(0)));
}
