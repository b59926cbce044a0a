// Masking in strings that PostgreSQL ends with a NUL.
#pragma once

#include "server/prelude.h"

#include "core/redact.h"
#include "identity/settings.h"

#include <cstring>

namespace pat_auth::redaction {

// In place, in memory that is ours or PostgreSQL's to write. Whether there was a token.
inline bool mask(char* text)
{
    return text != nullptr && core::mask_tokens(text, std::strlen(text), identity::token_prefix()) > 0;
}

inline bool has_tokens(const char* text) { return text != nullptr && core::has_tokens(text, identity::token_prefix()); }

} // namespace pat_auth::redaction
