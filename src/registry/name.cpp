// What may name something: see name.h.

#include "server/prelude.h"

extern "C" {
#include "catalog/pg_conversion.h"
#include "catalog/pg_namespace.h"
#include "mb/pg_wchar.h"
}

#include "registry/name.h"

#include "core/name_character.h"
#include "core/redact.h"
#include "identity/settings.h"
#include "server/guard.h"
#include "server/text.h"

#include <algorithm>
#include <cstring>

namespace pat_auth::registry {

namespace {

// What is_name() asks of the characters, of which there is at least one.
bool is_clear_utf8(const unsigned char* text, const unsigned char* end)
{
    if (core::is_blank(utf8_to_unicode(text)))
        return false;
    pg_wchar character = 0;
    for (; text < end; text += pg_utf_mblen(text)) {
        character = utf8_to_unicode(text);
        if (core::is_deceptive(character))
            return false;
    }
    return !core::is_blank(character);
}

// Where nobody knows which characters the bytes are, those of ASCII are what they are everywhere.
bool is_clear_ascii(const unsigned char* text, const unsigned char* end)
{
    auto const is_blank = [](unsigned char byte) { return byte < 0x80 && core::is_blank(byte); };
    auto const is_deceptive = [](unsigned char byte) { return byte < 0x80 && core::is_deceptive(byte); };
    return !is_blank(*text) && !is_blank(end[-1]) && std::none_of(text, end, is_deceptive);
}

bool is_clear(std::string_view name)
{
    const auto* const text = reinterpret_cast<const unsigned char*>(name.data());
    const auto* const end = text + name.size();
    int const encoding = GetDatabaseEncoding();
    if (encoding == PG_UTF8)
        return is_clear_utf8(text, end);
    // PostgreSQL's own, whatever others are in the search_path: a CHECK constraint asks. SQL_ASCII and MULE_INTERNAL
    // have none.
    Oid const conversion = FindDefaultConversion(PG_CATALOG_NAMESPACE, encoding, PG_UTF8);
    if (!OidIsValid(conversion))
        return is_clear_ascii(text, end);
    int const length = static_cast<int>(name.size());
    int const capacity = length * MAX_CONVERSION_GROWTH + 1;
    auto* const utf8 = static_cast<unsigned char*>(palloc(static_cast<Size>(capacity)));
    // Not pg_server_to_any(), which raises an error for what is no character of Unicode. A name with one is refused: no
    // client that speaks UTF-8 could read it.
    int const converted = pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8, const_cast<unsigned char*>(text),
                                                        length, utf8, capacity, true);
    return converted == length && is_clear_utf8(utf8, utf8 + std::strlen(reinterpret_cast<const char*>(utf8)));
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
