// A row that is found by its key without a statement, as of now and not of an old snapshot. Bypasses privileges and row
// security: the caller checks the rules.
#pragma once

#include "server/prelude.h"

#include "server/catalog.h"

#include <array>

namespace pat_auth::server {

// A column, of a type that is passed by value, of the row that has these texts in the two columns of a unique index.
// Null: there is none.
NullableDatum find_by_texts(Relation table, Relation index, const std::array<Datum, 2>& key, AttrNumber column);

} // namespace pat_auth::server
