// Whether a token is valid now (R11 to R15), for signing in and for pat_verify alike.
#pragma once

#include "server/prelude.h"

#include "core/digest.h"
#include "identity/rights.h"
#include "token/status.h"
#include "token/token_row.h"

namespace pat_auth::identity {

struct Verification {
    bool is_active;
    const char* reason; // of a refusal: for the log and nobody else
    TimestampTz at;     // the clock's, when there is such a token
    int64 token_id;     // 0 when there is none
    token::TokenRow token;
    Rights rights; // valid until the next call of find_rights; set when there is such a token
};

Verification verify_digest(const core::Digest& digest);

// Of the token's row as it is, by the clock of now; nullptr: there is no such token.
Verification verify_row(const token::TokenRow* row, TimestampTz now);

} // namespace pat_auth::identity
