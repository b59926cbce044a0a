// What a creation leaves in the tables: the token's row, and the event of its creation (R28).
#pragma once

#include "server/prelude.h"

#include "core/digest.h"
#include "token/event.h"
#include "token/request.h"

#include <string_view>

namespace pat_auth::token {

struct NewToken {
    int64 token_id;
    core::Digest digest;
    TimestampTz created_at;
    TimestampTz expires_at;
    std::string_view name;
    Scopes scopes;
    int32 tenant_id;
    int32 user_id;
    int32 application_id;
    std::string_view application;
    Actor actor;
};

// Writes both. What the token refers to is kept (request.h, keep_rights). What is open for it stays so until the
// statement has run, since one statement may create very many.
void write_new_token(const NewToken& token);

} // namespace pat_auth::token
