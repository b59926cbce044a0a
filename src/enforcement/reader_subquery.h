// `(SELECT reader(…))` of a policy, computed without a subquery's executor.
#pragma once

extern "C" {
struct EState;
}

namespace pat_auth::enforcement {

// Of a query that begins to run: gives the parameters of its readers' subqueries their values, once. What a reader
// raises it raises here.
void compute_readers(EState* executor);

void register_reader_subqueries();

} // namespace pat_auth::enforcement
