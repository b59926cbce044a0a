// pat_create: the one place where a token's text comes into being (R6 to R10).

#include "server/prelude.h"

extern "C" {
#include "commands/sequence.h"
}

#include "core/secret.h"
#include "core/token_text.h"
#include "identity/identity.h"
#include "identity/settings.h"
#include "redaction/shown.h"
#include "server/catalog.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/text.h"
#include "token/event.h"
#include "token/new_secret.h"
#include "token/new_token.h"
#include "token/request.h"

namespace {

namespace core = pat_auth::core;
namespace identity = pat_auth::identity;
namespace server = pat_auth::server;
namespace redaction = pat_auth::redaction;
namespace token = pat_auth::token;

server::ResultDescriptor result_descriptor;

// A new secret, given to the server only as the digest and as the text that is returned. Our own copies are wiped on
// every way out; the text is, once the row that is returned has its own.
struct NewText {
    core::Digest digest;
    text* value;
};

NewText make_text(int64 token_id)
{
    std::string_view const prefix = identity::token_prefix();
    std::size_t const length = core::token_text_length(prefix);
    core::Secret secret;
    core::WipedText<core::max_token_text_length> buffer;
    token::make_secret(secret);
    core::format_token_text(prefix, token_id, secret, buffer.data());
    std::string_view const token_text(buffer.data(), length);
    NewText result = {};
    result.digest = identity::digest_of(token_text);
    result.value = server::call_server(
        [&] { return cstring_to_text_with_len(token_text.data(), static_cast<int>(token_text.size())); });
    return result;
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
    std::string_view const application = server::argument_view(fcinfo, 0);
    int32 application_id = identity::administration_id;
    bool const is_known = identity::find_application_id(application, application_id);
    identity::Rights const rights = token::keep_rights(user_id, application_id);
    token::check_user_is_allowed(rights);
    if (!is_known)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                        errmsg("application \"%s\" does not exist", redaction::shown(application))));
    token::check_application(rights);
    token::check_name(server::argument_view(fcinfo, 1));
    TimestampTz const expires_at = token::check_expires_on(PG_GETARG_DATEADT(3));
    token::Scopes const scopes = token::check_scopes(PG_GETARG_ARRAYTYPE_P(2), rights);

    int64 const token_id = nextval_internal(server::relation_oid(server::Relation::token_sequence), false);
    NewText const created = make_text(token_id);
    token::write_new_token({token_id, created.digest, GetCurrentTimestamp(), expires_at,
                            server::argument_view(fcinfo, 1), scopes, tenant_id, user_id, application_id, application,
                            actor});

    Datum values[] = {Int64GetDatum(token_id), PointerGetDatum(created.value), TimestampTzGetDatum(expires_at)};
    bool nulls[] = {false, false, false};
    HeapTuple const row = heap_form_tuple(result_descriptor.of(fcinfo), values, nulls);
    core::wipe(VARDATA(created.value), VARSIZE(created.value) - VARHDRSZ);
    PG_RETURN_DATUM(HeapTupleGetDatum(row));
}
