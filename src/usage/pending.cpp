// Uses of tokens that are not in the table yet: see pending.h.

#include "server/prelude.h"

extern "C" {
#include "common/hashfn.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
}

#include "usage/pending.h"

#include "server/guard.h"
#include "usage/pending_file.h"

#include <cstring>

namespace pat_auth::usage {

namespace {

// Parts with a lock each, so that copying one out for the table holds up no user of the others.
constexpr uint32 part_count = 16;
constexpr long part_capacity = 4096;
constexpr const char* name = "pat_auth last use";

struct Shared {
    Latch* launcher_latch;
    pg_atomic_uint32 early_write_requested;
    pg_atomic_uint64 dropped;
    bool is_written;
};

Shared* shared = nullptr;
HTAB* parts[part_count] = {};
LWLockPadded* locks = nullptr;

shmem_request_hook_type previous_request = nullptr;
shmem_startup_hook_type previous_startup = nullptr;

// The tables pick their buckets by the low bits of the hash, we the part by the high ones.
struct Place {
    uint32 hash;
    HTAB* part;
    LWLock* lock;
};

Place place_of(const PendingKey& key)
{
    uint32 const hash = get_hash_value(parts[0], &key);
    uint32 const part = hash / (PG_UINT32_MAX / part_count + 1);
    return {hash, parts[part], &locks[part].lock};
}

PendingUse* search(const Place& place, const PendingKey& key, HASHACTION action, bool& found)
{
    return static_cast<PendingUse*>(hash_search_with_hash_value(place.part, &key, place.hash, action, &found));
}

void request_early_write()
{
    uint32 expected = 0;
    if (pg_atomic_read_u32(&shared->early_write_requested) == 0 &&
        pg_atomic_compare_exchange_u32(&shared->early_write_requested, &expected, 1)) {
        if (Latch* const latch = shared->launcher_latch; latch != nullptr)
            SetLatch(latch);
    }
}

// Calls visit(use) for each entry of a part; it must not raise.
template <typename Visit>
void visit_part(uint32 part, LWLockMode mode, Visit&& visit)
{
    LWLockAcquire(&locks[part].lock, mode);
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, parts[part]);
    while (auto* const use = static_cast<PendingUse*>(hash_seq_search(&scan)))
        visit(*use);
    LWLockRelease(&locks[part].lock);
}

template <typename Wanted>
PendingUses copy_where(Wanted&& wanted)
{
    PendingUses copies = {nullptr, 0};
    auto const most = static_cast<Size>(pending_capacity);
    copies.uses = static_cast<PendingUse*>(palloc(sizeof(PendingUse) * most));
    for (uint32 part = 0; part < part_count; ++part)
        visit_part(part, LW_SHARED, [&](const PendingUse& use) {
            if (wanted(use))
                copies.uses[copies.count++] = use;
        });
    return copies;
}

void request()
{
    if (previous_request != nullptr)
        previous_request();
    RequestAddinShmemSpace(MAXALIGN(sizeof(Shared)));
    for (uint32 part = 0; part < part_count; ++part)
        RequestAddinShmemSpace(hash_estimate_size(part_capacity, sizeof(PendingUse)));
    RequestNamedLWLockTranche(name, part_count);
}

// In the postmaster, when all backends have left. After a crash the entries may be torn, and are given up.
void save_at_exit(int code, Datum /*argument*/)
{
    if (code == 0)
        server::enter([] { save_pending(); });
}

void startup()
{
    if (previous_startup != nullptr)
        previous_startup();

    bool found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    shared = static_cast<Shared*>(ShmemInitStruct(name, sizeof(Shared), &found));
    if (!found) {
        shared->launcher_latch = nullptr;
        pg_atomic_init_u32(&shared->early_write_requested, 0);
        pg_atomic_init_u64(&shared->dropped, 0);
        shared->is_written = false;
    }
    for (uint32 part = 0; part < part_count; ++part) {
        HASHCTL control = {};
        control.keysize = sizeof(PendingKey);
        control.entrysize = sizeof(PendingUse);
        parts[part] = ShmemInitHash(psprintf("%s %u", name, part), part_capacity, part_capacity, &control,
                                    HASH_ELEM | HASH_BLOBS | HASH_FIXED_SIZE);
    }
    locks = GetNamedLWLockTranche(name);
    LWLockRelease(AddinShmemInitLock);

    if (!IsUnderPostmaster)
        on_shmem_exit(save_at_exit, static_cast<Datum>(0));
    if (!found)
        server::enter([] { load_pending(); });
}

} // namespace

