// What outlives the transaction, and so the identity, is refused while one is in force: cursors WITH HOLD, and
// temporary tables that stay and get rows that depend on the identity. On a pooled connection the next client would
// find them.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace pat_auth::identity {

// What is being done now that must not depend on an identity, as a refusal says it: "cannot run a cursor WITH HOLD";
// nullptr: nothing is. It holds for all that runs within, in whatever query or portal. Whoever sets it sets it back.
const char* outliving();
void set_outliving(const char* what);

// What the query that is about to run does of the kind, or nullptr: rows for a cursor WITH HOLD, for a loop that a
// COMMIT is in, or for a temporary table that stays. When it runs and not only at DECLARE, since the identity may come
// later, up to the COMMIT that stores the cursor's rows.
const char* what_outlives(const QueryDesc& query);

// 42501 when an identity is used while that is being done.
void refuse_outliving();

void register_outliving();

} // namespace pat_auth::identity
