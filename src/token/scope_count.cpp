// How many tokens carry each role: see scope_count.h.

#include "server/version.h"

extern "C" {
#include "access/skey.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "utils/fmgroids.h"
}

#include "token/scope_count.h"

#include "server/catalog.h"
#include "server/guard.h"
#include "server/hash.h"
#include "server/row_place.h"
#include "server/shared_hints.h"
#include "server/text.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace pat_auth::token {

namespace {

// A row of pat_auth.role_token_count as it is stored: its columns in the order of sql/33_role_token_count.sql, of which
// none is null, in every row.
struct Count {
    int32 role_id;
    int64 tokens;
    int16 part;
};
constexpr AttrNumber role_id_column = 1;
constexpr int column_count = 3;

Count& count_of(HeapTuple tuple) { return *reinterpret_cast<Count*>(GETSTRUCT(tuple)); }

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

// The rows of a role, on a snapshot of now.
Scan begin_scan(int32 role_id)
{
    Relation const relation = table_open(server::relation_oid(server::Relation::role_token_count), AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, role_id_column, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(role_id));
    return {relation, systable_beginscan(relation, server::relation_oid(server::Relation::role_token_count_role), true,
                                         nullptr, 1, &key)};
}

Scan begin_scan_of_all()
{
    Relation const relation = table_open(server::relation_oid(server::Relation::role_token_count), AccessShareLock);
    return {relation, systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr)};
}

void end_scan(const Scan& scan)
{
    systable_endscan(scan.scan);
    table_close(scan.relation, AccessShareLock);
}

// What all changes of a transaction are written with. The indexes are opened for those that need them.
struct Writer {
    Relation table;
    int16 part;
    TupleTableSlot* row;
    Relation role_index;
    IndexScanDesc scan;
    CatalogIndexState indexes;
};

bool try_lock(Relation table, int part)
{
    ItemPointerData lock;
    ItemPointerSet(&lock, MaxBlockNumber, static_cast<OffsetNumber>(1 + part)); // no row is there
    return server::lock_without_waiting(table, lock);
}

// Who counts at the same time writes to another part, so that nobody waits for anybody. There are no more parts than
// there were such at a time: who finds his last one taken, perhaps by a transaction that he has prepared himself, goes
// to the first that is free.
int16 lock_part(Relation table)
{
    static int own_part = 0;
    if (try_lock(table, own_part))
        return static_cast<int16>(own_part);
    for (int part = 0; part < PG_INT16_MAX; ++part) {
        CHECK_FOR_INTERRUPTS();
        if (try_lock(table, part)) {
            own_part = part;
            return static_cast<int16>(part);
        }
    }
    elog(ERROR, "too many transactions that count tokens at a time");
}

Writer open_writer()
{
    Writer writer = {};
    writer.table = table_open(server::relation_oid(server::Relation::role_token_count), RowExclusiveLock);
    server::require_columns(writer.table, column_count);
    writer.part = lock_part(writer.table);
    writer.row = table_slot_create(writer.table, nullptr);
    return writer;
}

// Locks until the transaction ends, as after any UPDATE.
void close_writer(const Writer& writer)
{
    if (writer.scan != nullptr) {
        index_endscan(writer.scan);
        index_close(writer.role_index, NoLock);
    }
    if (writer.indexes != nullptr)
        CatalogCloseIndexes(writer.indexes);
    ExecDropSingleTupleTableSlot(writer.row);
    table_close(writer.table, NoLock);
}

void begin_scan(Writer& writer, int32 role_id)
{
    if (writer.scan == nullptr) {
        writer.role_index = index_open(server::relation_oid(server::Relation::role_token_count_role), RowExclusiveLock);
        // SnapshotSelf: the rows as they are, without a trace for SERIALIZABLE, whose transactions need not agree on
        // them.
        writer.scan = server::begin_index_scan(writer.table, writer.role_index, SnapshotSelf, 2);
    }
    ScanKeyData keys[2];
    ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(role_id));
    ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(writer.part));
    index_rescan(writer.scan, keys, 2, nullptr, 0);
}

CatalogIndexState open_indexes(Writer& writer)
{
    if (writer.indexes == nullptr)
        writer.indexes = CatalogOpenIndexes(writer.table);
    return writer.indexes;
}

