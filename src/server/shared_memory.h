// Memory that all backends share: the two hooks by which PostgreSQL gives it out, for all parts of the library that
// want some. There is none where the library did not come in by shared_preload_libraries.
#pragma once

#include "server/prelude.h"

namespace pat_auth::server {

// What one part of the library wants. A static of its own, as it stays in a list.
struct SharedMemory {
    void (*request)(); // asks for its size, and its locks
    void (*attach)();  // finds it, and makes it where it is not there yet; AddinShmemInitLock is held
    SharedMemory* next;
};

// In _PG_init. Does nothing where there is no shared memory to be had: then neither function is called.
void register_shared_memory(SharedMemory& memory);

} // namespace pat_auth::server
