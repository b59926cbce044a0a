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
#include "server/text.h"
#include "token/token_columns.h"

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

// A scan of an index of the table, on one column of type bigint: what is the same for all keys.
struct Lookup : identity::Kept {
    MemoryContext context; // the scan's own
    Relation table;
    Relation index;
    TupleTableSlot* slot;
    IndexScanDesc scan;
};

void close_lookup(identity::Kept* kept)
{
    auto* const lookup = static_cast<Lookup*>(kept);
    index_endscan(lookup->scan);
    ExecDropSingleTupleTableSlot(lookup->slot);
    index_close(lookup->index, NoLock);
    table_close(lookup->table, NoLock);
    pfree(lookup);
}

// The locks stay to the end of the transaction, as those of any query: taken again, they are only counted.
Lookup* open_lookup(server::Relation index, MemoryContext context)
{
    MemoryContext const caller = MemoryContextSwitchTo(context);
    auto* const lookup = static_cast<Lookup*>(palloc(sizeof(Lookup)));
    lookup->close = close_lookup;
    lookup->context = context;
    lookup->table = table_open(server::relation_oid(server::Relation::token), AccessShareLock);
    lookup->index = index_open(server::relation_oid(index), AccessShareLock);
    lookup->slot = table_slot_create(lookup->table, nullptr);
    lookup->scan = server::begin_index_scan(lookup->table, lookup->index, SnapshotAny, 1); // each look-up has its own
    MemoryContextSwitchTo(caller);
    return lookup;
}

void begin_scan(Lookup& lookup, int64 key, Snapshot snapshot)
{
    ScanKeyData scan_key;
    ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(key));
    lookup.scan->xs_snapshot = snapshot;
    index_rescan(lookup.scan, &scan_key, 1, nullptr, 0);
}

bool find(Lookup& lookup, int64 key, const core::Digest* digest, TokenRow& token)
{
    // Taken now, whatever the transaction sees otherwise; unlike GetLatestSnapshot() it may be taken in parallel mode.
    Snapshot const snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(lookup.table)));
    MemoryContext const caller = MemoryContextSwitchTo(lookup.context);
    begin_scan(lookup, key, snapshot);
    bool found = false;
    while (!found && index_getnext_slot(lookup.scan, ForwardScanDirection, lookup.slot)) {
        slot_getsomeattrs(lookup.slot, scope_ids);
        Columns const columns = {lookup.slot->tts_values, lookup.slot->tts_isnull};
        found = digest == nullptr || has_digest(columns, *digest);
    }
    MemoryContextSwitchTo(caller);
    if (found)
        fill(token, {lookup.slot->tts_values, lookup.slot->tts_isnull});

    // Until the next key it holds no page.
    ExecClearTuple(lookup.slot);
    table_index_fetch_reset(lookup.scan->xs_heapfetch);
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
    bool const found = find(*lookup, core::digest_prefix(digest), &digest, token);
    if (!is_kept)
        close_lookup(lookup);
    return found;
}

bool find_token_by_id(int64 id, TokenRow& token)
{
    Lookup* const lookup = open_lookup(server::Relation::token_key, CurrentMemoryContext);
    bool const found = find(*lookup, id, nullptr, token);
    close_lookup(lookup);
    return found;
}

} // namespace pat_auth::token
