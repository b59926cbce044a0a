// What a table of users that pat_sync_users() follows does to ours, as the current role: the DBA who calls it, and the
// extension's owner in its triggers. Within a frame of server/statement.h.
#pragma once

#include "registry/source_keys.h"

namespace pat_auth::registry {

// Makes tenants and users of keys that are none yet, and brings users back who had left the table.
void add_users(const Keys& keys);

// Renames, adds and deactivates. 42501 for the key of an administrator.
void follow(const KeyChanges& changes);

} // namespace pat_auth::registry
