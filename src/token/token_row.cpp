// A token as stored: see token_row.h. A direct scan bypasses privileges and row security; callers check the rules.

#include "server/version.h"

extern "C" {
#include "access/skey.h"
#include "access/tableam.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
}

#include "token/token_row.h"

#include "identity/running_query.h"
#include "server/catalog.h"
#include "server/text.h"
#include "token/token_columns.h"
#include "token/token_place.h"

#include <cstring>

namespace pat_auth::token {

namespace {

struct Columns {
    const Datum* values;
    const bool* nulls;
    Datum operator[](TokenColumn column) const { return values[column - 1]; }
};

bool has_digest(const Columns& columns, const core::Digest& digest)
{
    std::string_view const tail = server::view(DatumGetByteaPP(columns[digest_tail]));
    if (tail.size() != core::digest_size - sizeof(int64))
        return false;
    core::Digest stored;
    uint64 head = pg_hton64(static_cast<uint64>(DatumGetInt64(columns[digest_head])));
    std::memcpy(stored.data(), &head, sizeof head);
    std::memcpy(stored.data() + sizeof head, tail.data(), tail.size());
    return core::equal_in_constant_time(stored, digest);
}

void fill(TokenRow& token, const Columns& columns)
{
    token.token_id = DatumGetInt64(columns[token_id]);
    token.created_at = DatumGetTimestampTz(columns[created_at]);
    token.expires_at = DatumGetTimestampTz(columns[expires_at]);
    token.is_revoked = !columns.nulls[revoked_at - 1];
    token.tenant_id = DatumGetInt32(columns[tenant_id]);
    token.user_id = DatumGetInt32(columns[user_id]);
    token.application_id = DatumGetInt32(columns[application_id]);
    auto const scopes = server::integer_array(DatumGetArrayTypePCopy(columns[scope_ids]));
    token.scope_ids = scopes.values;
    token.scope_count = scopes.count;
}

// A table that rows are looked up in, and an index of it on one column of type bigint, open from its first use on.
struct Lookup : identity::Kept {
    MemoryContext context; // the look-up's own
    Relation table;
    TupleTableSlot* slot;
    server::Relation index_name;
    Relation index;
    IndexScanDesc scan;
};

void close_lookup(identity::Kept* kept)
{
    auto* const lookup = static_cast<Lookup*>(kept);
    if (lookup->scan != nullptr) {
        index_endscan(lookup->scan);
        index_close(lookup->index, NoLock);
    }
    ExecDropSingleTupleTableSlot(lookup->slot);
    table_close(lookup->table, NoLock);
    pfree(lookup);
}

// The locks stay to the end of the transaction, as those of any query: taken again, they are only counted.
Lookup* open_lookup(server::Relation index, MemoryContext context)
{
    MemoryContext const caller = MemoryContextSwitchTo(context);
    auto* const lookup = static_cast<Lookup*>(palloc0(sizeof(Lookup)));
    lookup->close = close_lookup;
    lookup->context = context;
    lookup->table = table_open(server::relation_oid(server::Relation::token), AccessShareLock);
    lookup->slot = table_slot_create(lookup->table, nullptr);
    lookup->index_name = index;
    MemoryContextSwitchTo(caller);
    return lookup;
}

void begin_scan(Lookup& lookup, int64 key, Snapshot snapshot)
{
    if (lookup.scan == nullptr) {
        lookup.index = index_open(server::relation_oid(lookup.index_name), AccessShareLock);
        lookup.scan = server::begin_index_scan(lookup.table, lookup.index, SnapshotAny, 1); // each key has its own
    }
    ScanKeyData scan_key;
    ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(key));
    lookup.scan->xs_snapshot = snapshot;
    index_rescan(lookup.scan, &scan_key, 1, nullptr, 0);
}

Columns read_columns(TupleTableSlot* slot)
{
    slot_getsomeattrs(slot, scope_ids);
    return {slot->tts_values, slot->tts_isnull};
}

bool find_in_index(Lookup& lookup, int64 key, const core::Digest* digest, Snapshot snapshot)
{
    begin_scan(lookup, key, snapshot);
    bool found = false;
    while (!found && index_getnext_slot(lookup.scan, ForwardScanDirection, lookup.slot))
        found = digest == nullptr || has_digest(read_columns(lookup.slot), *digest);
    table_index_fetch_reset(lookup.scan->xs_heapfetch); // until the next key it holds no page
    return found;
}

// Whether the table, which is locked, has this block. It gets no shorter under us; that it got shorter before, the
// server told us when we locked it, and then forgot how many blocks it knew of.
bool has_block(Relation table, BlockNumber block)
{
    BlockNumber const known = RelationGetSmgr(table)->smgr_cached_nblocks[MAIN_FORKNUM];
    return (known != InvalidBlockNumber && block < known) || block < RelationGetNumberOfBlocks(table);
}

// The place may be another row's by now, or none.
bool find_at_place(Lookup& lookup, ItemPointerData place, const core::Digest& digest, Snapshot snapshot)
{
    return has_block(lookup.table, ItemPointerGetBlockNumber(&place)) &&
           table_tuple_fetch_row_version(lookup.table, &place, snapshot, lookup.slot) &&
           has_digest(read_columns(lookup.slot), digest);
}

bool find_by_digest(Lookup& lookup, const core::Digest& digest, Snapshot snapshot)
{
    ItemPointerData place;
    if (recall_place(digest, place) && find_at_place(lookup, place, digest, snapshot))
        return true;
    if (!find_in_index(lookup, core::digest_prefix(digest), &digest, snapshot))
        return false;
    note_place(digest, lookup.slot->tts_tid);
    return true;
}

// Calls find(snapshot), which leaves the row in the look-up's slot. The snapshot is taken now, whatever the transaction
// sees otherwise; unlike GetLatestSnapshot() it may be taken in parallel mode.
template <typename Find>
bool read(Lookup& lookup, TokenRow& token, Find&& find)
{
    Snapshot const snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(lookup.table)));
    MemoryContext const caller = MemoryContextSwitchTo(lookup.context);
    bool const found = find(snapshot);
    MemoryContextSwitchTo(caller);
    if (found)
        fill(token, read_columns(lookup.slot));
    ExecClearTuple(lookup.slot);
    UnregisterSnapshot(snapshot);
    return found;
}

} // namespace

bool find_token_by_digest(const core::Digest& digest, TokenRow& token)
{
    bool const is_kept = identity::can_keep();
    auto* lookup = is_kept ? static_cast<Lookup*>(identity::kept(close_lookup)) : nullptr;
    if (lookup == nullptr) {
        lookup =
            open_lookup(server::Relation::token_digest, is_kept ? identity::memory_of_kept() : CurrentMemoryContext);
        if (is_kept)
            identity::keep(lookup);
    }
    bool const found =
        read(*lookup, token, [&](Snapshot snapshot) { return find_by_digest(*lookup, digest, snapshot); });
    if (!is_kept)
        close_lookup(lookup);
    return found;
}

bool find_token_by_id(int64 id, TokenRow& token)
{
    Lookup* const lookup = open_lookup(server::Relation::token_key, CurrentMemoryContext);
    bool const found =
        read(*lookup, token, [&](Snapshot snapshot) { return find_in_index(*lookup, id, nullptr, snapshot); });
    close_lookup(lookup);
    return found;
}

} // namespace pat_auth::token
