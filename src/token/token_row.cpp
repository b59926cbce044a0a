// A token as stored: see token_row.h. A direct scan bypasses privileges and row security; callers check the rules.

#include "server/version.h"

extern "C" {
#include "access/skey.h"
#include "access/tableam.h"
#include "utils/fmgroids.h"
}

#include "token/token_row.h"

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

// `index` is on one column of type bigint.
bool find(int64 key, server::Relation index, const core::Digest* digest, TokenRow& token)
{
    // The locks stay to the end of the transaction, as those of any query: taken again, they are only counted.
    Relation const table = table_open(server::relation_oid(server::Relation::token), AccessShareLock);
    Relation const index_relation = index_open(server::relation_oid(index), AccessShareLock);
    // Taken now, whatever the transaction sees otherwise; unlike GetLatestSnapshot() it may be taken in parallel mode.
    Snapshot const snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(table)));
    TupleTableSlot* const slot = table_slot_create(table, nullptr);
    IndexScanDesc const scan = server::begin_index_scan(table, index_relation, snapshot, 1);
    ScanKeyData scan_key;
    ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(key));
    index_rescan(scan, &scan_key, 1, nullptr, 0);

    bool found = false;
    while (!found && index_getnext_slot(scan, ForwardScanDirection, slot)) {
        slot_getallattrs(slot);
        Columns const columns = {slot->tts_values, slot->tts_isnull};
        if (digest == nullptr || has_digest(columns, *digest)) {
            fill(token, columns);
            found = true;
        }
    }
    index_endscan(scan);
    ExecDropSingleTupleTableSlot(slot);
    UnregisterSnapshot(snapshot);
    index_close(index_relation, NoLock);
    table_close(table, NoLock);
    return found;
}

} // namespace

bool find_token_by_digest(const core::Digest& digest, TokenRow& token)
{
    return find(core::digest_prefix(digest), server::Relation::token_digest, &digest, token);
}

bool find_token_by_id(int64 id, TokenRow& token) { return find(id, server::Relation::token_key, nullptr, token); }

} // namespace pat_auth::token
