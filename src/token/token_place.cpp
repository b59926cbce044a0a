// Where the rows of tokens were found last: see token_place.h.

#include "server/prelude.h"

#include "token/token_place.h"

#include "server/shared_hints.h"

#include <cstring>

namespace pat_auth::token {

namespace {

// A digest is as good a hash as any.
uint64 hash_of(const core::Digest& digest)
{
    uint64 hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

constexpr unsigned offset_bits = 16;
static_assert(server::hint_bits == 8 * sizeof(BlockNumber) + offset_bits);
static_assert(InvalidOffsetNumber == 0); // so that no place is no_hint

} // namespace

bool recall_place(const core::Digest& digest, ItemPointerData& place)
{
    uint64 const hint = server::recall_hint(hash_of(digest));
    ItemPointerSet(&place, static_cast<BlockNumber>(hint >> offset_bits), static_cast<OffsetNumber>(hint));
    return hint != server::no_hint;
}

void note_place(const core::Digest& digest, const ItemPointerData& place)
{
    server::note_hint(hash_of(digest),
                      uint64{ItemPointerGetBlockNumber(&place)} << offset_bits | ItemPointerGetOffsetNumber(&place));
}

} // namespace pat_auth::token
