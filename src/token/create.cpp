// pat_create: the one place where a token's text comes into being (R6 to R10).

#include "server/prelude.h"

extern "C" {
#include "commands/sequence.h"
}

#include "core/secret.h"
#include "core/token_text.h"
#include "identity/identity.h"
#include "identity/settings.h"
#include "server/catalog.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"
#include "token/event.h"
#include "token/request.h"

namespace {

namespace core = pat_auth::core;
namespace identity = pat_auth::identity;
namespace server = pat_auth::server;
namespace token = pat_auth::token;

server::Statement<14> insert_token{R"sql(
    WITH created AS (
        INSERT INTO pat_auth.token (token_id, digest_head, digest_tail, created_at, expires_at, tenant_id, user_id,
            application_id, scope_ids, name)
        OVERRIDING SYSTEM VALUE
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    )
    INSERT INTO pat_auth.token_event (occurred_at, act, token_id, tenant_id, user_id, tenant, user_name, application,
        actor_tenant, actor_user, database_role, client_address, details)
    VALUES ($4, 'token_created', $1, $6, $7, $11, $12, $13, $11, $12, SESSION_USER, $14,
        jsonb_build_object('name', $10, 'expires_at', $5, 'scopes',
            ARRAY(SELECT name FROM pat_auth.role WHERE role_id = ANY ($9) ORDER BY name)))
    )sql",
                                   {INT8OID, INT8OID, BYTEAOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT4OID,
                                    INT4OID, INT4ARRAYOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INETOID}};

// A new secret, given to the server only as the digest and as the text that is returned. Our own copies are wiped on
// every way out; the text is, once the row that is returned has its own.
struct NewToken {
    core::Digest digest;
    text* value;
};

NewToken make_token(int64 token_id)
{
    std::string_view const prefix = identity::token_prefix();
    std::size_t const length = core::token_text_length(prefix);
    core::Secret secret;
    core::WipedText<core::max_token_text_length> buffer;
    secret.fill_random();
    core::format_token_text(prefix, token_id, secret, buffer.data());
    std::string_view const token_text(buffer.data(), length);
    NewToken result = {};
    result.digest = identity::digest_of(token_text);
    result.value = server::call_server(
        [&] { return cstring_to_text_with_len(token_text.data(), static_cast<int>(token_text.size())); });
    return result;
}

bytea* digest_tail(const core::Digest& digest)
{
    constexpr std::size_t head_size = sizeof(int64);
    return cstring_to_text_with_len(reinterpret_cast<const char*>(digest.data()) + head_size,
                                    static_cast<int>(digest.size() - head_size));
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_create)
{
    const identity::Identity& owner = identity::require_interactive_user("creating a token");
    int32 const user_id = owner.user_id;
    int32 const tenant_id = owner.tenant_id;
    token::Actor const actor = token::actor_of(&owner);
    server::require_argument(fcinfo, 0, "application");
    server::require_argument(fcinfo, 1, "name");
    server::require_argument(fcinfo, 2, "scopes");
    server::require_argument(fcinfo, 3, "expires_on");

    PreventCommandIfReadOnly("pat_create()");
    if (identity::is_pepper_missing())
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("tokens cannot be made: the pepper file cannot be read"),
                        errhint("The server's administrator finds the reason in the server log.")));
    token::check_user_is_allowed(user_id);
    int32 const application_id = token::check_application(server::argument_view(fcinfo, 0), user_id);
    token::check_name(server::argument_view(fcinfo, 1));
    TimestampTz const expires_at = token::check_expires_on(PG_GETARG_DATEADT(3));
    ArrayType* const scope_ids = token::check_scopes(PG_GETARG_ARRAYTYPE_P(2), user_id, application_id);

    int64 const token_id = nextval_internal(server::relation_oid(server::Relation::token_sequence), false);
    NewToken const created = make_token(token_id);

    server::as_owner([&] {
        insert_token.write({server::argument(Int64GetDatum(token_id)),
                            server::argument(Int64GetDatum(core::digest_prefix(created.digest))),
                            server::argument(PointerGetDatum(digest_tail(created.digest))),
                            server::argument(TimestampTzGetDatum(GetCurrentTimestamp())),
                            server::argument(TimestampTzGetDatum(expires_at)),
                            server::argument(Int32GetDatum(tenant_id)), server::argument(Int32GetDatum(user_id)),
                            server::argument(Int32GetDatum(application_id)),
                            server::argument(PointerGetDatum(scope_ids)), server::argument(PG_GETARG_DATUM(1)),
                            actor.tenant, actor.user_name, server::argument(PG_GETARG_DATUM(0)), actor.client_address});
    });

    Datum values[] = {Int64GetDatum(token_id), PointerGetDatum(created.value), TimestampTzGetDatum(expires_at)};
    bool nulls[] = {false, false, false};
    HeapTuple const row = heap_form_tuple(server::result_descriptor(fcinfo), values, nulls);
    core::wipe(VARDATA(created.value), VARSIZE(created.value) - VARHDRSZ);
    PG_RETURN_DATUM(HeapTupleGetDatum(row));
}
