// Writing the uses of tokens that were used before: each has its row in pat_auth.token_usage, and nothing else is asked
// for it.
#pragma once

#include "usage/pending.h"

#include <optional>

namespace pat_auth::usage {

// Takes later uses to their rows, and returns those of tokens without a row, in the current memory context. Nothing,
// and nothing written, where code of others runs for that table: then it takes a statement. The uses are in the order
// of their tokens, so that neighbours are found together; the transaction is READ COMMITTED.
//
// Waits for whoever changes or deletes such a row now; an error if he has done so.
std::optional<PendingUses> write_known_uses(const PendingUses& pending);

} // namespace pat_auth::usage
