// A row at the place where it was found before, without an index or a snapshot.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "executor/tuptable.h"
#include "storage/itemptr.h"
}

namespace pat_auth::server {

// Puts the row version there into the slot, if there is one that is valid now: by what is committed and what this
// transaction did, whatever it sees otherwise. It may be another row's by now, and the place beyond the end of the
// table. That a version is no longer valid does not mean that the row is gone.
//
// The table, of the heap's kind, is open and locked.
bool fetch_row_version(::Relation table, ItemPointerData place, TupleTableSlot* slot);

} // namespace pat_auth::server
