// The audit trail (R28): one row for each act on a token. Acts on the set-up leave theirs in
// registry/registry_changed.cpp.
#pragma once

#include "server/prelude.h"

#include "identity/identity.h"

namespace pat_auth::token {

// Who acts, as every event has it: the actor's tenant, user and token, and the client address:
// as the backend told, else the connection's; null for a local socket.
struct Actor {
    NullableDatum tenant;
    NullableDatum user_name;
    NullableDatum token_id;
    NullableDatum client_address;
};
Actor actor_of(const identity::Identity* identity);

} // namespace pat_auth::token
