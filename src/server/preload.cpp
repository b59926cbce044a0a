// How the library came into this backend: see preload.h.

#include "server/prelude.h"

#include "server/preload.h"

#include <string_view>

namespace pat_auth::server {

namespace {
bool is_shared_preloaded = false;
} // namespace

const char* preloaded_by()
{
    if (is_shared_preloaded)
        return "shared_preload_libraries";
    const char* const libraries = GetConfigOption("session_preload_libraries", true, false);
    if (libraries != nullptr && std::string_view(libraries).find("pat_auth") != std::string_view::npos)
        return "session_preload_libraries";
    return "none";
}

void register_preload() { is_shared_preloaded = process_shared_preload_libraries_in_progress; }

} // namespace pat_auth::server
