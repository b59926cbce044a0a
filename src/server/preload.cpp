// How the library came into this backend: see preload.h.

#include "server/prelude.h"

#include "server/preload.h"

namespace pat_auth::server {

namespace {
const char* loaded_by = "none";
} // namespace

const char* preloaded_by() { return loaded_by; }

// Asked while we are being loaded, as the settings may say something else later. A backend is in this mode until its
// first statement: what comes then comes by a list of libraries. That includes local_preload_libraries, for the
// parameter has been ours from the beginning all the same; that of the server is loaded before there are backends.
void register_preload()
{
    if (process_shared_preload_libraries_in_progress)
        loaded_by = "shared_preload_libraries";
    else if (IsInitProcessingMode())
        loaded_by = "session_preload_libraries";
}

} // namespace pat_auth::server
