-- what: mistyped token inside one statement, :calls calls
-- beside: C function that does nothing
-- reach: ratio <= 1.5
-- role: bench_api
-- transactions: 1
-- clients: 1

-- time: ours
SELECT count(pat_auth.pat_verify(token)) FROM bench.mistyped WHERE number <= :calls;

-- time: beside
SELECT count(bench.empty(token)) FROM bench.mistyped WHERE number <= :calls;
