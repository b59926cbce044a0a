// Who makes or edits a token keeps its owner and its application, all of that one's roles too, from being deleted until
// the transaction ends; who deletes one of these waits for him, or he for that one. Locks in memory and of no row:
// they write nothing.
//
// Afterwards look whether rights changed (server/invalidation.h): what was deleted while one waited is committed, and
// told, by the time that the lock is had.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "storage/lmgr.h"
}

#include "server/catalog.h"

namespace pat_auth::server {

// A row of app_user or application, by its compact key.
inline void keep_from_removal(Relation table, int32 id)
{
    LockDatabaseObject(relation_oid(table), static_cast<Oid>(id), 0, ShareLock);
}

inline void lock_for_removal(Relation table, int32 id)
{
    LockDatabaseObject(relation_oid(table), static_cast<Oid>(id), 0, ExclusiveLock);
}

} // namespace pat_auth::server
