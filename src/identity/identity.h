// Who the current transaction acts for: the session's credential, verified at its first use in the transaction and
// again whenever something changed since.
#pragma once

#include "server/prelude.h"

#include "identity/administrator_role.h"
#include "identity/credential.h"

#include <string_view>

namespace pat_auth::identity {

// A permission that the identity has: a scope of its token, or a role of the interactive user.
struct Permission {
    const char* application;
    const char* role;
};

struct Identity {
    Kind kind;
    int64 token_id; // of a token
    int32 user_id;
    int32 tenant_id;
    const char* tenant;
    const char* user_name;
    const char* application;    // of a token, else nullptr
    uint32 administrator_roles; // of an interactive user; a token administers nothing (R25)
    int permission_count;
    const Permission* permissions; // in the order of the roles' numbers
    uint64 fingerprint;            // of all of the above, never 0: who it is and what it may do
    TimestampTz valid_until;       // the next moment at which the clock alone may change something
};

// The identity in force, or nullptr for none. Valid until the next call.
// Raises 28000 for a credential that is refused, 25001 when another identity was used in this transaction.
const Identity* current_identity();

// Counts the credential, if there is one, as used in this transaction: a parallel plan may use it in its workers only.
// Raises 25001 when another one was used.
void note_parallel_use();

// The user who signed in interactively; 28000 with a hint when nobody did, 42501 for a token. `act` says in the
// message what needs him: "creating a token".
const Identity& require_interactive_user(const char* act);

bool has_permission(const Identity& identity, std::string_view application, std::string_view role);

inline bool has_administrator_role(const Identity& identity, uint32 roles)
{
    return (identity.administrator_roles & roles) != 0;
}

// Whether the identity administers the tokens of a tenant (R21, R23): main administrators all, user administrators
// their own tenant's.
inline bool administers_tokens_of(const Identity& identity, int32 tenant_id)
{
    return has_administrator_role(identity, main_administrator) ||
           (has_administrator_role(identity, user_administrator) && identity.tenant_id == tenant_id);
}

// The address (inet) that the party behind the current credential comes from, as pat_login was told.
void set_client_address(NullableDatum address);
NullableDatum client_address();

void register_identity();

} // namespace pat_auth::identity
