// pat_delete: the owner's way to be rid of a token (R22).

#include "server/prelude.h"

#include "identity/identity.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "token/event.h"
#include "token/known_token.h"

namespace {

namespace identity = pat_auth::identity;
namespace server = pat_auth::server;
namespace token = pat_auth::token;

server::Statement<5> delete_token{R"sql(
    WITH deleted AS (
        DELETE FROM pat_auth.token WHERE token_id = $1 AND user_id = $2
        RETURNING token_id, tenant_id, user_id, application_id, name
    )
    INSERT INTO pat_auth.token_event (occurred_at, act, token_id, tenant_id, user_id, tenant, user_name, application,
        actor_tenant, actor_user, database_role, client_address, details)
    SELECT clock_timestamp(), 'token_deleted', deleted.token_id, deleted.tenant_id, deleted.user_id, $3, $4,
        application.name, $3, $4, SESSION_USER, $5,
        jsonb_build_object('name', deleted.name)
    FROM deleted
    JOIN pat_auth.application USING (application_id)
    )sql",
                                  {INT8OID, INT4OID, TEXTOID, TEXTOID, INETOID}};

} // namespace

PAT_AUTH_FUNCTION(pat_auth_delete)
{
    const identity::Identity& owner = identity::require_interactive_user("deleting a token");
    server::require_argument(fcinfo, 0, "token_id");
    int64 const token_id = PG_GETARG_INT64(0);
    PreventCommandIfReadOnly("pat_delete()");
    if (token::require_known_token(token_id, owner).user_id != owner.user_id)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("only its owner can delete a token"),
                        errhint("An administrator can revoke it with pat_auth.pat_revoke().")));

    token::Actor const actor = token::actor_of(&owner);
    uint64 const deleted = server::as_owner([&] {
        return delete_token.write({server::argument(Int64GetDatum(token_id)),
                                   server::argument(Int32GetDatum(owner.user_id)), actor.tenant, actor.user_name,
                                   actor.client_address});
    });
    if (deleted == 0)
        token::raise_unknown_token(token_id); // somebody was faster
    PG_RETURN_BOOL(true);
}
