-- what: pat_verify, end to end
-- beside: bare primary-key lookup
-- reach: ratio
-- role: bench_api

-- include: verify

-- include: presented

-- time: beside
SELECT token_id, tenant, user_name, application, scopes, expires_at FROM opponent.token WHERE token_id = :number;
