// Base62: the alphabet of token texts, and fixed-width numbers written in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pat_auth::core {

// In ASCII order, so that texts of equal length compare as their numbers do.
inline constexpr std::string_view base62_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Room for a secret's digits, and a few.
inline constexpr std::size_t max_base62_length = 45;

// Writes a big-endian number as exactly text_length characters, padded with leading '0'; no NUL.
// The caller promises that the number fits, and a length of at most max_base62_length. Leaves no copy of the number
// behind, since it may be a secret.
void encode_base62(const unsigned char* number, std::size_t number_size, char* text, std::size_t text_length) noexcept;

// False, and number untouched, for an empty text, a foreign character or a value of 2^64 and more.
// Leading '0's are accepted: the width is the caller's to check.
bool decode_base62_u64(std::string_view text, std::uint64_t& number) noexcept;

bool is_base62(char character) noexcept;

// Whether all characters are; true for the empty text.
bool is_base62(std::string_view text) noexcept;

} // namespace pat_auth::core
