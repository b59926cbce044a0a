// COPY … FROM STDIN into the set-up tables, for administrators (R29).
#pragma once

namespace pat_auth::registry {

void register_copy();

} // namespace pat_auth::registry
