// Age of what backends share: see shared_age.h.

#include "server/prelude.h"

extern "C" {
#include "access/twophase.h"
#include "access/xlog.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
}

#include "server/shared_age.h"

#include "server/shared_memory.h"

namespace pat_auth::server {

namespace {

constexpr const char* name = "pat_auth age of rights";

struct Shared {
    pg_atomic_uint64 ticket;      // the last one drawn
    pg_atomic_uint64 last_change; // the last one drawn when a change was committed
};
Shared* shared = nullptr;

// Where there may be prepared transactions: what this backend was told, of which generation of rights, and the last
// ticket then. 0: of none yet.
uint64 known_generation = 0;
uint64 known_ticket = 0;

bool is_changing_rights = false;

void request() { RequestAddinShmemSpace(MAXALIGN(sizeof(Shared))); }

void attach()
{
    bool found = false;
    shared = static_cast<Shared*>(ShmemInitStruct(name, sizeof(Shared), &found));
    if (!found) {
        pg_atomic_init_u64(&shared->ticket, 0);
        pg_atomic_init_u64(&shared->last_change, 0);
    }
}

SharedMemory memory = {request, attach, nullptr};

// Never back: another commit may be between its ticket and this.
void outdate_copies()
{
    uint64 const ticket = draw_ticket();
    uint64 last_change = pg_atomic_read_u64(&shared->last_change);
    while (last_change < ticket && !pg_atomic_compare_exchange_u64(&shared->last_change, &last_change, ticket)) {
    }
}

// At a commit the change is visible to new snapshots by now, and neither the client nor another backend has been told.
void at_transaction_end(XactEvent event, void* /*argument*/)
{
    if (!is_changing_rights)
        return;
    if (event == XACT_EVENT_COMMIT && shared != nullptr)
        outdate_copies();
    if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
        is_changing_rights = false;
}

} // namespace

bool may_share_rights()
{
    return shared != nullptr && !TransactionIdIsValid(GetTopTransactionIdIfAny()) && !RecoveryInProgress();
}

uint64 draw_ticket() { return pg_atomic_add_fetch_u64(&shared->ticket, 1); }

uint64 oldest_ticket(uint64 generation)
{
    // (Of what was prepared, and committed before we began, nobody tells us: so from our first generation on.)
    if (generation != known_generation && max_prepared_xacts > 0)
        known_ticket = pg_atomic_read_u64(&shared->ticket);
    known_generation = generation;
    return Max(known_ticket, pg_atomic_read_u64(&shared->last_change));
}

void outdate_copies_at_commit() { is_changing_rights = true; }

void register_shared_age()
{
    RegisterXactCallback(at_transaction_end, nullptr);
    register_shared_memory(memory);
}

} // namespace pat_auth::server
