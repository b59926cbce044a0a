-- role: bench_api

-- fetch
\set number random(1, :tokens)
SELECT token FROM bench.presented WHERE number = :number \gset

-- time: ours
SELECT * FROM pat_auth.pat_verify(:token);
