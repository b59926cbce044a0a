// A row at the place where it was found before, without a look into an index.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "access/relscan.h"
#include "executor/tuptable.h"
#include "storage/itemptr.h"
#include "utils/snapshot.h"
}

namespace pat_auth::server {

// Puts the row version there into the slot, if there is one that is valid now: by what is committed and what this
// transaction did, whatever it sees otherwise. It may be another row's by now, and the place beyond the end of the
// table. That a version is no longer valid does not mean that the row is gone.
//
// The table, of the heap's kind, is open and locked.
bool fetch_row_version(::Relation table, ItemPointerData place, TupleTableSlot* slot);

// Puts the row into the slot to whose place an index led, as a scan of that index does: the version that the snapshot
// sees, wherever on its page it is by now. It may be another row's, and the place beyond the end of the table.
//
// The snapshot is one of MVCC; the table, of the heap's kind, is open and locked.
bool fetch_indexed_row(IndexFetchTableData* fetch, ItemPointerData place, Snapshot snapshot, TupleTableSlot* slot);

// Places as hints (shared_hints.h), by a hash of the row's key that no hint of another kind has.
bool recall_place(uint64 hash, ItemPointerData& place);
void note_place(uint64 hash, const ItemPointerData& place);

} // namespace pat_auth::server
