// pat_edit: name, scopes and expiration date, by the owner, under the rules of creation (R18 to R20).

#include "server/prelude.h"

extern "C" {
#include "funcapi.h"
}

#include "identity/identity.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"
#include "token/event.h"
#include "token/known_token.h"
#include "token/request.h"

namespace {

namespace identity = pat_auth::identity;
namespace server = pat_auth::server;
namespace token = pat_auth::token;

server::Statement<1> lock_token{R"sql(
    SELECT revoked_at IS NOT NULL, application_id FROM pat_auth.token WHERE token_id = $1 FOR NO KEY UPDATE
    )sql",
                                {INT8OID}};

server::Statement<7> edit_token{R"sql(
    WITH previous AS (
        SELECT token_id, name, expires_at, scope_ids FROM pat_auth.token WHERE token_id = $1
    ), edited AS (
        UPDATE pat_auth.token
        SET name = coalesce($2, name), scope_ids = coalesce($3, scope_ids), expires_at = coalesce($4, expires_at)
        WHERE token_id = $1
        RETURNING token_id, tenant_id, user_id, application_id, name, expires_at, scope_ids
    ), described AS (
        SELECT edited.*, application.name AS application,
            jsonb_build_object('name', previous.name, 'expires_at', previous.expires_at, 'scopes',
                ARRAY(SELECT name FROM pat_auth.role WHERE role_id = ANY (previous.scope_ids) ORDER BY name)) AS old,
            jsonb_build_object('name', edited.name, 'expires_at', edited.expires_at, 'scopes',
                ARRAY(SELECT name FROM pat_auth.role WHERE role_id = ANY (edited.scope_ids) ORDER BY name)) AS new
        FROM edited
        JOIN previous USING (token_id)
        JOIN pat_auth.application USING (application_id)
    )
    INSERT INTO pat_auth.token_event (occurred_at, act, token_id, tenant_id, user_id, tenant, user_name, application,
        actor_tenant, actor_user, database_role, client_address, details)
    SELECT clock_timestamp(), 'token_edited', token_id, tenant_id, user_id, $5, $6, application, $5, $6, SESSION_USER,
        $7, jsonb_build_object('old', old, 'new', new)
    FROM described
    WHERE old <> new
    )sql",
                                {INT8OID, TEXTOID, INT4ARRAYOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, INETOID}};

// A row of my_tokens: one column list, the view's.
server::Statement<1> select_my_token{R"sql(
    SELECT my_tokens FROM pat_auth.my_tokens WHERE token_id = $1
    )sql",
                                     {INT8OID}};

struct LockedToken {
    bool is_revoked;
    int32 application_id;
};

LockedToken lock(int64 token_id)
{
    return server::as_owner([&] {
        if (lock_token.write({server::argument(Int64GetDatum(token_id))}) == 0)
            token::raise_unknown_token(token_id);
        return LockedToken{DatumGetBool(server::result_column(0, 1).value),
                           DatumGetInt32(server::result_column(0, 2).value)};
    });
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_edit)
{
    const identity::Identity& owner = identity::require_interactive_user("editing a token");
    int32 const user_id = owner.user_id;
    token::Actor const actor = token::actor_of(&owner);
    server::require_argument(fcinfo, 0, "token_id");
    int64 const token_id = PG_GETARG_INT64(0);
    PreventCommandIfReadOnly("pat_edit()");
    if (token::require_known_token(token_id, owner).user_id != user_id)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("only its owner can edit a token"),
                        errhint("An administrator can revoke it with pat_auth.pat_revoke().")));

    // From here on nobody revokes or deletes it before we are done.
    LockedToken const locked = lock(token_id);
    if (locked.is_revoked)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("token %lld was revoked", static_cast<long long>(token_id)),
                        errhint("A revoked token stays revoked. Create another one.")));
    identity::Rights const rights = token::keep_rights(user_id, locked.application_id);
    token::check_user_is_allowed(rights);

    NullableDatum name = server::null_argument();
    NullableDatum scope_ids = server::null_argument();
    NullableDatum expires_at = server::null_argument();
    if (!PG_ARGISNULL(1)) {
        token::check_name(server::argument_view(fcinfo, 1));
        name = server::argument(PG_GETARG_DATUM(1));
    }
    if (!PG_ARGISNULL(3))
        expires_at = server::argument(TimestampTzGetDatum(token::check_expires_on(PG_GETARG_DATEADT(3))));
    if (!PG_ARGISNULL(2))
        scope_ids = server::argument(PointerGetDatum(token::check_scopes(PG_GETARG_ARRAYTYPE_P(2), rights).ids));

    MemoryContext const context = CurrentMemoryContext;
    Datum const row = server::as_owner([&] {
        edit_token.write({server::argument(Int64GetDatum(token_id)), name, scope_ids, expires_at, actor.tenant,
                          actor.user_name, actor.client_address});
        if (select_my_token.write({server::argument(Int64GetDatum(token_id))}) == 0)
            token::raise_unknown_token(token_id);
        MemoryContext const spi_context = MemoryContextSwitchTo(context);
        HeapTupleHeader const copy = DatumGetHeapTupleHeaderCopy(server::result_column(0, 1).value);
        MemoryContextSwitchTo(spi_context);
        return HeapTupleHeaderGetDatum(copy);
    });
    PG_RETURN_DATUM(row);
}
