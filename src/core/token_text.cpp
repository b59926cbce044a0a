// Making and checking the text of a token.
#include "core/token_text.h"

#include <cstring>

#include "core/base62.h"
#include "core/checksum.h"

namespace pat_auth::core {
namespace {

// 2^256 - 1; forty-three digits could say a little more.
constexpr std::string_view max_secret_text = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";
static_assert(max_secret_text.size() == token_secret_length && token_secret_length <= max_base62_length);

void encode_id(std::int64_t token_id, char* text) noexcept
{
    unsigned char number[sizeof token_id];
    for (std::size_t i = 0; i < sizeof number; ++i)
        number[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(token_id) >> (8 * (sizeof number - 1 - i)));
    encode_base62(number, sizeof number, text, token_id_length);
}

void encode_checksum(std::string_view checked, char* text) noexcept
{
    const std::uint32_t checksum = crc32(checked);
    unsigned char number[sizeof checksum];
    for (std::size_t i = 0; i < sizeof number; ++i)
        number[i] = static_cast<unsigned char>(checksum >> (8 * (sizeof number - 1 - i)));
    encode_base62(number, sizeof number, text, token_checksum_length);
}

// A text of this length says each number in one way only.
bool is_checksum_of(std::string_view checked, std::string_view text) noexcept
{
    std::uint64_t number = 0;
    return decode_base62_u64(text, number) && number == crc32(checked);
}

bool decode_id(std::string_view text, std::int64_t& token_id) noexcept
{
    std::uint64_t number = 0;
    if (!decode_base62_u64(text, number) || number == 0 || number > static_cast<std::uint64_t>(INT64_MAX))
        return false;
    token_id = static_cast<std::int64_t>(number);
    return true;
}

} // namespace

bool is_token_prefix(std::string_view prefix) noexcept
{
    if (prefix.empty() || prefix.size() > max_token_prefix_length || prefix.back() != '_')
        return false;
    for (char character : prefix)
        if (character != '_' && !is_base62(character))
            return false;
    return true;
}

std::size_t token_text_length(std::string_view prefix) noexcept { return prefix.size() + token_body_length; }

void format_token_text(std::string_view prefix, std::int64_t token_id, const Secret& secret, char* text) noexcept
{
    const std::size_t id_at = prefix.size();
    const std::size_t secret_at = id_at + token_id_length;
    const std::size_t checksum_at = secret_at + token_secret_length;
    std::memcpy(text, prefix.data(), prefix.size());
    encode_id(token_id, text + id_at);
    encode_base62(secret.data(), secret_size, text + secret_at, token_secret_length);
    encode_checksum(std::string_view(text, checksum_at), text + checksum_at);
}

bool parse_token_text(std::string_view text, std::string_view prefix, std::int64_t& token_id) noexcept
{
    if (text.size() != token_text_length(prefix))
        return false;
    // The checksum first: it is of all that comes before, and most of what is wrong ends there.
    const std::string_view body = text.substr(prefix.size());
    const std::string_view checksum = body.substr(token_id_length + token_secret_length);
    if (!is_checksum_of(text.substr(0, text.size() - token_checksum_length), checksum) ||
        text.substr(0, prefix.size()) != prefix || !is_base62(body))
        return false;
    // Base62 is in ASCII order, so the order of texts is the order of numbers.
    if (body.substr(token_id_length, token_secret_length) > max_secret_text)
        return false;
    return decode_id(body.substr(0, token_id_length), token_id);
}

} // namespace pat_auth::core
