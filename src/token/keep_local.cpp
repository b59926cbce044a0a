// The trigger of the tables that every database keeps for itself: see sql/32_keep_local.sql.

#include "server/prelude.h"

#include "server/guard.h"
#include "server/own_trigger.h"

namespace {

namespace server = pat_auth::server;

} // namespace

PAT_AUTH_FUNCTION(pat_auth_keep_local)
{
    TriggerData* const trigger = server::own_trigger(fcinfo, "keep_local");
    if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("keep_local() must be fired before each row")));
    if (server::is_applied())
        PG_RETURN_POINTER(nullptr);
    PG_RETURN_POINTER(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple);
}
