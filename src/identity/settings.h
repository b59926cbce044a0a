// The server-wide settings of tokens: pat_auth.token_prefix and pat_auth.pepper_file.
#pragma once

#include "core/digest.h"

#include <string_view>

namespace pat_auth::identity {

// Both belong to the server's configuration, since a session reads a token from its connection options before it
// knows of any setting made for its role or database.
void define_settings();

// What token texts begin with.
std::string_view token_prefix();

// Whether a pepper is configured and could not be read: then digest_of() must not be asked.
bool is_pepper_missing();

// The digest that a token's text is stored and found by: SHA-256, or HMAC-SHA-256 where a pepper is configured.
core::Digest digest_of(std::string_view token_text);

} // namespace pat_auth::identity
