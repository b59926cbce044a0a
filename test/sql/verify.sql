-- pat_verify: introspection. Always one row, no word why, nothing set, nothing written.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token
FROM pat_auth.pat_create('erp', 'verify', ARRAY['invoice_writer', 'invoice_reader'], :'today'::date + 30) \gset
COMMIT;

SET SESSION AUTHORIZATION regress_app;
SELECT active, token_id = :token_id AS is_it, tenant, user_name, application, scopes,
    expires_at = (:'today'::date + 31)::timestamp AT TIME ZONE 'UTC' AS expires_at
FROM pat_auth.pat_verify(:'token');
SELECT active FROM pat_auth.pat_verify(:'token', '192.0.2.7');

-- It sets nothing.
BEGIN READ ONLY;
SELECT active FROM pat_auth.pat_verify(:'token');
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
COMMIT;

-- Whatever is no valid token is answered alike.
SELECT * FROM pat_auth.pat_verify(NULL);
SELECT * FROM pat_auth.pat_verify('');
SELECT * FROM pat_auth.pat_verify('nonsense');
SELECT * FROM pat_auth.pat_verify(repeat('x', 1000000));
SELECT * FROM pat_auth.pat_verify('pat_' || repeat('0', 60));
SELECT * FROM pat_auth.pat_verify(' ' || :'token');
SELECT * FROM pat_auth.pat_verify(:'token' || E'\n');
SELECT * FROM pat_auth.pat_verify(upper(:'token'));
SELECT * FROM pat_auth.pat_verify(U&'p\0430t_' || substr(:'token', 5));

-- One character changed anywhere: no single one passes.
SELECT count(*) AS tried, count(*) FILTER (WHERE active) AS active
FROM generate_series(1, 64) AS position
CROSS JOIN LATERAL (SELECT overlay(:'token' PLACING
    CASE substr(:'token', position, 1) WHEN 'a' THEN 'b' ELSE 'a' END FROM position FOR 1)) AS changed (token)
CROSS JOIN LATERAL pat_auth.pat_verify(changed.token);

-- Another identity in force is neither asked nor touched.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT active, tenant, user_name FROM pat_auth.pat_verify(:'token');
SELECT pat_auth.pat_tenant(), pat_auth.pat_user();
COMMIT;

-- Revoked.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:token_id);
SELECT * FROM pat_auth.pat_verify(:'token');
ROLLBACK;
SELECT active FROM pat_auth.pat_verify(:'token');

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
SET SESSION AUTHORIZATION regress_app;
SELECT * FROM pat_auth.pat_verify(:'token');
RESET SESSION AUTHORIZATION;
