// What a policy of pat_protect compares a row's tenant or user with: that of the identity if it has the scope, else
// null, so no row. One comparison says both, and it is all that is done for each row. As a value of the column's type;
// null also for a name that is not the canonical text of a value: of '7' and '007', two tenants, only the first one
// owns the rows of 7.

#include "server/prelude.h"

extern "C" {
#include "utils/uuid.h"
}

#include "identity/identity.h"
#include "server/guard.h"
#include "server/text.h"

#include <charconv>
#include <string_view>
#include <system_error>

namespace {

using pat_auth::identity::current_identity;
using pat_auth::identity::has_permission;
using pat_auth::identity::Identity;
namespace server = pat_auth::server;

bool parse_bigint(std::string_view name, int64& value)
{
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (error != std::errc() || end != name.data() + name.size())
        return false;
    char canonical[24];
    auto const written = std::to_chars(canonical, canonical + sizeof canonical, value);
    return name == std::string_view(canonical, static_cast<std::size_t>(written.ptr - canonical));
}

// RFC 4122: lower case, hyphens after 8, 12, 16 and 20 digits.
bool parse_uuid(std::string_view name, pg_uuid_t& value)
{
    constexpr std::string_view hex = "0123456789abcdef";
    if (name.size() != 36)
        return false;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (name[i] != '-')
                return false;
            continue;
        }
        std::size_t const digit = hex.find(name[i]);
        if (digit == std::string_view::npos)
            return false;
        unsigned char& byte = value.data[digits / 2];
        byte = static_cast<unsigned char>(digits % 2 == 0 ? digit << 4 : byte | digit);
        ++digits;
    }
    return true;
}

// The identity that acts, if it has the scope that the arguments name.
const Identity* identity_with_scope(FunctionCallInfo fcinfo)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr || PG_ARGISNULL(0) || PG_ARGISNULL(1))
        return nullptr;
    return has_permission(*identity, server::argument_view(fcinfo, 0), server::argument_view(fcinfo, 1)) ? identity
                                                                                                         : nullptr;
}

Datum as_text(FunctionCallInfo fcinfo, const char* Identity::*name)
{
    const Identity* const identity = identity_with_scope(fcinfo);
    if (identity == nullptr)
        PG_RETURN_NULL();
    return CStringGetTextDatum(identity->*name);
}

Datum as_bigint(FunctionCallInfo fcinfo, const char* Identity::*name)
{
    const Identity* const identity = identity_with_scope(fcinfo);
    int64 value = 0;
    if (identity == nullptr || !parse_bigint(identity->*name, value))
        PG_RETURN_NULL();
    PG_RETURN_INT64(value);
}

Datum as_uuid(FunctionCallInfo fcinfo, const char* Identity::*name)
{
    const Identity* const identity = identity_with_scope(fcinfo);
    auto* const value = static_cast<pg_uuid_t*>(palloc(sizeof(pg_uuid_t)));
    if (identity == nullptr || !parse_uuid(identity->*name, *value))
        PG_RETURN_NULL();
    PG_RETURN_UUID_P(value);
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_tenant_with_scope) { return as_text(fcinfo, &Identity::tenant); }

PAT_AUTH_FUNCTION(pat_auth_tenant_with_scope_as_bigint) { return as_bigint(fcinfo, &Identity::tenant); }

PAT_AUTH_FUNCTION(pat_auth_tenant_with_scope_as_uuid) { return as_uuid(fcinfo, &Identity::tenant); }

PAT_AUTH_FUNCTION(pat_auth_user_with_scope) { return as_text(fcinfo, &Identity::user_name); }

PAT_AUTH_FUNCTION(pat_auth_user_with_scope_as_bigint) { return as_bigint(fcinfo, &Identity::user_name); }

PAT_AUTH_FUNCTION(pat_auth_user_with_scope_as_uuid) { return as_uuid(fcinfo, &Identity::user_name); }

// Said of all rows when a query is planned, so that nothing is left to ask of each of them.
PAT_AUTH_FUNCTION(pat_auth_restrictive_policies_decide) { PG_RETURN_BOOL(true); }
