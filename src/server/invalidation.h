// How a backend learns that rights or tokens changed: through the relation cache's invalidation, which reaches every
// backend at commit, reaches standbys by replay, and is undone by a rollback.
#pragma once

#include "server/prelude.h"

namespace pat_auth::server {

// What a reader compares. Equal numbers before and after mean that nothing changed in between.
struct Generations {
    uint64 rights;
    uint64 tokens;
};

// Takes in what other backends have committed (an open transaction does not by itself), and says where we are.
// About 10 ns when there is nothing.
Generations current_generations();

// Makes a change of the set-up, or of a token, known to all when this transaction commits, to ourselves at its next
// command.
void rights_changed();
void tokens_changed();

void register_invalidation();

} // namespace pat_auth::server
