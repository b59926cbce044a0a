// A token as stored: see token_row.h. A direct scan bypasses privileges and row security; callers check the rules.

#include "server/prelude.h"

extern "C" {
#include "access/skey.h"
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
    // As many as a table can have: somebody may have added some to ours.
    Datum values[MaxHeapAttributeNumber];
    bool nulls[MaxHeapAttributeNumber];
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

bool find(TokenColumn key_column, int64 key, server::Relation index, const core::Digest* digest, TokenRow& token)
{
    Relation const relation = table_open(server::relation_oid(server::Relation::token), AccessShareLock);
    ScanKeyData scan_key;
    ScanKeyInit(&scan_key, static_cast<AttrNumber>(key_column), BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(key));
    // A null snapshot: one taken now, and registered.
    SysScanDesc const scan = systable_beginscan(relation, server::relation_oid(index), true, nullptr, 1, &scan_key);

    bool found = false;
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        Columns columns; // not zeroed, it is large
        heap_deform_tuple(tuple, RelationGetDescr(relation), columns.values, columns.nulls);
        if (digest == nullptr || has_digest(columns, *digest)) {
            fill(token, columns);
            found = true;
            break;
        }
    }
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    return found;
}

} // namespace

bool find_token_by_digest(const core::Digest& digest, TokenRow& token)
{
    return find(digest_head, core::digest_prefix(digest), server::Relation::token_digest, &digest, token);
}

bool find_token_by_id(int64 id, TokenRow& token)
{
    return find(token_id, id, server::Relation::token_key, nullptr, token);
}

} // namespace pat_auth::token
