// The user of a tenant by his name: see find_user.h.
//
// Who signs in is likely to have signed in before, and his rights, which are needed next, are likely to be at hand.
// They say his name, too: so a hint about his number (server/shared_hints.h) spares the look into the table.

#include "server/prelude.h"

#include "identity/find_user.h"

#include "identity/rights.h"
#include "server/hash.h"
#include "server/key_lookup.h"
#include "server/shared_hints.h"
#include "server/text.h"

namespace pat_auth::identity {

namespace {

// The column of pat_auth.app_user, in the order of sql/20_registry.sql.
constexpr AttrNumber user_id_column = 7;

uint64 hash_of(std::string_view tenant, std::string_view name)
{
    return server::hash(server::hash(server::hint_of_user, tenant.data(), tenant.size()), name.data(), name.size());
}

bool is_user(uint64 hint, std::string_view tenant, std::string_view name)
{
    if (hint == server::no_hint)
        return false;
    const UserRights* const user = find_rights(static_cast<int32>(hint), administration_id, GetCurrentTimestamp()).user;
    return user != nullptr && name == user->name && tenant == user->tenant;
}

} // namespace

bool find_user(const text* tenant, const text* name, int32& user_id)
{
    uint64 const hash = hash_of(server::view(tenant), server::view(name));
    uint64 const hint = server::recall_hint(hash);
    if (is_user(hint, server::view(tenant), server::view(name))) {
        user_id = static_cast<int32>(hint);
        return true;
    }
    NullableDatum const found = server::find_by_texts(server::Relation::app_user, server::Relation::app_user_key,
                                                      {PointerGetDatum(tenant), PointerGetDatum(name)}, user_id_column);
    if (found.isnull)
        return false;
    user_id = DatumGetInt32(found.value);
    server::note_hint(hash, static_cast<uint32>(user_id));
    return true;
}

} // namespace pat_auth::identity
