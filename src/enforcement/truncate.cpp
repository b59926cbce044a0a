// The trigger that makes TRUNCATE, which row-level security ignores, want the write scope too.

#include "server/prelude.h"

extern "C" {
#include "commands/trigger.h"
}

#include "identity/identity.h"
#include "server/guard.h"
#include "server/text.h"

namespace {

namespace identity = pat_auth::identity;

// Arguments of the trigger, as pat_protect writes them.
enum Argument { application, write_scope, has_owner_column, argument_count };

} // namespace

PAT_AUTH_FUNCTION(pat_auth_guard_truncate)
{
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("guard_truncate() can only be called as a trigger")));
    auto* const trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
    if (!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) || trigger->tg_trigger->tgnargs != argument_count)
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("guard_truncate() must be made by pat_protect()")));
    // Whom row-level security does not bind, this does not either.
    if (has_bypassrls_privilege(GetUserId()))
        PG_RETURN_POINTER(nullptr);

    char** const arguments = trigger->tg_trigger->tgargs;
    const char* const relation = RelationGetRelationName(trigger->tg_relation);
    if (std::string_view(arguments[has_owner_column]) == "true")
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("cannot truncate table \"%s\": its rows belong to tenants or users", relation),
                        errhint("Use DELETE, which reaches only the identity's own rows.")));
    const identity::Identity* const who = identity::current_identity();
    if (who == nullptr || !identity::has_permission(*who, arguments[application], arguments[write_scope]))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        arguments[write_scope][0] == '\0'
                            ? errmsg("table \"%s\" cannot be written by anybody", relation)
                            : errmsg("scope \"%s\" of application \"%s\" is required to truncate table \"%s\"",
                                     arguments[write_scope], arguments[application], relation)));
    PG_RETURN_POINTER(nullptr);
}
