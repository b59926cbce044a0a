// The triggers of the extension's own tables: see own_trigger.h.

#include "server/own_trigger.h"

namespace pat_auth::server {

TriggerData* own_trigger(FunctionCallInfo fcinfo, const char* function)
{
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("%s() can only be called as a trigger", function)));
    auto* const trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
    if (RelationGetNamespace(trigger->tg_relation) != get_namespace_oid("pat_auth", true))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("%s() is a trigger of pat_auth's own tables", function)));
    return trigger;
}

TriggerData* before_row_trigger(FunctionCallInfo fcinfo, const char* function)
{
    TriggerData* const trigger = own_trigger(fcinfo, function);
    if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("%s() must be fired before each row", function)));
    return trigger;
}

bool is_applied() { return SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA; }

} // namespace pat_auth::server
