// The set-up tables, and the columns that people write. The compact keys are left out: nobody chooses or changes one.
#pragma once

#include "server/prelude.h"

namespace pat_auth::registry {

struct SetUpTable {
    const char* name;
    const char* written_columns;
};

inline constexpr SetUpTable set_up_tables[] = {
    {"tenant", "name, is_active"},
    {"application", "name, is_active, allow_personal_access_tokens"},
    {"application_tenant", "application, tenant, allow_personal_access_tokens"},
    {"role", "application, name, description, allowed_for_pat, available_for_pat"},
    {"app_user", "tenant, name, is_active, begins_on, ends_on, allow_pat_creation"},
    {"user_group", "tenant, name"},
    {"user_group_member", "tenant, user_group, user_name, begins_on, ends_on"},
    {"user_group_role", "tenant, user_group, application, role"},
    {"administrator", "tenant, user_name, administrator_role, application"},
};

// Of this database; where the extension is not installed, there is none.
bool is_set_up_table(Oid relation);

} // namespace pat_auth::registry
