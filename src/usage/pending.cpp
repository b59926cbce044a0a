// Uses of tokens that are not in the table yet: see pending.h.

#include "server/prelude.h"

extern "C" {
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/shmem.h"
}

#include "usage/pending.h"

#include "server/guard.h"
#include "server/parted_table.h"
#include "usage/pending_file.h"

#include <algorithm>

namespace pat_auth::usage {

namespace {

// Copying a part out for the table holds up no user of the others.
constexpr uint32 part_count = 64;
constexpr uint32 part_capacity = 4096;

struct Shared {
    Latch* launcher_latch;
    pg_atomic_uint32 early_write_requested;
    pg_atomic_uint64 dropped;
    bool is_written;
};

Shared* shared = nullptr;
server::PartedTable<PendingUse, part_count, part_capacity> table("pat_auth last use");

void request_early_write()
{
    uint32 expected = 0;
    if (pg_atomic_read_u32(&shared->early_write_requested) == 0 &&
        pg_atomic_compare_exchange_u32(&shared->early_write_requested, &expected, 1)) {
        if (Latch* const latch = shared->launcher_latch; latch != nullptr)
            SetLatch(latch);
    }
}

template <typename Wanted>
PendingUses copy_where(Wanted&& wanted)
{
    PendingUses copies = {nullptr, 0};
    auto const most = static_cast<Size>(pending_capacity);
    copies.uses = static_cast<PendingUse*>(palloc(sizeof(PendingUse) * most));
    table.visit([&](const PendingUse& use) {
        if (wanted(use))
            copies.uses[copies.count++] = use;
    });
    return copies;
}

void request()
{
    RequestAddinShmemSpace(MAXALIGN(sizeof(Shared)));
    table.request();
}

// In the postmaster, when all backends have left. After a crash the entries may be torn, and are given up.
void save_at_exit(int code, Datum /*argument*/)
{
    if (code == 0)
        server::enter([] { save_pending(); });
}

void attach()
{
    bool found = false;
    shared = static_cast<Shared*>(ShmemInitStruct("pat_auth last use state", sizeof(Shared), &found));
    if (!found) {
        shared->launcher_latch = nullptr;
        pg_atomic_init_u32(&shared->early_write_requested, 0);
        pg_atomic_init_u64(&shared->dropped, 0);
        shared->is_written = false;
    }
    table.attach();

    if (!IsUnderPostmaster)
        on_shmem_exit(save_at_exit, static_cast<Datum>(0));
    if (!found)
        server::enter([] { load_pending(); });
}

server::SharedMemory memory = {request, attach, nullptr};

} // namespace

const long pending_capacity = decltype(table)::capacity;

bool has_pending_table() { return table.exists(); }

bool add_pending(const PendingUse& use)
{
    auto place = table.lock(use.key, LW_EXCLUSIVE);
    PendingUse* const entry = place.find_or_add();
    bool is_filling = false;
    if (entry != nullptr && place.is_new()) {
        *entry = use;
        is_filling = place.is_filling();
    } else if (entry != nullptr && use.last_used_at > entry->last_used_at) {
        Address const address = use.address.is_known ? use.address : entry->address;
        *entry = use;
        entry->address = address;
    }
    place.unlock();

    if (entry == nullptr)
        pg_atomic_fetch_add_u64(&shared->dropped, 1);
    if (is_filling || entry == nullptr)
        request_early_write();
    return entry != nullptr;
}

bool find_pending(int64 token_id, PendingUse& use)
{
    if (!has_pending_table())
        return false;
    PendingKey const key = {token_id, MyDatabaseId, 0};
    auto place = table.lock(key, LW_SHARED);
    const PendingUse* const entry = place.find();
    if (entry != nullptr)
        use = *entry;
    place.unlock();
    return entry != nullptr;
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
        auto place = table.lock(use.key, LW_EXCLUSIVE);
        PendingUse* const entry = place.find();
        if (entry != nullptr && entry->last_used_at == use.last_used_at)
            place.remove(entry);
        place.unlock();
    }
}

void remove_database(Oid database)
{
    table.remove_where([database](const PendingUse& use) { return use.key.database == database; });
}

List* databases_with_pending()
{
    auto* const oids = static_cast<Oid*>(palloc(sizeof(Oid) * static_cast<Size>(pending_capacity)));
    std::size_t count = 0;
    table.visit([&](const PendingUse& use) {
        if (count == 0 || oids[count - 1] != use.key.database)
            oids[count++] = use.key.database;
    });
    std::sort(oids, oids + count);
    const Oid* const end = std::unique(oids, oids + count);
    List* databases = NIL;
    for (const Oid* oid = oids; oid != end; ++oid)
        databases = lappend_oid(databases, *oid);
    pfree(oids);
    return databases;
}

void set_launcher_latch(Latch* latch) { shared->launcher_latch = latch; }

bool is_early_write_requested() { return pg_atomic_read_u32(&shared->early_write_requested) != 0; }

void forget_early_write() { pg_atomic_write_u32(&shared->early_write_requested, 0); }

void set_written(bool is_written) { shared->is_written = is_written; }

bool was_written() { return shared->is_written; }

uint64 take_dropped_count() { return pg_atomic_exchange_u64(&shared->dropped, 0); }

void register_pending() { server::register_shared_memory(memory); }

} // namespace pat_auth::usage
