// Locks of the set-up tables, which the privileges to write them allow: who may write no row of them is not to hold up
// those who do, or whoever reads his rights from them (R4, R30).
#pragma once

namespace pat_auth::registry {

void register_set_up_lock();

} // namespace pat_auth::registry