const long pending_capacity = part_count * part_capacity;

bool has_pending_table() { return shared != nullptr; }

bool add_pending(const PendingUse& use)
{
    bool found = false;
    Place const place = place_of(use.key);
    LWLockAcquire(place.lock, LW_EXCLUSIVE);
    PendingUse* const entry = search(place, use.key, HASH_ENTER_NULL, found);
    bool is_filling = false;
    if (entry != nullptr && !found) {
        *entry = use;
        is_filling = hash_get_num_entries(place.part) > part_capacity / 2;
    } else if (entry != nullptr && use.last_used_at > entry->last_used_at) {
        Address const address = use.address.is_known ? use.address : entry->address;
        *entry = use;
        entry->address = address;
    }
    LWLockRelease(place.lock);

    if (entry == nullptr)
        pg_atomic_fetch_add_u64(&shared->dropped, 1);
    if (is_filling || entry == nullptr)
        request_early_write();
    return entry != nullptr;
}

bool find_pending(int64 token_id, PendingUse& use)
{
    if (shared == nullptr)
        return false;
    bool found = false;
    PendingKey const key = {token_id, MyDatabaseId, 0};
    Place const place = place_of(key);
    LWLockAcquire(place.lock, LW_SHARED);
    if (const PendingUse* const entry = search(place, key, HASH_FIND, found); entry != nullptr)
        use = *entry;
    LWLockRelease(place.lock);
    return found;
}

PendingUses copy_pending()
{
    return copy_where([](const PendingUse& /*use*/) { return true; });
}

PendingUses copy_pending_of(Oid database)
{
    return copy_where([database](const PendingUse& use) { return use.key.database == database; });
}

void remove_written(const PendingUses& written)
{
    for (std::size_t i = 0; i < written.count; ++i) {
        const PendingUse& use = written.uses[i];
        bool found = false;
        Place const place = place_of(use.key);
        LWLockAcquire(place.lock, LW_EXCLUSIVE);
        const PendingUse* const entry = search(place, use.key, HASH_FIND, found);
        if (entry != nullptr && entry->last_used_at == use.last_used_at)
            search(place, use.key, HASH_REMOVE, found);
        LWLockRelease(place.lock);
    }
}

void remove_database(Oid database)
{
    for (uint32 part = 0; part < part_count; ++part)
        visit_part(part, LW_EXCLUSIVE, [&](const PendingUse& use) {
            // Removing the entry that a scan has just returned is allowed.
            if (use.key.database == database)
                hash_search(parts[part], &use.key, HASH_REMOVE, nullptr);
        });
}

List* databases_with_pending()
{
    List* databases = NIL;
    PendingUses const pending = copy_pending();
    for (std::size_t i = 0; i < pending.count; ++i)
        databases = list_append_unique_oid(databases, pending.uses[i].key.database);
    pfree(pending.uses);
    return databases;
}

void set_launcher_latch(Latch* latch) { shared->launcher_latch = latch; }

bool is_early_write_requested() { return pg_atomic_read_u32(&shared->early_write_requested) != 0; }

void forget_early_write() { pg_atomic_write_u32(&shared->early_write_requested, 0); }

void set_written(bool is_written) { shared->is_written = is_written; }

bool was_written() { return shared->is_written; }

uint64 take_dropped_count() { return pg_atomic_exchange_u64(&shared->dropped, 0); }

void register_pending()
{
    previous_request = shmem_request_hook;
    shmem_request_hook = request;
    previous_startup = shmem_startup_hook;
    shmem_startup_hook = startup;
}

} // namespace pat_auth::usage
