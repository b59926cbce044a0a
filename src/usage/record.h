// Recording that a token was used: in shared memory, so in read-only transactions, in parallel workers and on standbys
// too, without a lock or a byte of WAL. docs/last_used.md says what is kept when.
#pragma once

#include "server/prelude.h"

namespace pat_auth::usage {

struct TokenUse {
    int64 token_id;
    int32 user_id; // the owner
    int32 tenant_id;
    TimestampTz at;
};

// client_address (inet): as the backend was told; null: the connection's.
void record_use(const TokenUse& use, NullableDatum client_address);

// Seconds between two writings to the table; 0: nothing is recorded.
int last_used_interval();

void define_usage_settings();
void register_usage();

} // namespace pat_auth::usage