uint64 hash_of(int32 role_id, int16 part)
{
    int32 const key[] = {role_id, part};
    return server::hash(server::hint_of_count, key, sizeof key);
}

void note_row(const Count& count, const ItemPointerData& place)
{
    server::note_place(hash_of(count.role_id, count.part), place);
}

// Where the row was left last, by whomever.
bool find_at_place(const Writer& writer, int32 role_id)
{
    ItemPointerData place;
    if (!server::recall_place(hash_of(role_id, writer.part), place) ||
        !server::fetch_row_version(writer.table, place, writer.row))
        return false;
    const Count& count = count_of(ExecFetchSlotHeapTuple(writer.row, false, nullptr));
    return count.role_id == role_id && count.part == writer.part;
}

void insert_into_indexes(Writer& writer, HeapTuple tuple)
{
    CatalogIndexState const indexes = open_indexes(writer);
    ExecForceStoreHeapTuple(tuple, writer.row, false);
    for (int i = 0; i < indexes->ri_NumIndices; ++i) {
        IndexInfo* const index = indexes->ri_IndexRelationInfo[i];
        Datum values[INDEX_MAX_KEYS];
        bool nulls[INDEX_MAX_KEYS];
        FormIndexDatum(index, writer.row, nullptr, values, nulls);
        index_insert(indexes->ri_IndexRelationDescs[i], values, nulls, &tuple->t_self, writer.table, UNIQUE_CHECK_NO,
                     false, index);
    }
}

// Whether the row that the writer has found was changed. It is not where the extension's owner has just changed it
// himself; at no isolation level is that an error.
bool try_change(Writer& writer, int64 change)
{
    HeapTuple const tuple = ExecFetchSlotHeapTuple(writer.row, false, nullptr);
    HeapTuple const changed = heap_copytuple(tuple);
    count_of(changed).tokens += change;
    if (server::update_row(writer.table, tuple->t_self, changed) != TM_Ok)
        return false;
    if (!HeapTupleIsHeapOnly(changed))
        insert_into_indexes(writer, changed);
    note_row(count_of(changed), changed->t_self);
    return true;
}

// Columns that others added are null.
void insert_row(Writer& writer, int32 role_id, int64 change)
{
    TupleDesc const descriptor = RelationGetDescr(writer.table);
    auto const all = static_cast<Size>(descriptor->natts);
    auto* const values = static_cast<Datum*>(palloc0(sizeof(Datum) * all));
    auto* const nulls = static_cast<bool*>(palloc0(sizeof(bool) * all));
    Datum const own_values[column_count] = {Int32GetDatum(role_id), Int64GetDatum(change), Int16GetDatum(writer.part)};
    std::copy_n(own_values, column_count, values);
    std::fill(nulls + column_count, nulls + all, true);
    HeapTuple const tuple = heap_form_tuple(descriptor, values, nulls);
    CatalogTupleInsertWithInfo(writer.table, tuple, open_indexes(writer));
    note_row(count_of(tuple), tuple->t_self);
}

void write_change(Writer& writer, int32 role_id, int64 change)
{
    if (find_at_place(writer, role_id) && try_change(writer, change))
        return;
    begin_scan(writer, role_id);
    while (index_getnext_slot(writer.scan, ForwardScanDirection, writer.row))
        if (try_change(writer, change))
            return;
    insert_row(writer, role_id, change);
}

void write_changes()
{
    if (levels.empty())
        return;
    std::unordered_map<int32, int64> const changes = std::move(levels.front().changes);
    levels.clear();
    server::call_server([&] {
        PushActiveSnapshot(GetTransactionSnapshot());
        Writer writer = open_writer();
        for (const auto& [role_id, change] : changes)
            if (change != 0)
                write_change(writer, role_id, change);
        close_writer(writer);
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
    Scan const scan = begin_scan(role_id);
    for (HeapTuple tuple = systable_getnext(scan.scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan.scan))
        sum += count_of(tuple).tokens;
    end_scan(scan);
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
            sums[count_of(tuple).role_id] += count_of(tuple).tokens;
        end_scan(scan);
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
