// A row at a place that is known: see row_place.h.

#include "server/prelude.h"

extern "C" {
#include "access/tableam.h"
#include "storage/bufmgr.h"
}

#include "server/row_place.h"

namespace pat_auth::server {

namespace {

// A table that is locked gets no shorter under us. That it got shorter before, the server told us when we locked it,
// and then forgot how many blocks it knew of.
bool has_block(::Relation table, BlockNumber block)
{
    BlockNumber const known = RelationGetSmgr(table)->smgr_cached_nblocks[MAIN_FORKNUM];
    return (known != InvalidBlockNumber && block < known) || block < RelationGetNumberOfBlocks(table);
}

} // namespace

// SnapshotSelf: to tell it of one version takes no snapshot, which would take longer than the rest.
bool fetch_row_version(::Relation table, ItemPointerData place, TupleTableSlot* slot)
{
    return has_block(table, ItemPointerGetBlockNumber(&place)) &&
           table_tuple_fetch_row_version(table, &place, SnapshotSelf, slot);
}

} // namespace pat_auth::server
