// The session setting's form of a token.
#include "core/state_text.h"

#include <charconv>

namespace pat_auth::core {
namespace {

// Canonical decimal in 1..INT64_MAX: no sign, no leading zero, no blank.
bool parse_id(std::string_view text, std::int64_t& token_id) noexcept
{
    if (text.empty() || text.front() < '1' || text.front() > '9')
        return false;
    const char* const end = text.data() + text.size();
    const auto [stopped_at, error] = std::from_chars(text.data(), end, token_id);
    return error == std::errc() && stopped_at == end;
}

} // namespace

std::size_t format_state_text(std::int64_t token_id, const Digest& digest, char* text) noexcept
{
    char* end = std::to_chars(text, text + max_state_text_length - digest_hex_length - 1, token_id).ptr;
    *end++ = ':';
    encode_hex(digest, end);
    end += digest_hex_length;
    *end = '\0';
    return static_cast<std::size_t>(end - text);
}

bool parse_state_text(std::string_view text, std::int64_t& token_id, Digest& digest) noexcept
{
    if (text.size() <= digest_hex_length + 1 || text.size() > max_state_text_length)
        return false;
    const std::size_t colon_at = text.size() - digest_hex_length - 1;
    std::int64_t parsed_id = 0;
    if (text[colon_at] != ':' || !parse_id(text.substr(0, colon_at), parsed_id) ||
        !decode_hex(text.substr(colon_at + 1), digest))
        return false;
    token_id = parsed_id;
    return true;
}

} // namespace pat_auth::core
