// The columns of pat_auth.token, by number from 1, in the order of sql/30_token.sql.
#pragma once

namespace pat_auth::token {

enum TokenColumn : int {
    token_id = 1,
    digest_head,
    created_at,
    expires_at,
    revoked_at,
    tenant_id,
    user_id,
    application_id,
    digest_tail,
    scope_ids,
    name,
    revoke_reason,
    token_column_count = revoke_reason
};

} // namespace pat_auth::token
