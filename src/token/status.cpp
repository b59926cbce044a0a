// The status of a token: see status.h.

#include "server/prelude.h"

#include "token/status.h"

#include "server/clock.h"

namespace pat_auth::token {

namespace {

Cause why_blocked(const identity::Rights& rights)
{
    if (rights.user == nullptr || rights.application == nullptr)
        return Cause::owner_or_application_missing;
    const identity::UserRights& user = *rights.user;
    const identity::ApplicationRights& application = *rights.application;
    if (!user.tenant_is_active)
        return Cause::tenant_inactive;
    if (!user.is_active)
        return Cause::user_inactive;
    if (!user.is_inside_dates)
        return Cause::user_outside_dates;
    if (!user.allow_pat_creation)
        return Cause::user_not_allowed;
    // R27: administration depends neither on R3 nor on being switched on.
    if (application.application_id == identity::administration_id)
        return Cause::none;
    if (!application.is_active)
        return Cause::application_inactive;
    if (!application.allow_personal_access_tokens)
        return Cause::application_switched_off;
    if (identity::is_switched_off(application, user.tenant_id))
        return Cause::tenant_switched_off;
    return Cause::none;
}

const char* role_name(const identity::Rights& rights, int32 role_id)
{
    const identity::RoleRights* const role =
        rights.application == nullptr ? nullptr : identity::find_role(*rights.application, role_id);
    return role == nullptr ? "?" : role->name;
}

} // namespace

Cause why_not_grantable(const identity::Rights& rights, int32 role_id)
{
    const identity::RoleRights* const role = identity::find_role(*rights.application, role_id);
    if (role == nullptr)
        return Cause::role_deleted;
    if (!role->allowed_for_pat)
        return Cause::role_not_allowed;
    if (!role->available_for_pat)
        return Cause::role_not_available;
    if (!identity::has_role(*rights.user, role_id))
        return Cause::role_not_assigned;
    return Cause::none;
}

DerivedStatus derive_status(const StatusFacts& facts, const identity::Rights& rights, TimestampTz now)
{
    if (facts.is_revoked)
        return {Status::revoked, Cause::revocation, 0};
    if (Cause const cause = why_blocked(rights); cause != Cause::none)
        return {Status::blocked, cause, 0};
    for (int i = 0; i < facts.scope_count; ++i)
        if (Cause const cause = why_not_grantable(rights, facts.scope_ids[i]); cause != Cause::none)
            return {Status::permissions_changed, cause, facts.scope_ids[i]};
    if (now >= facts.expires_at)
        return {Status::expired, Cause::expiry, 0};
    return {Status::active, Cause::none, 0};
}

const char* status_name(Status status)
{
    switch (status) {
    case Status::active:
        return "active";
    case Status::expired:
        return "expired";
    case Status::permissions_changed:
        return "permissions_changed";
    case Status::blocked:
        return "blocked";
    case Status::revoked:
        return "revoked";
    }
    pg_unreachable();
}

const char* cause_name(Cause cause)
{
    switch (cause) {
    case Cause::none:
        return "none";
    case Cause::expiry:
        return "expired";
    case Cause::role_deleted:
        return "permissions_changed:role_deleted";
    case Cause::role_not_allowed:
        return "permissions_changed:role_not_allowed";
    case Cause::role_not_available:
        return "permissions_changed:role_not_available";
    case Cause::role_not_assigned:
        return "permissions_changed:role_not_assigned";
    case Cause::user_not_allowed:
        return "blocked:user_not_allowed";
    case Cause::tenant_switched_off:
        return "blocked:application_tenant_switched_off";
    case Cause::application_switched_off:
        return "blocked:application_switched_off";
    case Cause::application_inactive:
        return "blocked:application_inactive";
    case Cause::user_outside_dates:
        return "blocked:user_outside_dates";
    case Cause::user_inactive:
        return "blocked:user_inactive";
    case Cause::tenant_inactive:
        return "blocked:tenant_inactive";
    case Cause::owner_or_application_missing:
        return "blocked:owner_or_application_missing";
    case Cause::revocation:
        return "revoked";
    }
    pg_unreachable();
}

const char* describe(const DerivedStatus& status, const StatusFacts& facts, const identity::Rights& rights)
{
    const char* const user = rights.user == nullptr ? "?" : rights.user->name;
    const char* const tenant = rights.user == nullptr ? "?" : rights.user->tenant;
    const char* const application = rights.application == nullptr ? "?" : rights.application->name;
    const char* const role = role_name(rights, status.scope_id);

    switch (status.cause) {
    case Cause::none:
        return psprintf("It works until the end of %s UTC.", server::iso_date(server::utc_date(facts.expires_at - 1)));
    case Cause::expiry:
        return psprintf("It expired at the end of %s UTC; it works again when its owner gives it a new date.",
                        server::iso_date(server::utc_date(facts.expires_at - 1)));
    case Cause::role_deleted:
        return psprintf("A scope of it was deleted from application \"%s\"; it works again when its owner edits "
                        "the scopes.",
                        application);
    case Cause::role_not_allowed:
        return psprintf("Scope \"%s\" is no longer allowed for tokens; it works again when its owner edits the "
                        "scopes, or when the role is allowed and available again.",
                        role);
    case Cause::role_not_available:
        return psprintf("Scope \"%s\" is no longer available for tokens; it works again when its owner edits the "
                        "scopes, or when an administrator makes the role available again.",
                        role);
    case Cause::role_not_assigned:
        return psprintf("User \"%s\" no longer has role \"%s\"; it works again when its owner edits the scopes, or "
                        "when an administrator gives the role back.",
                        user, role);
    case Cause::user_not_allowed:
        return psprintf("User \"%s\" is not allowed to use tokens; a main administrator or a user administrator of "
                        "tenant \"%s\" can allow it.",
                        user, tenant);
    case Cause::tenant_switched_off:
        return psprintf("Application \"%s\" does not allow tokens for tenant \"%s\"; a main administrator or an "
                        "application administrator can switch them on.",
                        application, tenant);
    case Cause::application_switched_off:
        return psprintf("Application \"%s\" does not allow tokens; a main administrator or an application "
                        "administrator can switch them on.",
                        application);
    case Cause::application_inactive:
        return psprintf("Application \"%s\" is not active.", application);
    case Cause::user_outside_dates:
        return psprintf("User \"%s\" is outside of his begin and end dates.", user);
    case Cause::user_inactive:
        return psprintf("User \"%s\" is not active.", user);
    case Cause::tenant_inactive:
        return psprintf("Tenant \"%s\" is not active.", tenant);
    case Cause::owner_or_application_missing:
        return "Its owner or its application no longer exists.";
    case Cause::revocation:
        return "An administrator revoked it; that is for good.";
    }
    pg_unreachable();
}

} // namespace pat_auth::token
