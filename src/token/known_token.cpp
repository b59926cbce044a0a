// The token that a call names: see known_token.h.

#include "server/prelude.h"

#include "token/known_token.h"

namespace pat_auth::token {

void raise_unknown_token(int64 token_id)
{
    ereport(ERROR,
            (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("token %lld does not exist", static_cast<long long>(token_id))));
    pg_unreachable();
}

TokenRow require_known_token(int64 token_id, const identity::Identity& identity)
{
    TokenRow token = {};
    if (!find_token_by_id(token_id, token) ||
        (token.user_id != identity.user_id && !identity::administers_tokens_of(identity, token.tenant_id)))
        raise_unknown_token(token_id);
    return token;
}

} // namespace pat_auth::token
