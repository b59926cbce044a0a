// When a token was last used, for the views: in the table, or since then in memory.

#include "server/prelude.h"

#include "identity/identity.h"
#include "server/catalog.h"
#include "server/guard.h"
#include "usage/pending.h"

namespace {

namespace identity = pat_auth::identity;
namespace usage = pat_auth::usage;

// The views run this function as their reader, so it must not tell him of others' tokens (R24).
bool may_see(const usage::PendingUse& use)
{
    if (pat_auth::server::is_above_rules(GetUserId()))
        return true;
    const identity::Identity* const reader = identity::current_identity();
    return reader != nullptr && reader->kind == identity::Kind::user &&
           (reader->user_id == use.user_id || identity::administers_tokens_of(*reader, use.tenant_id));
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_token_last_used_at)
{
    usage::PendingUse use = {};
    bool const is_pending = !PG_ARGISNULL(0) && usage::find_pending(PG_GETARG_INT64(0), use) && may_see(use);
    if (is_pending && (PG_ARGISNULL(1) || PG_GETARG_TIMESTAMPTZ(1) < use.last_used_at))
        PG_RETURN_TIMESTAMPTZ(use.last_used_at);
    if (PG_ARGISNULL(1))
        PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(PG_GETARG_TIMESTAMPTZ(1));
}
