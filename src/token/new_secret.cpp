// The secret of a new token: see new_secret.h.

#include "server/prelude.h"

#include "token/new_secret.h"

#include "identity/running_query.h"
#include "server/guard.h"

namespace pat_auth::token {

namespace {

// Of the query that runs, and wiped when it has run, or fails.
core::SecretSupply supply;

void end_supply(identity::Kept* kept)
{
    supply.wipe();
    pfree(kept);
}

void begin_supply()
{
    auto* const kept =
        static_cast<identity::Kept*>(MemoryContextAlloc(identity::memory_of_kept(), sizeof(identity::Kept)));
    kept->close = end_supply;
    identity::keep(kept);
}

void at_transaction_end(XactEvent event, void* /*argument*/)
{
    if (event == XACT_EVENT_ABORT)
        supply.wipe();
}

void at_savepoint_end(SubXactEvent event, SubTransactionId /*id*/, SubTransactionId /*parent*/, void* /*argument*/)
{
    if (event == SUBXACT_EVENT_ABORT_SUB)
        supply.wipe();
}

} // namespace

void make_secret(core::Secret& secret)
{
    if (!identity::can_keep()) {
        secret.fill_random();
        return;
    }
    if (identity::kept(end_supply) == nullptr)
        server::call_server(begin_supply);
    supply.fill(secret);
}

void register_secret_supply()
{
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
}

} // namespace pat_auth::token
