-- what: mistyped token (its checksum is wrong), end to end
-- beside: C function that does nothing
-- reach: ratio <= 1.5
-- role: bench_api

-- fetch
\set number random(1, :calls)
SELECT token FROM bench.mistyped WHERE number = :number \gset

-- time: ours
SELECT * FROM pat_auth.pat_verify(:token);

-- fetch
\set number random(1, :calls)
SELECT token FROM bench.mistyped WHERE number = :number \gset

-- time: beside
SELECT * FROM bench.empty(:token);
