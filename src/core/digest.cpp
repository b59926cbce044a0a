// Digests by libsodium, and their hexadecimal form.
#include "core/digest.h"

#include <sodium.h>

#include "core/secret.h"

namespace pat_auth::core {
namespace {

static_assert(digest_size == crypto_hash_sha256_BYTES);
static_assert(digest_size == crypto_auth_hmacsha256_BYTES);
static_assert(digest_size == crypto_verify_32_BYTES);

constexpr std::string_view hex_alphabet = "0123456789abcdef";
constexpr unsigned not_hex = 16;

constexpr unsigned hex_value(char character) noexcept
{
    if (character >= '0' && character <= '9')
        return static_cast<unsigned>(character - '0');
    if (character >= 'a' && character <= 'f')
        return static_cast<unsigned>(character - 'a') + 10U;
    return not_hex;
}

// Never null, which libsodium does not take even for no bytes at all.
const unsigned char* bytes_of(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.empty() ? "" : text.data());
}

} // namespace

Digest sha256(std::string_view bytes) noexcept
{
    Digest digest;
    crypto_hash_sha256(digest.data(), bytes_of(bytes), bytes.size());
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) noexcept
{
    Digest digest;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    wipe(&state, sizeof state);
    return digest;
}

bool equal_in_constant_time(const Digest& left, const Digest& right) noexcept
{
    return crypto_verify_32(left.data(), right.data()) == 0;
}

std::int64_t digest_prefix(const Digest& digest) noexcept
{
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < sizeof prefix; ++i)
        prefix = prefix << 8U | digest[i];
    return static_cast<std::int64_t>(prefix);
}

void encode_hex(const Digest& digest, char* text) noexcept
{
    for (unsigned char byte : digest) {
        *text++ = hex_alphabet[byte >> 4U];
        *text++ = hex_alphabet[byte & 0xFU];
    }
}

bool decode_hex(std::string_view text, Digest& digest) noexcept
{
    if (text.size() != digest_hex_length)
        return false;
    Digest decoded;
    for (std::size_t i = 0; i < digest_size; ++i) {
        const unsigned high = hex_value(text[2 * i]);
        const unsigned low = hex_value(text[2 * i + 1]);
        if (high == not_hex || low == not_hex)
            return false;
        decoded[i] = static_cast<unsigned char>(high << 4U | low);
    }
    digest = decoded;
    return true;
}

} // namespace pat_auth::core
