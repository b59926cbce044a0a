// The secret of a new token: see new_secret.h.

#include "server/prelude.h"

#include "token/new_secret.h"

#include "identity/running_query.h"
#include "server/guard.h"

#include <new>

namespace pat_auth::token {

namespace {

// In the memory of a query, and wiped with it, also after an error.
struct Supply : identity::Kept {
    core::SecretSupply secrets;
    MemoryContextCallback callback = {};
};

void wipe(void* supply) { static_cast<Supply*>(supply)->secrets.wipe(); }

void close(identity::Kept* kept) { wipe(static_cast<Supply*>(kept)); }

Supply* begin_supply()
{
    MemoryContext const context = identity::memory_of_kept();
    auto* const supply = new (MemoryContextAlloc(context, sizeof(Supply))) Supply;
    supply->close = close;
    supply->callback.func = wipe;
    supply->callback.arg = supply;
    MemoryContextRegisterResetCallback(context, &supply->callback);
    identity::keep(supply);
    return supply;
}

} // namespace

void make_secret(core::Secret& secret)
{
    if (!identity::can_keep()) {
        secret.fill_random();
        return;
    }
    auto* supply = static_cast<Supply*>(identity::kept(close));
    if (supply == nullptr)
        supply = server::call_server(begin_supply);
    supply->secrets.fill(secret);
}

} // namespace pat_auth::token
