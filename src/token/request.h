// What pat_create and pat_edit are asked for, checked against R7 to R9.
#pragma once

#include "server/prelude.h"

#include "server/clock.h"

#include <string_view>

namespace pat_auth::token {

// 22023 unless it may name a token.
void check_name(std::string_view name);

// 22023 unless the date is 1 day to 1 year from today, UTC (R8). Returns the moment at which the token expires.
TimestampTz check_expires_on(DateADT expires_on);

// The role ids, ascending and without repetition, of the scopes that are asked for, each of which the user may give to
// a token of that application now (R9), kept from being deleted until the end of the transaction.
// 22023 for none, a null or several dimensions; 42704, 42501 or 55000 for a scope that cannot be given.
ArrayType* check_scopes(ArrayType* scopes, int32 user_id, int32 application_id);

// The id of the application of that name, if tokens can be created there by that user now (R3 to R5). 42704, 42501,
// 55000.
int32 check_application(std::string_view name, int32 user_id);

// 42501 while the user is not allowed to create, edit and use tokens (R5).
void check_user_is_allowed(int32 user_id);

} // namespace pat_auth::token
