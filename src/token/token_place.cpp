// Where the rows of tokens were found last: see token_place.h.

#include "server/prelude.h"

extern "C" {
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
}

#include "token/token_place.h"

#include "core/hint_table.h"
#include "server/shared_memory.h"

#include <cstring>

namespace pat_auth::token {

namespace {

// Of 8 bytes a place, 1/64 of shared_buffers: enough for the tokens whose rows fill a third of it.
constexpr int lines_a_buffer = 2;

core::HintTable places;

uint32 line_count() { return static_cast<uint32>(NBuffers) * lines_a_buffer; }

void request() { RequestAddinShmemSpace(core::HintTable::size_of(line_count())); }

void attach()
{
    bool found = false;
    places = core::HintTable(ShmemInitStruct("pat_auth token places", core::HintTable::size_of(line_count()), &found),
                             line_count());
    if (!found)
        places.empty();
}

server::SharedMemory memory = {request, attach, nullptr};

// A digest is as good a hash as any. A token may be in several databases, each a copy of another, at other places.
uint64 hash_of(const core::Digest& digest)
{
    uint64 hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    constexpr uint64 golden_ratio = 0x9E3779B97F4A7C15; // Knuth, volume 3, section 6.4
    return hash ^ MyDatabaseId * golden_ratio;
}

constexpr unsigned offset_bits = 16;
static_assert(core::HintTable::hint_bits == 8 * sizeof(BlockNumber) + offset_bits);
static_assert(InvalidOffsetNumber == 0); // so that no place is no_hint

} // namespace

bool recall_place(const core::Digest& digest, ItemPointerData& place)
{
    uint64 const hint = places.exists() ? places.find(hash_of(digest)) : core::HintTable::no_hint;
    ItemPointerSet(&place, static_cast<BlockNumber>(hint >> offset_bits), static_cast<OffsetNumber>(hint));
    return hint != core::HintTable::no_hint;
}

void note_place(const core::Digest& digest, const ItemPointerData& place)
{
    if (places.exists())
        places.note(hash_of(digest),
                    uint64{ItemPointerGetBlockNumber(&place)} << offset_bits | ItemPointerGetOffsetNumber(&place));
}

void register_token_places() { server::register_shared_memory(memory); }

} // namespace pat_auth::token
