-- what: pat_verify inside one statement, :calls calls
-- beside: the SQL lookup inside one statement
-- reach: ratio <= 1.15
-- role: bench_api
-- transactions: 1
-- clients: 1
-- Both as an expression of the select list, so that neither pays for a scan node of its own.

-- time: ours
SELECT count((pat_auth.pat_verify(token)).active) FROM bench.presented WHERE number <= :calls;

-- time: beside
SELECT count((SELECT ROW(token_id, tenant, user_name, application, scopes, expires_at) FROM opponent.token WHERE token_hash = sha256(convert_to(presented.token, 'UTF8')) AND expires_at > now() AND revoked_at IS NULL)) FROM bench.presented WHERE number <= :calls;
