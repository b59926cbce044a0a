-- what: pat_verify, end to end, random of all tokens
-- beside: single-row SQL lookup by hash, with expiry and revocation
-- reach: ratio <= 1.05
-- role: bench_api

-- include: verify

-- include: presented

-- time: beside
SELECT token_id, tenant, user_name, application, scopes, expires_at FROM opponent.token WHERE token_hash = sha256(convert_to(:token, 'UTF8')) AND expires_at > now() AND revoked_at IS NULL;
