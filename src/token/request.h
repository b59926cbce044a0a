// What pat_create and pat_edit are asked for, checked against R7 to R9.
#pragma once

#include "server/prelude.h"

#include "identity/rights.h"
#include "server/clock.h"

#include <string_view>

namespace pat_auth::token {

// 22023 unless it may name a token.
void check_name(std::string_view name);

// 22023 unless the date is 1 day to 1 year from today, UTC (R8). Returns the moment at which the token expires.
TimestampTz check_expires_on(DateADT expires_on);

// Without repetition.
struct Scopes {
    ArrayType* ids;     // ascending
    const char** names; // in the order in which SQL sorts them
    int count;
};

// The scopes that are asked for, each of which the user may give to a token of that application now (R9).
// 22023 for none, a null or several dimensions; 42704, 42501 or 55000 for a scope that cannot be given.
Scopes check_scopes(ArrayType* scopes, const identity::Rights& rights);

// 55000 unless the application allows tokens of that user now (R3, R4).
void check_application(const identity::Rights& rights);

// 42501 while the user is not allowed to create, edit and use tokens (R5).
void check_user_is_allowed(const identity::Rights& rights);

// Rights as they are once neither the user nor the application, with its roles, can be deleted before the transaction
// ends (server/removal_lock.h). 42704 when one of them is gone. Valid until the next call of find_rights.
identity::Rights keep_rights(int32 user_id, int32 application_id);

} // namespace pat_auth::token
