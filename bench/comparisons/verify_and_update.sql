-- what: pat_verify, end to end
-- beside: plpgsql function that updates last_used_at each time
-- reach: faster >= 5
-- role: bench_api

-- fetch
\set number random(1, :tokens)
SELECT token FROM bench.presented WHERE number = :number \gset

-- time: ours
SELECT * FROM pat_auth.pat_verify(:token);

-- fetch
\set number random(1, :tokens)
SELECT token FROM bench.presented WHERE number = :number \gset

-- time: beside
SELECT * FROM opponent.verify_and_note(:token);
