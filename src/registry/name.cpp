// What may name something: see name.h.

#include "server/prelude.h"

extern "C" {
#include "mb/pg_wchar.h"
}

#include "registry/name.h"

#include "core/redact.h"
#include "identity/settings.h"
#include "server/guard.h"
#include "server/text.h"

namespace pat_auth::registry {

namespace {

// Unicode general categories Cc, Zl, Zp, and the bidirectional controls of UAX #9, section 2.
bool is_deceptive(pg_wchar character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x061c || character == 0x200e ||
           character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

} // namespace

bool holds_token(std::string_view text)
{
    std::string_view const prefix = identity::token_prefix();
    if (text.find(prefix) == std::string_view::npos)
        return false;
    char* const copy = pnstrdup(text.data(), text.size());
    return core::mask_tokens(copy, text.size(), prefix) != 0;
}

bool is_name(std::string_view name)
{
    int const length = pg_mbstrlen_with_len(name.data(), static_cast<int>(name.size()));
    if (length < 1 || length > max_name_length || name.front() == ' ' || name.back() == ' ')
        return false;
    bool const is_utf8 = GetDatabaseEncoding() == PG_UTF8;
    const auto* byte = reinterpret_cast<const unsigned char*>(name.data());
    const auto* const end = byte + name.size();
    while (byte < end) {
        if (is_deceptive(is_utf8 ? utf8_to_unicode(byte) : *byte))
            return false;
        byte += pg_mblen(reinterpret_cast<const char*>(byte));
    }
    return !holds_token(name);
}

} // namespace pat_auth::registry

PAT_AUTH_FUNCTION(pat_auth_is_name)
{
    PG_RETURN_BOOL(pat_auth::registry::is_name(pat_auth::server::argument_view(fcinfo, 0)));
}
