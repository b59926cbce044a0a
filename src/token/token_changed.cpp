// The trigger of the tokens. What pat_auth's own functions do, a DBA's DML, a foreign key's cascade and a replica's
// apply worker all come by here.

#include "server/prelude.h"

#include "server/guard.h"
#include "server/invalidation.h"
#include "server/own_trigger.h"
#include "server/statement.h"
#include "token/scope_count.h"
#include "token/token_columns.h"

namespace {

namespace server = pat_auth::server;
namespace token = pat_auth::token;

server::Statement<1> delete_usage{R"sql(
    DELETE FROM pat_auth.token_usage WHERE token_id = $1
    )sql",
                                  {INT8OID}};

void count(HeapTuple tuple, TupleDesc descriptor, int64 change)
{
    bool is_null = false;
    token::count_scopes(heap_getattr(tuple, token::scope_ids, descriptor, &is_null), change);
}

// What the foreign key does otherwise. A use that was recorded here, the database where the token was deleted knows
// nothing of.
void remove_usage(HeapTuple tuple, TupleDesc descriptor)
{
    bool is_null = false;
    Datum const token_id = heap_getattr(tuple, token::token_id, descriptor, &is_null);
    server::as_owner([&] { delete_usage.write({server::argument(token_id)}); });
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_token_changed)
{
    TriggerData* const trigger = server::own_trigger(fcinfo, "token_changed");
    if (!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
        TRIGGER_FIRED_FOR_ROW(trigger->tg_event) == TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("token_changed() must be fired after each row, or after TRUNCATE")));

    TupleDesc const descriptor = RelationGetDescr(trigger->tg_relation);
    if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
        count(trigger->tg_trigtuple, descriptor, 1);
        PG_RETURN_POINTER(nullptr); // nobody can know of it yet
    }
    if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)) {
        token::count_out_all();
    } else {
        count(trigger->tg_trigtuple, descriptor, -1);
        if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
            count(trigger->tg_newtuple, descriptor, 1);
        else if (server::is_applied())
            remove_usage(trigger->tg_trigtuple, descriptor);
    }
    server::tokens_changed();
    PG_RETURN_POINTER(nullptr);
}
