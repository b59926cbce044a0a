// What users may do and what applications allow, now: the part of each verification that changes rarely, cached.
//
// The cache is filled from fresh snapshots only, and a fill during which an invalidation arrived is thrown away; so
// it is never staler than the last look at the invalidations (server/invalidation.h).
#pragma once

#include "server/prelude.h"

#include "identity/administrator_role.h"

#include <string_view>

namespace pat_auth::identity {

struct UserRights {
    int32 user_id; // first: the key of the cache
    int32 tenant_id;
    const char* tenant;
    const char* name;
    bool tenant_is_active;
    bool is_active;
    bool is_inside_dates;
    bool allow_pat_creation;
    uint32 administrator_roles; // bits of AdministratorRole
    int32 role_count;
    const int32* role_ids; // ascending; the roles of administration that come with administrator roles among them
};

struct RoleRights {
    int32 role_id;
    bool allowed_for_pat;
    bool available_for_pat;
    const char* name;
};

struct ApplicationRights {
    int32 application_id; // first: the key of the cache
    bool is_active;
    bool allow_personal_access_tokens;
    const char* name;
    int32 tenant_off_count;
    const int32* tenants_off; // ascending tenant_id where tokens are switched off
    int32 role_count;
    const RoleRights* roles; // ascending role_id
};

// Valid until the next call of find_rights.
struct Rights {
    const UserRights* user;               // nullptr: no such user
    const ApplicationRights* application; // nullptr: no such application
};

// `now` is the clock's, which decides on dates.
Rights find_rights(int32 user_id, int32 application_id, TimestampTz now);
inline Rights find_rights(int32 user_id, int32 application_id)
{
    return find_rights(user_id, application_id, GetCurrentTimestamp());
}

struct GrantedRole {
    int32 role_id; // first: the key of the cache
    bool application_is_active;
    const char* application;
    const char* name;
};

// The roles of the rights that were found last, as far as they still exist. Returns how many; room for as many as the
// user has. Valid as long as those rights.
int find_granted_roles(const UserRights& user, const GrantedRole** roles);

// The application of that name. False: none.
bool find_application_id(std::string_view name, int32& application_id);

bool has_role(const UserRights& user, int32 role_id);
const RoleRights* find_role(const ApplicationRights& application, int32 role_id);
bool is_switched_off(const ApplicationRights& application, int32 tenant_id);

// The built-in application.
inline constexpr int32 administration_id = 0;

} // namespace pat_auth::identity
