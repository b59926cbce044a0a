// The secret of a new token.
#pragma once

#include "server/prelude.h"

#include "core/secret.h"

namespace pat_auth::token {

// From the operating system's generator; for a statement that makes many, several at once, which are wiped at its end.
void make_secret(core::Secret& secret);

void register_secret_supply();

} // namespace pat_auth::token
