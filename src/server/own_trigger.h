// The triggers of the extension's own tables.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "commands/trigger.h"
}

namespace pat_auth::server {

// The data of a trigger function of ours that belongs on our tables alone, where it relies on names and types of
// columns and writes with the owner's rights. 39P01 when it is called otherwise, or fired by a table outside of our
// schema, in which nobody but the extension's owner makes one.
TriggerData* own_trigger(FunctionCallInfo fcinfo, const char* function);

// The same of one that is fired before each row, where 39P01 says so too.
TriggerData* before_row_trigger(FunctionCallInfo fcinfo, const char* function);

// The row that it returns to have it written or deleted.
inline HeapTuple written_row(const TriggerData* trigger)
{
    return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

// Whether the change was made in another database, and is applied here by logical replication (or by whoever may say
// so). No statement triggers and no foreign keys act then, and the tables were copied one by one, not as of one moment.
bool is_applied();

} // namespace pat_auth::server
