// A token as stored, read by a direct index scan on a snapshot that sees all that is committed now.
#pragma once

#include "server/prelude.h"

#include "core/digest.h"

namespace pat_auth::token {

struct TokenRow {
    int64 token_id;
    TimestampTz created_at;
    TimestampTz expires_at;
    bool is_revoked;
    int32 tenant_id;
    int32 user_id;
    int32 application_id;
    int32 scope_count;
    const int32* scope_ids; // ascending, in the current memory context
};

bool is_same(const TokenRow& one, const TokenRow& other);

// The token of this digest. It is looked up by the digest alone, never by the id in the text: so that an unknown id
// and a wrong secret are the same case, and take the same time.
bool find_token_by_digest(const core::Digest& digest, TokenRow& token);

bool find_token_by_id(int64 token_id, TokenRow& token);

} // namespace pat_auth::token
