// Uses of tokens that are not in the table yet: a table of fixed size in shared memory, one entry for each token of
// each database with its last use. It exists only where the library came in by shared_preload_libraries.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "nodes/pg_list.h"
}

#include "usage/address.h"

namespace pat_auth::usage {

struct PendingKey {
    int64 token_id;
    Oid database;
    uint32 unused; // no padding: the key is hashed as bytes
};

struct PendingUse {
    PendingKey key;
    TimestampTz last_used_at;
    int32 user_id; // the owner and his tenant: they say who may see it
    int32 tenant_id;
    Address address;
    uint64 unused; // so that an entry is in one line of the processor's cache
};
static_assert(sizeof(PendingUse) == 64);

// The number of entries that there is room for.
extern const long pending_capacity;

bool has_pending_table();

// Keeps the later of the use and what is there of the same token. False when there is no room.
bool add_pending(const PendingUse& use);

// The pending use of a token of this database.
bool find_pending(int64 token_id, PendingUse& use);

// Copies of all entries, or of one database's, in the current memory context.
struct PendingUses {
    PendingUse* uses;
    std::size_t count;
};
PendingUses copy_pending();
PendingUses copy_pending_of(Oid database);

// Removes those entries that are still as in the copies: not those that were used again.
void remove_written(const PendingUses& written);
void remove_database(Oid database);

// The databases that have entries (oids, in the current memory context).
List* databases_with_pending();

// The launcher says where it can be woken, and is woken when a part of the table is more than half full: once, until
// it says that it has made room.
void set_launcher_latch(Latch* latch);
bool is_early_write_requested();
void forget_early_write();

// The writer tells the launcher whether it got through.
void set_written(bool is_written);
bool was_written();

// How many uses found no room since the last call.
uint64 take_dropped_count();

void register_pending();

} // namespace pat_auth::usage
