// A row at a place that is known: see row_place.h.

#include "server/prelude.h"

extern "C" {
#include "access/tableam.h"
#include "storage/bufmgr.h"
}

#include "server/row_place.h"

#include "server/shared_hints.h"

namespace pat_auth::server {

namespace {

// A table that is locked gets no shorter under us. That it got shorter before, the server told us when we locked it,
// and then forgot how many blocks it knew of.
bool has_block(::Relation table, BlockNumber block)
{
    BlockNumber const known = RelationGetSmgr(table)->smgr_cached_nblocks[MAIN_FORKNUM];
    return (known != InvalidBlockNumber && block < known) || block < RelationGetNumberOfBlocks(table);
}

constexpr unsigned offset_bits = 16;
static_assert(hint_bits == 8 * sizeof(BlockNumber) + offset_bits);
static_assert(InvalidOffsetNumber == 0); // so that no place is no_hint

} // namespace

// SnapshotSelf: to tell it of one version takes no snapshot, which would take longer than the rest.
bool fetch_row_version(::Relation table, ItemPointerData place, TupleTableSlot* slot)
{
    return has_block(table, ItemPointerGetBlockNumber(&place)) &&
           table_tuple_fetch_row_version(table, &place, SnapshotSelf, slot);
}

bool fetch_indexed_row(IndexFetchTableData* fetch, ItemPointerData place, Snapshot snapshot, TupleTableSlot* slot)
{
    bool has_more = false;
    return has_block(fetch->rel, ItemPointerGetBlockNumber(&place)) &&
           table_index_fetch_tuple(fetch, &place, snapshot, slot, &has_more, nullptr);
}

bool recall_place(uint64 hash, ItemPointerData& place)
{
    uint64 const hint = recall_hint(hash);
    ItemPointerSet(&place, static_cast<BlockNumber>(hint >> offset_bits), static_cast<OffsetNumber>(hint));
    return hint != no_hint;
}

void note_place(uint64 hash, const ItemPointerData& place)
{
    note_hint(hash, uint64{ItemPointerGetBlockNumber(&place)} << offset_bits | ItemPointerGetOffsetNumber(&place));
}

} // namespace pat_auth::server
