// Whether a token is valid now: its row, read anew each time, and the rights of its owner.

#include "server/prelude.h"

#include "identity/verification.h"

namespace pat_auth::identity {

Verification verify_digest(const core::Digest& digest)
{
    token::TokenRow token = {};
    const token::TokenRow* const row = token::find_token_by_digest(digest, token) ? &token : nullptr;
    return verify_row(row, GetCurrentTimestamp());
}

Verification verify_row(const token::TokenRow* row, TimestampTz now)
{
    Verification verification = {};
    if (row == nullptr) {
        verification.reason = "unknown";
        return verification;
    }
    verification.token = *row;
    const token::TokenRow& token = verification.token;
    verification.token_id = token.token_id;
    verification.at = now;
    verification.rights = find_rights(token.user_id, token.application_id, verification.at);
    token::DerivedStatus const status = token::derive_status(
        {token.user_id, token.application_id, token.scope_ids, token.scope_count, token.expires_at, token.is_revoked},
        verification.rights, verification.at);
    verification.is_active = status.status == token::Status::active;
    verification.reason = token::cause_name(status.cause);
    return verification;
}

} // namespace pat_auth::identity
