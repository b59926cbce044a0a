// The user of a tenant by his name, for signing in.
#pragma once

#include "server/prelude.h"

namespace pat_auth::identity {

// False where there is none, as of now.
bool find_user(const text* tenant, const text* name, int32& user_id);

} // namespace pat_auth::identity
