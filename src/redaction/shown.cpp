// What a caller gave us, as messages show it: see shown.h.

#include "server/prelude.h"

extern "C" {
#include "mb/pg_wchar.h"
}

#include "redaction/shown.h"

#include "redaction/mask.h"

namespace pat_auth::redaction {

const char* shown(std::string_view value)
{
    int const length = static_cast<int>(value.size());
    char* const copy = pnstrdup(value.data(), value.size());
    mask(copy);
    int const kept = pg_mbcharcliplen(copy, length, max_shown_length);
    if (kept == length)
        return copy;
    copy[kept] = '\0';
    return psprintf("%s...", copy);
}

} // namespace pat_auth::redaction
