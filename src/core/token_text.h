// The text of a token: prefix, token id (11), secret (43), checksum of all before (6), the last three in
// base62.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/secret.h"

namespace pat_auth::core {

inline constexpr std::string_view default_token_prefix = "pat_";
inline constexpr std::size_t max_token_prefix_length = 16;

inline constexpr std::size_t token_id_length = 11;
inline constexpr std::size_t token_secret_length = 43;
inline constexpr std::size_t token_checksum_length = 6;
inline constexpr std::size_t token_body_length = token_id_length + token_secret_length + token_checksum_length;
static_assert(token_body_length == 60);

inline constexpr std::size_t max_token_text_length = max_token_prefix_length + token_body_length;

// One to sixteen of [0-9A-Za-z_], the last one '_', so that a prefix cannot run into the body.
bool is_token_prefix(std::string_view prefix) noexcept;

std::size_t token_text_length(std::string_view prefix) noexcept;

// Writes token_text_length(prefix) characters; no NUL. The caller promises token_id > 0.
void format_token_text(std::string_view prefix, std::int64_t token_id, const Secret& secret, char* text) noexcept;

// Whether the text is one that format_token_text makes with this prefix, for some id and secret; then
// token_id is set, else it is untouched. That the text is well formed says nothing about whether there is
// such a token.
bool parse_token_text(std::string_view text, std::string_view prefix, std::int64_t& token_id) noexcept;

} // namespace pat_auth::core
