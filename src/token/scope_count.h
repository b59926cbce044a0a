// How many tokens carry each role. Kept as tokens come and go, so that an act on a role tells the number without
// looking at one of them, and in several rows a role, so that nobody waits for another who creates a token.
#pragma once

#include "server/prelude.h"

namespace pat_auth::token {

// Counts a token with these scopes in (1) or out (-1). It is written when the transaction commits; a savepoint that is
// rolled back takes its part of it back.
void count_scopes(Datum scope_ids, int64 change);

// Counts out every token: the table was truncated.
void count_out_all();

void register_scope_count();

} // namespace pat_auth::token
