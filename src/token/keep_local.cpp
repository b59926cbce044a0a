// The trigger of the tables that every database keeps for itself: see sql/32_keep_local.sql.

#include "server/prelude.h"

#include "server/guard.h"
#include "server/own_trigger.h"

namespace {

namespace server = pat_auth::server;

} // namespace

PAT_AUTH_FUNCTION(pat_auth_keep_local)
{
    TriggerData* const trigger = server::before_row_trigger(fcinfo, "keep_local");
    if (server::is_applied())
        PG_RETURN_POINTER(nullptr);
    PG_RETURN_POINTER(server::written_row(trigger));
}
