// The audit trail: see event.h.

#include "server/prelude.h"

#include "token/event.h"

#include "server/connection.h"
#include "server/statement.h"

namespace pat_auth::token {

Actor actor_of(const identity::Identity* identity)
{
    Actor actor = {server::null_argument(), server::null_argument(), server::null_argument(),
                   identity::client_address()};
    if (actor.client_address.isnull)
        actor.client_address = server::connection_address();
    if (identity != nullptr) {
        actor.tenant = server::argument(CStringGetTextDatum(identity->tenant));
        actor.user_name = server::argument(CStringGetTextDatum(identity->user_name));
        if (identity->kind == identity::Kind::token)
            actor.token_id = server::argument(Int64GetDatum(identity->token_id));
    }
    return actor;
}

} // namespace pat_auth::token
