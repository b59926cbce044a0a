// The pending uses across a clean restart: the postmaster writes them to a file when all backends have left, and
// takes them back from it when it starts.
#pragma once

namespace pat_auth::usage {

void save_pending();

// The file is removed, whatever is in it. A broken one, or another version's, is said and ignored.
void load_pending();

} // namespace pat_auth::usage
