// What the session setting keeps of a token: "<token id>:<digest in hex>". From it nobody gets the token
// back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/digest.h"

namespace pat_auth::core {

// Nineteen digits, a colon, the digest. The terminating NUL comes on top.
inline constexpr std::size_t max_state_text_length = 19 + 1 + digest_hex_length;

// Writes at most max_state_text_length characters and a NUL; returns the length without the NUL.
// The caller promises token_id > 0.
std::size_t format_state_text(std::int64_t token_id, const Digest& digest, char* text) noexcept;

// Strict: only what format_state_text writes for some id in 1..INT64_MAX. Else false, and both outputs
// untouched.
bool parse_state_text(std::string_view text, std::int64_t& token_id, Digest& digest) noexcept;

} // namespace pat_auth::core
