// What pat_create and pat_edit are asked for: see request.h.

#include "server/prelude.h"

extern "C" {
#include "catalog/pg_collation.h"
#include "utils/varlena.h"
}

#include "token/request.h"

#include "identity/rights.h"
#include "identity/running_query.h"
#include "redaction/shown.h"
#include "registry/name.h"
#include "server/removal_lock.h"
#include "server/text.h"
#include "token/status.h"

#include <algorithm>

namespace pat_auth::token {

namespace {

const identity::RoleRights* role_by_name(const identity::ApplicationRights& application, std::string_view name)
{
    const identity::RoleRights* const end = application.roles + application.role_count;
    const identity::RoleRights* const role =
        std::find_if(application.roles, end, [&](const identity::RoleRights& one) { return name == one.name; });
    return role == end ? nullptr : role;
}

const identity::RoleRights* require_grantable(const identity::Rights& rights, std::string_view scope)
{
    const char* const application = rights.application->name;
    const identity::RoleRights* const role = role_by_name(*rights.application, scope);
    if (role == nullptr)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" of application \"%s\" does not exist",
                                                                  redaction::shown(scope), application)));
    switch (why_not_grantable(rights, role->role_id)) {
    case Cause::role_not_allowed:
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                 errmsg("role \"%s\" of application \"%s\" is not allowed for tokens", role->name, application),
                 errhint("A developer of the application can allow it, then an administrator can make it available.")));
        break;
    case Cause::role_not_available:
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                 errmsg("role \"%s\" of application \"%s\" is not available for tokens", role->name, application),
                 errhint("A main administrator or an owner of the application can make it available.")));
        break;
    case Cause::role_not_assigned:
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("user \"%s\" does not have role \"%s\" of application \"%s\"", rights.user->name,
                               role->name, application),
                        rights.application->application_id == identity::administration_id
                            ? errhint("A main administrator can give him the administrator role that it comes with.")
                            : errhint("A token can be given only roles that its owner has. A main administrator, a "
                                      "user administrator of the tenant or an owner of the application can give him "
                                      "the role.")));
        break;
    default:
        break;
    }
    return role;
}

// Whom a query keeps from being removed: its locks are given back with the query at the soonest.
struct KeptOwner : identity::Kept {
    int32 user_id;
    int32 application_id;
};

void close_owner(identity::Kept* kept) { pfree(kept); }

void keep_from_removal(int32 user_id, int32 application_id)
{
    bool const can_keep = identity::can_keep();
    auto* owner = can_keep ? static_cast<KeptOwner*>(identity::kept(close_owner)) : nullptr;
    if (owner != nullptr && owner->user_id == user_id && owner->application_id == application_id)
        return;
    server::keep_from_removal(server::Relation::app_user, user_id);
    server::keep_from_removal(server::Relation::application, application_id);
    if (!can_keep)
        return;
    if (owner == nullptr) {
        owner = static_cast<KeptOwner*>(MemoryContextAlloc(identity::memory_of_kept(), sizeof(KeptOwner)));
        owner->close = close_owner;
        identity::keep(owner);
    }
    owner->user_id = user_id;
    owner->application_id = application_id;
}

} // namespace

void check_name(std::string_view name)
{
    if (!registry::is_name(name))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("name is not a valid token name"),
                        errdetail(registry::name_rule, registry::max_name_length)));
}

TimestampTz check_expires_on(DateADT expires_on)
{
    DateADT const today = server::utc_date(GetCurrentTimestamp());
    DateADT const last = server::one_year_after(today);
    if (expires_on <= today || expires_on > last)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("expires_on must be 1 day to 1 year from today, not %s", server::iso_date(expires_on)),
                        errdetail("Today, UTC, dates from %s to %s can be given.", server::iso_date(today + 1),
                                  server::iso_date(last))));
    return server::end_of_utc_date(expires_on);
}

Scopes check_scopes(ArrayType* scopes, const identity::Rights& rights)
{
    Datum* names = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    if (ARR_NDIM(scopes) > 1)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("scopes must be a one-dimensional array")));
    deconstruct_array(scopes, TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &count);
    if (count == 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("scopes must name at least one role")));
    if (std::any_of(nulls, nulls + count, [](bool is_null) { return is_null; }))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("scopes must not contain null")));

    auto* const roles = static_cast<const identity::RoleRights**>(palloc(sizeof(void*) * static_cast<Size>(count)));
    for (int i = 0; i < count; ++i)
        roles[i] = require_grantable(rights, server::view(DatumGetTextPP(names[i])));
    std::sort(roles, roles + count, [](auto* one, auto* other) { return one->role_id < other->role_id; });
    Scopes result = {};
    result.count = static_cast<int>(std::unique(roles, roles + count) - roles);
    result.names = static_cast<const char**>(palloc(sizeof(const char*) * static_cast<Size>(result.count)));
    for (int i = 0; i < result.count; ++i) {
        names[i] = Int32GetDatum(roles[i]->role_id);
        result.names[i] = roles[i]->name;
    }
    std::sort(result.names, result.names + result.count, [](std::string_view one, std::string_view other) {
        return varstr_cmp(one.data(), static_cast<int>(one.size()), other.data(), static_cast<int>(other.size()),
                          DEFAULT_COLLATION_OID) < 0;
    });
    result.ids = construct_array(names, result.count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
    return result;
}

identity::Rights keep_rights(int32 user_id, int32 application_id)
{
    keep_from_removal(user_id, application_id);
    identity::Rights const rights = identity::find_rights(user_id, application_id);
    if (rights.user == nullptr || rights.application == nullptr)
        ereport(ERROR,
                (errcode(ERRCODE_UNDEFINED_OBJECT),
                 errmsg("%s was deleted at the same time", rights.user == nullptr ? "the user" : "the application")));
    return rights;
}

void check_application(const identity::Rights& rights)
{
    const identity::ApplicationRights& application = *rights.application;
    if (application.application_id == identity::administration_id)
        return; // R27
    if (!application.is_active)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("application \"%s\" is not active", application.name),
                        errhint("A main administrator or an application administrator can activate it.")));
    bool const is_off_for_tenant = identity::is_switched_off(application, rights.user->tenant_id);
    if (!application.allow_personal_access_tokens || is_off_for_tenant)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        application.allow_personal_access_tokens
                            ? errmsg("application \"%s\" does not allow tokens for tenant \"%s\"", application.name,
                                     rights.user->tenant)
                            : errmsg("application \"%s\" does not allow tokens", application.name),
                        errhint("A main administrator or an application administrator can allow them.")));
}

void check_user_is_allowed(const identity::Rights& rights)
{
    const identity::UserRights* const user = rights.user;
    if (!user->allow_pat_creation)
        ereport(ERROR,
                (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                 errmsg("user \"%s\" is not allowed to create and edit tokens", user->name),
                 errhint("A main administrator or a user administrator of tenant \"%s\" can allow it.", user->tenant)));
}

} // namespace pat_auth::token
