// pat_revoke: the administrators' way to end a token, for good (R20, R21).

#include "server/prelude.h"

#include "core/redact.h"
#include "identity/identity.h"
#include "identity/settings.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"
#include "token/event.h"
#include "token/known_token.h"

namespace {

namespace core = pat_auth::core;
namespace identity = pat_auth::identity;
namespace server = pat_auth::server;
namespace token = pat_auth::token;

server::Statement<5> revoke_token{R"sql(
    WITH revoked AS (
        UPDATE pat_auth.token SET revoked_at = clock_timestamp(), revoke_reason = $2
        WHERE token_id = $1 AND revoked_at IS NULL
        RETURNING token_id, tenant_id, user_id, application_id, revoked_at
    )
    INSERT INTO pat_auth.token_event (occurred_at, act, token_id, tenant_id, user_id, tenant, user_name, application,
        actor_tenant, actor_user, database_role, client_address, details)
    SELECT revoked.revoked_at, 'token_revoked', revoked.token_id, revoked.tenant_id, revoked.user_id, app_user.tenant,
        app_user.name, application.name, $3, $4, SESSION_USER, $5,
        jsonb_build_object('reason', $2)
    FROM revoked
    JOIN pat_auth.app_user USING (user_id)
    JOIN pat_auth.application USING (application_id)
    )sql",
                                  {INT8OID, TEXTOID, TEXTOID, TEXTOID, INETOID}};

constexpr std::size_t max_reason_size = 1000;

// A copy in which tokens are masked: whoever revokes one that has leaked may well say which, by its text, and the
// reason is stored and shown.
Datum masked_reason(Datum reason)
{
    text* const copy = DatumGetTextPCopy(reason);
    core::mask_tokens(VARDATA(copy), VARSIZE(copy) - VARHDRSZ, identity::token_prefix());
    return PointerGetDatum(copy);
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_revoke)
{
    const identity::Identity& administrator = identity::require_interactive_user("revoking a token");
    server::require_argument(fcinfo, 0, "token_id");
    int64 const token_id = PG_GETARG_INT64(0);
    if (!PG_ARGISNULL(1) && server::argument_view(fcinfo, 1).size() > max_reason_size)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("reason must not be longer than %zu bytes", max_reason_size)));
    PreventCommandIfReadOnly("pat_revoke()");
    if (!identity::administers_tokens_of(administrator, token::require_known_token(token_id, administrator).tenant_id))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("only a main administrator or a user administrator of the tenant can revoke a token"),
                        errhint("Its owner can delete it with pat_auth.pat_delete().")));

    token::Actor const actor = token::actor_of(&administrator);
    server::as_owner([&] {
        revoke_token.write(
            {server::argument(Int64GetDatum(token_id)),
             PG_ARGISNULL(1) ? server::null_argument() : server::argument(masked_reason(PG_GETARG_DATUM(1))),
             actor.tenant, actor.user_name, actor.client_address});
    });
    PG_RETURN_BOOL(true);
}
