// Where the rows of tokens were found last, for all backends: a token that is used again is found by reading its row,
// without the index. A hint (server/shared_hints.h): the reader checks that the row is there, valid now, and has the
// digest, and asks the index else.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "storage/itemptr.h"
}

#include "core/digest.h"

namespace pat_auth::token {

// False where nothing is known. The place may be beyond the end of the table.
bool recall_place(const core::Digest& digest, ItemPointerData& place);

void note_place(const core::Digest& digest, const ItemPointerData& place);

} // namespace pat_auth::token
