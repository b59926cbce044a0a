// The administrator roles (rules, "Terms"), as bits of a set.
#pragma once

#include "server/prelude.h"

#include <iterator>
#include <string_view>

namespace pat_auth::identity {

enum AdministratorRole : uint32 {
    main_administrator = 1,
    application_administrator = 2,
    application_owner = 4,
    user_administrator = 8,
    developer = 16,
};

struct NamedAdministratorRole {
    std::string_view name;
    AdministratorRole role;
};

inline constexpr NamedAdministratorRole administrator_role_names[] = {
    {"main_administrator", main_administrator},
    {"application_administrator", application_administrator},
    {"application_owner", application_owner},
    {"user_administrator", user_administrator},
    {"developer", developer},
};

// 0 for a name that is none.
inline uint32 administrator_role_by_name(std::string_view name)
{
    for (const NamedAdministratorRole& named : administrator_role_names)
        if (named.name == name)
            return named.role;
    return 0;
}

} // namespace pat_auth::identity
