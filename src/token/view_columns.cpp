// The derived columns of my_tokens and token_overview. The views' functions run as the reader, so they answer only
// of users whose tokens he may see: himself, or those of a tenant that he administers.

#include "server/prelude.h"

#include "identity/identity.h"
#include "identity/rights.h"
#include "server/catalog.h"
#include "server/guard.h"
#include "server/text.h"
#include "token/status.h"

#include <algorithm>

namespace {

namespace identity = pat_auth::identity;
namespace server = pat_auth::server;
namespace token = pat_auth::token;

struct ViewedToken {
    token::StatusFacts facts;
    identity::Rights rights;
};

bool has_null_argument(FunctionCallInfo fcinfo, int count)
{
    for (int i = 0; i < count; ++i)
        if (PG_ARGISNULL(i))
            return true;
    return false;
}

bool may_see_tokens_of(int32 user_id, int32 tenant_id)
{
    if (pat_auth::server::is_above_rules(GetUserId()))
        return true; // our own reports among them
    const identity::Identity* const reader = identity::current_identity();
    return reader != nullptr && reader->kind == identity::Kind::user &&
           (reader->user_id == user_id || identity::administers_tokens_of(*reader, tenant_id));
}

// Arguments: user_id, application_id, scope_ids; and expires_at, revoked_at where the function has them.
bool may_view(FunctionCallInfo fcinfo, ViewedToken& viewed)
{
    if (has_null_argument(fcinfo, 3))
        return false;
    int32 const user_id = PG_GETARG_INT32(0);
    int32 const application_id = PG_GETARG_INT32(1);
    ArrayType* const scope_ids = PG_GETARG_ARRAYTYPE_P(2);
    if (ARR_NDIM(scope_ids) > 1 || array_contains_nulls(scope_ids))
        return false;
    const identity::UserRights* const owner = identity::find_rights(user_id, application_id).user;
    if (owner == nullptr || !may_see_tokens_of(user_id, owner->tenant_id))
        return false;
    viewed.rights = identity::find_rights(user_id, application_id); // the identity may have been verified meanwhile
    if (viewed.rights.user == nullptr || viewed.rights.application == nullptr)
        return false;
    auto const scopes = server::integer_array(scope_ids);
    viewed.facts = {user_id, application_id, scopes.values, scopes.count, DT_NOEND, false};
    if (PG_NARGS() > 3) {
        if (PG_ARGISNULL(3))
            return false;
        viewed.facts.expires_at = PG_GETARG_TIMESTAMPTZ(3);
        viewed.facts.is_revoked = !PG_ARGISNULL(4);
    }
    return true;
}

token::DerivedStatus derive(const ViewedToken& viewed)
{
    return token::derive_status(viewed.facts, viewed.rights, GetCurrentTimestamp());
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_token_scopes)
{
    ViewedToken viewed = {};
    if (!may_view(fcinfo, viewed))
        PG_RETURN_NULL();
    int const count = viewed.facts.scope_count;
    auto* const names = static_cast<const char**>(palloc(sizeof(const char*) * static_cast<Size>(Max(count, 1))));
    int known = 0;
    for (int i = 0; i < count; ++i)
        if (const auto* const role = identity::find_role(*viewed.rights.application, viewed.facts.scope_ids[i]))
            names[known++] = role->name;
    std::sort(names, names + known,
              [](const char* one, const char* other) { return std::string_view(one) < std::string_view(other); });
    PG_RETURN_ARRAYTYPE_P(server::text_array(names, known));
}

PAT_AUTH_FUNCTION(pat_auth_token_status)
{
    ViewedToken viewed = {};
    if (!may_view(fcinfo, viewed))
        PG_RETURN_NULL();
    return CStringGetTextDatum(token::status_name(derive(viewed).status));
}

PAT_AUTH_FUNCTION(pat_auth_token_status_detail)
{
    ViewedToken viewed = {};
    if (!may_view(fcinfo, viewed))
        PG_RETURN_NULL();
    return CStringGetTextDatum(token::describe(derive(viewed), viewed.facts, viewed.rights));
}
