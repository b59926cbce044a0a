// The set-up tables, and the columns that people write. The compact keys are left out: nobody chooses or changes one.
#pragma once

#include "server/prelude.h"

#include "identity/administrator_role.h"

namespace pat_auth::registry {

struct SetUpTable {
    const char* name;
    const char* written_columns;
    uint32 administrators; // those who write some rows of it, by their roles (docs/administration.md)
};

inline constexpr SetUpTable set_up_tables[] = {
    {"tenant", "name, is_active", identity::main_administrator},
    {"application", "name, is_active, allow_personal_access_tokens",
     identity::main_administrator | identity::application_administrator},
    {"application_tenant", "application, tenant, allow_personal_access_tokens",
     identity::main_administrator | identity::application_administrator},
    {"role", "application, name, description, allowed_for_pat, available_for_pat",
     identity::main_administrator | identity::application_owner | identity::developer},
    {"app_user", "tenant, name, is_active, begins_on, ends_on, allow_pat_creation",
     identity::main_administrator | identity::user_administrator},
    {"user_group", "tenant, name", identity::main_administrator | identity::user_administrator},
    {"user_group_member", "tenant, user_group, user_name, begins_on, ends_on",
     identity::main_administrator | identity::user_administrator},
    {"user_group_role", "tenant, user_group, application, role",
     identity::main_administrator | identity::user_administrator | identity::application_owner},
    {"administrator", "tenant, user_name, administrator_role, application", identity::main_administrator},
};

// Which of them a relation of this database is; nullptr: none, as where the extension is not installed.
const SetUpTable* set_up_table(Oid relation);

} // namespace pat_auth::registry
