// Hints for all backends: see shared_hints.h.

#include "server/prelude.h"

extern "C" {
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
}

#include "server/shared_hints.h"

#include "server/shared_memory.h"

namespace pat_auth::server {

namespace {

// Of 8 bytes a hint, 1/32 of shared_buffers: enough for the tokens whose rows fill a third of it, and for their uses.
constexpr int lines_a_buffer = 4;

core::HintTable hints;

uint32 line_count() { return static_cast<uint32>(NBuffers) * lines_a_buffer; }

void request() { RequestAddinShmemSpace(core::HintTable::size_of(line_count())); }

void attach()
{
    bool found = false;
    hints = core::HintTable(ShmemInitStruct("pat_auth hints", core::HintTable::size_of(line_count()), &found),
                            line_count());
    if (!found)
        hints.empty();
}

SharedMemory memory = {request, attach, nullptr};

// What is in several databases, each a copy of another, is at other places.
uint64 of_database(uint64 hash)
{
    constexpr uint64 golden_ratio = 0x9E3779B97F4A7C15; // Knuth, volume 3, section 6.4
    return hash ^ MyDatabaseId * golden_ratio;
}

} // namespace

uint64 recall_hint(uint64 hash) { return hints.exists() ? hints.find(of_database(hash)) : no_hint; }

void prefetch_hint(uint64 hash)
{
    if (hints.exists())
        hints.prefetch(of_database(hash));
}

void note_hint(uint64 hash, uint64 hint)
{
    if (hints.exists())
        hints.note(of_database(hash), hint);
}

void register_shared_hints() { register_shared_memory(memory); }

} // namespace pat_auth::server
