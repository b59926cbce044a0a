// Which relations PostgreSQL locks, by their names in a utility statement, before it asks whether the caller may do to
// them what the statement does.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pat_auth::registry {

// Their names (RangeVar), in the context that is current. Those that it locks only as reading or writing does, up to
// ROW EXCLUSIVE, need not be among them.
List* relations_locked_unasked(Node* statement);

} // namespace pat_auth::registry
