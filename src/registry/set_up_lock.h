// Locks of our relations, the set-up tables above all: who may write no row of them is not to hold up those who do, or
// whoever uses a token or reads his rights (R4, R21, R30). docs/security.md says what is kept, and what not.
#pragma once

namespace pat_auth::registry {

void register_set_up_lock();

} // namespace pat_auth::registry
