-- what: pat_verify, end to end, random of all tokens
-- beside: single-row SQL lookup by hash, with expiry and revocation
-- reach: ratio <= 1.05
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
SELECT token_id, tenant, user_name, application, scopes, expires_at FROM opponent.token WHERE token_hash = sha256(convert_to(:token, 'UTF8')) AND expires_at > now() AND revoked_at IS NULL;
