// Whom the rules of the set-up bind at this moment: see guarded.h.

#include "server/prelude.h"

#include "registry/guarded.h"

#include "server/catalog.h"

#include <utility>

namespace pat_auth::registry {

namespace {

// The role for which a change of ours runs; invalid outside of as_bound().
Oid caller_role = InvalidOid;

} // namespace

bool is_bound() { return !server::is_above_rules(OidIsValid(caller_role) ? caller_role : GetUserId()); }

bool is_task() { return OidIsValid(caller_role); }

namespace detail {

Oid begin_bound(Oid caller) { return std::exchange(caller_role, caller); }

void end_bound(Oid outer) { caller_role = outer; }

} // namespace detail
} // namespace pat_auth::registry
