// pat_verify: token introspection after RFC 7662. Always one row; of a token that is not active it says nothing else.

#include "server/prelude.h"

#include "core/token_text.h"
#include "identity/settings.h"
#include "identity/verification.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/text.h"
#include "usage/record.h"

#include <algorithm>

namespace {

namespace core = pat_auth::core;
namespace identity = pat_auth::identity;
namespace server = pat_auth::server;

constexpr int column_count = 7;

bool verify(FunctionCallInfo fcinfo, identity::Verification& verification)
{
    int64 token_id = 0;
    if (PG_ARGISNULL(0))
        return false;
    std::string_view const text = server::argument_view(fcinfo, 0);
    if (!core::parse_token_text(text, identity::token_prefix(), token_id) || identity::is_pepper_missing())
        return false;
    verification = identity::verify_digest(identity::digest_of(text));
    return verification.is_active;
}

ArrayType* scope_names(const identity::Verification& verification)
{
    const auto& token = verification.token;
    auto* const names =
        static_cast<const char**>(palloc(sizeof(const char*) * static_cast<Size>(Max(token.scope_count, 1))));
    for (int i = 0; i < token.scope_count; ++i)
        names[i] = identity::find_role(*verification.rights.application, token.scope_ids[i])->name;
    std::sort(names, names + token.scope_count,
              [](const char* one, const char* other) { return std::string_view(one) < std::string_view(other); });
    return server::text_array(names, token.scope_count);
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_verify)
{
    identity::Verification verification = {};
    Datum values[column_count] = {};
    bool nulls[column_count];
    bool const is_active = verify(fcinfo, verification);
    std::fill(nulls, nulls + column_count, !is_active);
    nulls[0] = false;
    values[0] = BoolGetDatum(is_active);
    if (is_active) {
        pat_auth::usage::record_use({verification.token_id, verification.token.user_id, verification.token.tenant_id},
                                    fcinfo->args[1]);
        values[1] = Int64GetDatum(verification.token_id);
        values[2] = CStringGetTextDatum(verification.rights.user->tenant);
        values[3] = CStringGetTextDatum(verification.rights.user->name);
        values[4] = CStringGetTextDatum(verification.rights.application->name);
        values[5] = PointerGetDatum(scope_names(verification));
        values[6] = TimestampTzGetDatum(verification.token.expires_at);
    }
    PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(server::result_descriptor(fcinfo), values, nulls)));
}
