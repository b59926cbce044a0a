-- what: pat_verify, end to end
-- beside: HS256 JWT checked in SQL by pgcrypto, which looks up nothing and revokes nothing
-- reach: faster
-- role: bench_api

-- include: verify

-- fetch
\set number random(1, 10000)
SELECT token FROM opponent.jwt WHERE number = :number \gset

-- time: beside
SELECT * FROM opponent.verify_jwt(:token, 'a key of thirty-two or more bytes');
