// The server log without tokens.
#pragma once

namespace pat_auth::redaction {

void register_log();

} // namespace pat_auth::redaction
