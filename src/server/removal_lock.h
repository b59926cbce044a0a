// Who makes or edits a token keeps its owner and its application, all of that one's roles too, from being deleted until
// the transaction ends; who deletes one of these waits for him, or he for that one. Nobody waits for his like. Locks in
// memory and of no row: they write nothing. Some rows have theirs in common, so that who deletes very many of them does
// not fill the server's table of locks.
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

constexpr uint32 removal_lock_count = 64; // a table

// A row of app_user or application, by its compact key. The lock of the table is what a query takes: TRUNCATE waits.
inline void keep_from_removal(Relation table, int32 id)
{
    LockRelationOid(relation_oid(table), AccessShareLock);
    LockDatabaseObject(relation_oid(table), static_cast<uint32>(id) % removal_lock_count, 0, ShareLock);
}

// A mode that two may have at once, but nobody beside ShareLock.
inline void lock_for_removal(Relation table, int32 id)
{
    LockDatabaseObject(relation_oid(table), static_cast<uint32>(id) % removal_lock_count, 0, RowExclusiveLock);
}

} // namespace pat_auth::server
