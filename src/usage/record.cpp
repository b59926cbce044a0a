// Recording that a token was used: see record.h.

#include "server/prelude.h"

extern "C" {
#include "access/parallel.h"
}

#include "usage/record.h"

#include "server/connection.h"
#include "usage/launcher.h"
#include "usage/pending.h"

namespace pat_auth::usage {

namespace {

int interval_seconds = 10;

// What this backend recorded of late: a token that is used again within a second is not recorded again. So the last
// use is known to a second, and one token that all backends use does not make them queue for its entry.
struct Recorded {
    int64 token_id;
    TimestampTz at;
};
constexpr std::size_t recorded_count = 1024;
Recorded recorded[recorded_count] = {};

const Address& address_of_connection()
{
    static Address address = {};
    if (!address.is_known && !IsParallelWorker()) {
        NullableDatum const value = server::connection_address();
        if (!value.isnull)
            address = address_of_inet(value.value);
        address.is_known = true;
    }
    return address;
}

} // namespace

void record_use(const TokenUse& use, NullableDatum client_address)
{
    if (interval_seconds == 0 || !has_pending_table())
        return;
    Recorded& last = recorded[static_cast<uint64>(use.token_id) % recorded_count];
    if (last.token_id == use.token_id && use.at >= last.at && use.at - last.at < USECS_PER_SEC)
        return;
    PendingUse pending = {};
    pending.key = {use.token_id, MyDatabaseId, 0};
    pending.last_used_at = use.at;
    pending.user_id = use.user_id;
    pending.tenant_id = use.tenant_id;
    pending.address = client_address.isnull ? address_of_connection() : address_of_inet(client_address.value);
    if (add_pending(pending))
        last = {use.token_id, use.at};
}

int last_used_interval() { return interval_seconds; }

void define_usage_settings()
{
    DefineCustomIntVariable("pat_auth.last_used_interval",
                            "Time between two writings of the tokens' last use to the table.",
                            "Until then it is in shared memory. Zero: the use of tokens is not recorded.",
                            &interval_seconds, 10, 0, 3600, PGC_SIGHUP, GUC_UNIT_S, nullptr, nullptr, nullptr);
}

void register_usage()
{
    if (!process_shared_preload_libraries_in_progress)
        return;
    register_pending();
    register_launcher();
}

} // namespace pat_auth::usage
