// The status of a token: derived from what is stored and from the set-up as it is now, never stored itself. So
// withdrawing a role touches no token, restoring it revives them, and no race can leave a wrong status behind.
// Verification and the views ask the same function.
#pragma once

#include "server/prelude.h"

#include "identity/rights.h"

namespace pat_auth::token {

// Of several that hold, the last one in this order.
enum class Status { active, expired, permissions_changed, blocked, revoked };

// Why, more closely.
enum class Cause {
    none,
    expiry,
    role_deleted,
    role_not_allowed,
    role_not_available,
    role_not_assigned,
    user_not_allowed,
    tenant_switched_off,
    application_switched_off,
    application_inactive,
    user_outside_dates,
    user_inactive,
    tenant_inactive,
    owner_or_application_missing,
    revocation,
};

// What a status depends on besides the set-up.
struct StatusFacts {
    int32 user_id;
    int32 application_id;
    const int32* scope_ids;
    int scope_count;
    TimestampTz expires_at;
    bool is_revoked;
};

struct DerivedStatus {
    Status status;
    Cause cause;
    int32 scope_id; // for the causes that concern a role
};

DerivedStatus derive_status(const StatusFacts& facts, const identity::Rights& rights, TimestampTz now);

// Why a role cannot be given to a token of this user (R9, R17), or Cause::none.
Cause why_not_grantable(const identity::Rights& rights, int32 role_id);

// The words of the interface and of the log.
const char* status_name(Status status);
const char* cause_name(Cause cause);

// A sentence that helps the owner or his administrator, in the current memory context.
const char* describe(const DerivedStatus& status, const StatusFacts& facts, const identity::Rights& rights);

} // namespace pat_auth::token
