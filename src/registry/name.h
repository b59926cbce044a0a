// What may name something: tenants, applications, roles, users, groups, tokens.
#pragma once

#include <string_view>

namespace pat_auth::registry {

inline constexpr int max_name_length = 200;

// 1 to max_name_length characters, no control characters, no blank at either end. In the database's encoding.
bool is_name(std::string_view name);

} // namespace pat_auth::registry
