-- Who sees which tokens: my_tokens and token_overview (R23, R24).
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'of alice', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT count(*) FROM pat_auth.pat_create('crm', 'of bob', ARRAY['invoice_reader'], :'today'::date + 30);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT count(*) FROM pat_auth.pat_create('administration', 'of dev', ARRAY['health_check_advanced'], :'today'::date + 30);
COMMIT;

-- R23: all, for a main administrator.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT tenant, user_name, application, name, scopes, status, expires_at = (:'today'::date + 31)::timestamp AT TIME ZONE 'UTC' AS date
FROM pat_auth.token_overview ORDER BY name;
SELECT name FROM pat_auth.my_tokens;
COMMIT;

-- R23, R24: those of his own tenant, for a user administrator.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT tenant, user_name, name FROM pat_auth.token_overview ORDER BY name;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'useradmin');
SELECT tenant, user_name, name FROM pat_auth.token_overview ORDER BY name;
COMMIT;

-- R23: none, for the other administrators and for users; R24: everybody sees his own.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'appadmin');
SELECT name FROM pat_auth.token_overview;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT name FROM pat_auth.token_overview;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT name FROM pat_auth.token_overview;
SELECT name FROM pat_auth.my_tokens;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT name FROM pat_auth.token_overview;
SELECT name FROM pat_auth.my_tokens;
COMMIT;

-- A token sees none, not even itself; nor does nobody.
SET SESSION AUTHORIZATION regress_app;
SET pat_auth.token = :'token';
SELECT name FROM pat_auth.my_tokens;
SELECT name FROM pat_auth.token_overview;
SELECT count(*) FROM pat_auth.token_events;
RESET pat_auth.token;
SELECT name FROM pat_auth.my_tokens;
SELECT name FROM pat_auth.token_overview;
SELECT count(*) FROM pat_auth.token_events;

-- A function that leaks what it is given sees no more than the reader does.
CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
AS $$BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END$$;
SELECT name FROM pat_auth.token_overview WHERE pg_temp.leak(name);
SELECT name FROM pat_auth.my_tokens WHERE pg_temp.leak(name);

-- The functions behind the views answer nobody of other people's tokens.
RESET SESSION AUTHORIZATION;
SELECT user_id, application_id, scope_ids FROM pat_auth.token WHERE token_id = :token_id \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT pat_auth.token_scopes(:user_id, :application_id, :'scope_ids') IS NULL AS scopes,
    pat_auth.token_status(:user_id, :application_id, :'scope_ids', now(), NULL) IS NULL AS status,
    pat_auth.token_status_detail(:user_id, :application_id, :'scope_ids', now(), NULL) IS NULL AS detail;
COMMIT;

-- R10, R23: neither view has the secret or its hash.
SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) AS columns
FROM information_schema.columns
WHERE table_schema = 'pat_auth' AND table_name IN ('my_tokens', 'token_overview', 'token_events')
GROUP BY table_name ORDER BY table_name;

-- Nobody writes through them.
\set VERBOSITY sqlstate
DELETE FROM pat_auth.my_tokens;
UPDATE pat_auth.token_overview SET name = 'x';
INSERT INTO pat_auth.token_events (act) VALUES ('x');
\set VERBOSITY default

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
