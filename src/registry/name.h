// What may name something: tenants, applications, roles, users, groups, tokens.
#pragma once

#include <string_view>

namespace pat_auth::registry {

inline constexpr int max_name_length = 200;

// For errdetail, with max_name_length.
inline constexpr char name_rule[] = "A name has 1 to %d characters, none of them a control character or a mark of "
                                    "writing direction, no blank at either end, and holds no token.";

// 1 to max_name_length characters, no blank at either end, and none that a person cannot see for what it is: control
// characters, line separators and the marks that turn the direction of writing, by Unicode (core/name_character.h)
// whatever the database's encoding is, or by ASCII where that has no conversion. Nor may a name hold what looks like a
// token: somebody took the wrong field, and names are stored and shown.
bool is_name(std::string_view name);

// Whether something in the text looks like a token.
bool holds_token(std::string_view text);

} // namespace pat_auth::registry
