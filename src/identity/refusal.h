// How a token, or a user, is refused. A token: always in the same words and with the same SQLSTATE (R14); the reason
// goes to the server log alone.
#pragma once

#include "server/prelude.h"

namespace pat_auth::identity {

inline constexpr const char* refusal_message = "invalid personal access token";

// Raises 28000. The reason is a word; token_id 0: the text had none; address: the client's (inet), null: the
// connection's.
[[noreturn]] void refuse(const char* reason, int64 token_id, NullableDatum address);

// Writes only the line of the log, for callers that raise the error themselves or none.
void log_refusal(const char* reason, int64 token_id, NullableDatum address);

// A user whom pat_login_user made the identity, and who may not act: 28000. His own backend may know why, so the detail
// is for the client.
[[noreturn]] void refuse_user(const char* reason, int32 user_id, const char* detail);

} // namespace pat_auth::identity
