// `(SELECT reader(…))` of a policy, computed without a subquery's executor.
#pragma once

namespace pat_auth::enforcement {

void register_reader_subqueries();

} // namespace pat_auth::enforcement
