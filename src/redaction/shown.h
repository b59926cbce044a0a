// What a caller gave us, as messages show it.
#pragma once

#include "server/prelude.h"

#include <string_view>

namespace pat_auth::redaction {

// A copy for "%s" in a message, in the current memory context: what looks like a token is masked (a token given as the
// wrong argument must not be echoed), and after max_shown_length characters it is cut.
inline constexpr int max_shown_length = 200;
const char* shown(std::string_view value);

} // namespace pat_auth::redaction
