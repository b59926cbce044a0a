// Digests: what is kept of a token instead of its text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pat_auth::core {

inline constexpr std::size_t digest_size = 32;
using Digest = std::array<unsigned char, digest_size>;

// FIPS 180-4.
Digest sha256(std::string_view bytes) noexcept;

// RFC 2104 with SHA-256; a key of any length, the empty one too.
Digest hmac_sha256(std::string_view key, std::string_view bytes) noexcept;

// The time does not depend on where the two differ.
bool equal_in_constant_time(const Digest& left, const Digest& right) noexcept;

// The first eight bytes, big-endian, as a signed number: the key of the index by which tokens are found.
std::int64_t digest_prefix(const Digest& digest) noexcept;

inline constexpr std::size_t digest_hex_length = 2 * digest_size;

// Writes digest_hex_length lower-case characters; no NUL.
void encode_hex(const Digest& digest, char* text) noexcept;

// Strict: exactly digest_hex_length lower-case characters, else false and digest untouched.
bool decode_hex(std::string_view text, Digest& digest) noexcept;

} // namespace pat_auth::core
