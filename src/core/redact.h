// Masking token texts inside any other text: log messages, statements.
#pragma once

#include <cstddef>
#include <string_view>

namespace pat_auth::core {

// A letter of identifiers that no token has in its body: what is masked stays one word to a reader of SQL, so that
// pg_stat_statements, which splits a statement into words again, finds the constants where they were.
inline constexpr char mask_character = '_';

// A token that a log has cut short is hidden too, from this many characters of its body on. Fewer are its id and at
// most five characters of its secret.
inline constexpr std::size_t min_masked_length = 16;

// Overwrites, in place and at the same length, the body of everything that might be a token: the base62 characters
// that follow the prefix, whatever stands before it and whatever the checksum says, if there are token_body_length
// of them, or min_masked_length beginning with '0', as the id of a token does (no name of a column does). A character
// may also be written as SQL writes it in E'' and U&'' strings, also with a UESCAPE of its own; what stands around a
// string is not looked at, so this holds for strings inside other strings. Returns how many bodies were masked.
//
// Linear in length, allocates nothing. The caller promises is_token_prefix(prefix); the text need not be
// NUL-terminated and may hold any bytes.
std::size_t mask_tokens(char* text, std::size_t length, std::string_view prefix) noexcept;

// Whether mask_tokens() would mask anything.
bool has_tokens(std::string_view text, std::string_view prefix) noexcept;

// The same as mask_tokens() for a dump of a parse tree or a plan (debug_print_parse): there a constant is a row of
// decimal numbers, one for each byte, and lines are broken anywhere.
std::size_t mask_tokens_in_dump(char* text, std::size_t length, std::string_view prefix) noexcept;

// What is left of a token whose beginning a message has left out, as "...": min_masked_length or more base62 characters
// right behind that. (Errors in JSON quote the last 50 bytes before them.)
std::size_t mask_cut_tokens(char* text, std::size_t length) noexcept;

} // namespace pat_auth::core
