// A token as stored: see token_row.h. A direct scan bypasses privileges and row security; callers check the rules.

#include "server/version.h"

extern "C" {
#include "access/skey.h"
#include "access/tableam.h"
#include "utils/fmgroids.h"
}

#include "token/token_row.h"

#include "identity/running_query.h"
#include "server/catalog.h"
#include "server/row_place.h"
#include "server/text.h"
#include "token/token_columns.h"

#include <algorithm>
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

// For hints: a digest is as good a hash as any.
uint64 hash_of(const core::Digest& digest)
{
    uint64 hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

bool find_at_place(Lookup& lookup, const core::Digest& digest)
{
    ItemPointerData place;
    return server::recall_place(hash_of(digest), place) &&
           server::fetch_row_version(lookup.table, place, lookup.slot) && has_digest(read_columns(lookup.slot), digest);
}

bool find_in_index(Lookup& lookup, int64 key, const core::Digest* digest)
{
    // Of now, too; unlike GetLatestSnapshot() it may be taken in parallel mode.
    Snapshot const snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(lookup.table)));
    begin_scan(lookup, key, snapshot);
    bool found = false;
    while (!found && index_getnext_slot(lookup.scan, ForwardScanDirection, lookup.slot))
        found = digest == nullptr || has_digest(read_columns(lookup.slot), *digest);
    table_index_fetch_reset(lookup.scan->xs_heapfetch); // until the next key it holds no page
    UnregisterSnapshot(snapshot);
    return found;
}

bool find_by_digest(Lookup& lookup, const core::Digest& digest)
{
    if (find_at_place(lookup, digest))
        return true;
    if (!find_in_index(lookup, core::digest_prefix(digest), &digest))
        return false;
    server::note_place(hash_of(digest), lookup.slot->tts_tid);
    return true;
}

// Calls find(), which leaves the row in the look-up's slot.
template <typename Find>
bool read(Lookup& lookup, TokenRow& token, Find&& find)
{
    MemoryContext const caller = MemoryContextSwitchTo(lookup.context);
    bool const found = find();
    MemoryContextSwitchTo(caller);
    if (found)
        fill(token, read_columns(lookup.slot));
    ExecClearTuple(lookup.slot);
    return found;
}

} // namespace

bool is_same(const TokenRow& one, const TokenRow& other)
{
    return one.token_id == other.token_id && one.created_at == other.created_at && one.expires_at == other.expires_at &&
           one.is_revoked == other.is_revoked && one.tenant_id == other.tenant_id && one.user_id == other.user_id &&
           one.application_id == other.application_id &&
           std::equal(one.scope_ids, one.scope_ids + one.scope_count, other.scope_ids,
                      other.scope_ids + other.scope_count);
}

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
    bool const found = read(*lookup, token, [&] { return find_by_digest(*lookup, digest); });
    if (!is_kept)
        close_lookup(lookup);
    return found;
}

bool find_token_by_id(int64 id, TokenRow& token)
{
    Lookup* const lookup = open_lookup(server::Relation::token_key, CurrentMemoryContext);
    bool const found = read(*lookup, token, [&] { return find_in_index(*lookup, id, nullptr); });
    close_lookup(lookup);
    return found;
}

} // namespace pat_auth::token
