// Masking token texts inside any other text: log messages, statements.
#pragma once

#include <cstddef>
#include <string_view>

namespace pat_auth::core {

// Overwrites, in place and at the same length, the body of everything that might be a token: each run of
// base62 characters that follows the prefix and has at least token_body_length of them, all of it, whatever
// stands before the prefix and whatever the checksum says. Returns how many runs were masked. Linear in
// length. The caller promises is_token_prefix(prefix); the text need not be NUL-terminated and may hold any
// bytes.
std::size_t mask_tokens(char* text, std::size_t length, std::string_view prefix) noexcept;

} // namespace pat_auth::core
