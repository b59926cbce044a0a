// What may name something: see name.h.

#include "server/prelude.h"

extern "C" {
#include "mb/pg_wchar.h"
}

#include "registry/name.h"

#include "core/name_character.h"
#include "core/redact.h"
#include "identity/settings.h"
#include "server/guard.h"
#include "server/text.h"

namespace pat_auth::registry {

namespace {

// What is_name() asks of the characters, of which there is at least one. Outside UTF-8 they are single bytes.
bool is_clear(std::string_view name)
{
    const auto* byte = reinterpret_cast<const unsigned char*>(name.data());
    const auto* const end = byte + name.size();
    bool const is_utf8 = GetDatabaseEncoding() == PG_UTF8;
    auto const at = [=](const unsigned char* place) { return is_utf8 ? utf8_to_unicode(place) : *place; };
    if (core::is_blank(at(byte)))
        return false;
    pg_wchar character = 0;
    for (; byte < end; byte += pg_mblen(reinterpret_cast<const char*>(byte))) {
        character = at(byte);
        if (core::is_deceptive(character))
            return false;
    }
    return !core::is_blank(character);
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
    return length >= 1 && length <= max_name_length && is_clear(name) && !holds_token(name);
}

} // namespace pat_auth::registry

PAT_AUTH_FUNCTION(pat_auth_is_name)
{
    PG_RETURN_BOOL(pat_auth::registry::is_name(pat_auth::server::argument_view(fcinfo, 0)));
}
