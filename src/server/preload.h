// How the library came into this backend: what depends on that is said by pat_check() and the health checks.
#pragma once

namespace pat_auth::server {

// "shared_preload_libraries", "session_preload_libraries", or "none": then pat_auth.token was an unchecked placeholder
// until the first call of one of our functions. It is what happened, whatever the settings of those names say now.
const char* preloaded_by();

void register_preload();

} // namespace pat_auth::server
