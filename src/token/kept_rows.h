// The rows that a token refers to, kept from being deleted until the transaction ends: what the check of a foreign key
// does, but once a transaction for each row, and for the array of scopes too.
#pragma once

#include "server/prelude.h"

namespace pat_auth::token {

// 42704 when one of them is gone. Each id once.
void keep_user(int32 user_id);
void keep_application(int32 application_id);
void keep_roles(const int32* role_ids, int count);

void register_kept_rows();

} // namespace pat_auth::token
