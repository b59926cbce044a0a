// The token that a call names: found, or not to be known of.
#pragma once

#include "server/prelude.h"

#include "identity/identity.h"
#include "token/token_row.h"

namespace pat_auth::token {

// The token, if there is one and the identity may know of it: its owner, and the administrators of his tenant's tokens.
// Otherwise 42704, in the same words for both.
TokenRow require_known_token(int64 token_id, const identity::Identity& identity);

[[noreturn]] void raise_unknown_token(int64 token_id);

} // namespace pat_auth::token
