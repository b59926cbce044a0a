-- R25 to R27: tokens for administrative tasks belong to the built-in application.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT (now() AT TIME ZONE 'UTC')::date + 30 AS date \gset
SET SESSION AUTHORIZATION regress_backend;

-- R26: health_check_advanced needs a main administrator or a developer, licensing a main administrator.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_scopes('administration');
SELECT token_id, token
FROM pat_auth.pat_create('administration', 'both', ARRAY['licensing', 'health_check_advanced'], :'date') \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_scopes('administration');
SELECT token AS dev_token FROM pat_auth.pat_create('administration', 'health', ARRAY['health_check_advanced'], :'date') \gset
SELECT sqlstate, message FROM failure_of($$SELECT pat_auth.pat_create('administration', 'licensing', ARRAY['licensing'], (now() AT TIME ZONE 'UTC')::date + 30)$$);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_scopes('administration');
SELECT sqlstate, message FROM failure_of($$SELECT pat_auth.pat_create('administration', 'health', ARRAY['health_check_advanced'], (now() AT TIME ZONE 'UTC')::date + 30)$$);
COMMIT;

-- R27: they need the user's permission to create tokens.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'appadmin');
SELECT sqlstate, message FROM failure_of($$SELECT pat_auth.pat_create('administration', 'health', ARRAY['health_check_advanced'], (now() AT TIME ZONE 'UTC')::date + 30)$$);
COMMIT;

-- R25: they reach no application's data.
SET pat_auth.token = :'token';
SELECT pat_auth.pat_application(), pat_auth.pat_scopes('administration'), pat_auth.pat_scopes('erp');
SELECT * FROM invoice;
SELECT count(*) FROM pat_auth.tenant;
SELECT count(*) FROM pat_auth.token_overview;
RESET pat_auth.token;

-- R26: checked on each use: the administrator role is lost, and given back (R17).
RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.administrator WHERE user_name = 'dev';
SELECT active FROM pat_auth.pat_verify(:'dev_token');
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT scopes, status FROM pat_auth.my_tokens;
COMMIT;
RESET SESSION AUTHORIZATION;
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role, application) VALUES ('acme', 'dev', 'developer', 'erp');
SELECT active FROM pat_auth.pat_verify(:'dev_token');

DELETE FROM pat_auth.token;
