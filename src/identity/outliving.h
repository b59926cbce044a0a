// What outlives the transaction, and so the identity, is refused while one is in force: cursors WITH HOLD, and
// temporary tables that stay and get rows that depend on the identity. On a pooled connection the next client would
// find them.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace pat_auth::identity {

// Whether the query writes rows into a temporary table that stays.
bool fills_temporary_table(const QueryDesc& query);

// 42501 when an identity is used while rows are computed that will stay: by a cursor WITH HOLD, by a loop over a query
// that a COMMIT is in, or for a temporary table that is being created. Here and not only at DECLARE, since the identity
// may come later, up to the COMMIT that stores the cursor's rows.
void refuse_in_outliving_query();

[[noreturn]] void refuse_outliving(const char* what);

void register_outliving();

} // namespace pat_auth::identity
