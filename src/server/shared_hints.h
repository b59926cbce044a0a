// Hints for all backends about where something was found last: 48 bits each, in shared memory that nothing keeps up to
// date and nothing has to. One may be missing, old, or another key's: whoever asks checks what he finds there. There
// are none where the library was not preloaded for the whole server.
#pragma once

#include "server/prelude.h"

#include "core/hint_table.h"

namespace pat_auth::server {

constexpr uint64 no_hint = core::HintTable::no_hint;
constexpr unsigned hint_bits = core::HintTable::hint_bits;

// What hints are about: the seed of the key's hash (hash.h). Those about tokens are by their digests, which are hashes.
enum HintKind : uint64 { hint_of_user = 1, hint_of_usage, hint_of_count };

// `hash` is the key's, with all its bits evenly spread. Databases are told apart here.
uint64 recall_hint(uint64 hash);

// Fetches what a recall_hint() some way on will look at: among very many hints, that is waiting for memory.
void prefetch_hint(uint64 hash);

// A hint is of hint_bits, and not no_hint.
void note_hint(uint64 hash, uint64 hint);

void register_shared_hints();

} // namespace pat_auth::server
