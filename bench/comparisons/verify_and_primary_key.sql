-- what: pat_verify, end to end
-- beside: bare primary-key lookup
-- reach: ratio
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
SELECT token_id, tenant, user_name, application, scopes, expires_at FROM opponent.token WHERE token_id = :number;
