// What may name something: see name.h.

#include "server/prelude.h"

extern "C" {
#include "mb/pg_wchar.h"
}

#include "registry/name.h"

#include "server/guard.h"
#include "server/text.h"

#include <algorithm>

namespace pat_auth::registry {

bool is_name(std::string_view name)
{
    int const length = pg_mbstrlen_with_len(name.data(), static_cast<int>(name.size()));
    if (length < 1 || length > max_name_length || name.front() == ' ' || name.back() == ' ')
        return false;
    return std::none_of(name.begin(), name.end(),
                        [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; });
}

} // namespace pat_auth::registry

PAT_AUTH_FUNCTION(pat_auth_is_name)
{
    PG_RETURN_BOOL(pat_auth::registry::is_name(pat_auth::server::argument_view(fcinfo, 0)));
}
