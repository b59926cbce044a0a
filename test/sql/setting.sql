-- pat_auth.token: the token as the session's state.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'setting', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT token AS bobs_token FROM pat_auth.pat_create('erp', 'setting', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;
SET SESSION AUTHORIZATION regress_app;

-- SET: for the session, verified anew in each transaction.
SET pat_auth.token = :'token';
SELECT pat_auth.pat_tenant(), pat_auth.pat_user();
SELECT pat_auth.pat_tenant(), pat_auth.pat_user();
SELECT * FROM invoice ORDER BY id;

-- R10: what can be read is a mask, and pg_settings does not have it.
SHOW pat_auth.token;
SELECT current_setting('pat_auth.token');
SELECT count(*) FROM pg_settings WHERE name = 'pat_auth.token';
SELECT set_config('pat_auth.token', :'token', false) = '********' AS is_masked;

-- Another token follows in another transaction.
SET pat_auth.token = :'bobs_token';
SELECT pat_auth.pat_tenant(), pat_auth.pat_user();

-- RESET, SET … TO DEFAULT, the empty text and DISCARD ALL: nobody.
RESET pat_auth.token;
SELECT pat_auth.pat_user() IS NULL AS is_nobody, current_setting('pat_auth.token') AS shown;
SET pat_auth.token = :'token';
SET pat_auth.token TO DEFAULT;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
SET pat_auth.token = :'token';
SET pat_auth.token = '';
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
SET pat_auth.token = :'token';
RESET SESSION AUTHORIZATION;
DISCARD ALL;
SET SESSION AUTHORIZATION regress_app;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;

-- SET LOCAL and set_config(…, true): for the transaction, or up to ROLLBACK TO.
BEGIN;
SET LOCAL pat_auth.token = :'token';
SELECT pat_auth.pat_user();
COMMIT;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
BEGIN;
SELECT set_config('pat_auth.token', :'token', true);
SELECT pat_auth.pat_user();
COMMIT;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
BEGIN;
SAVEPOINT before;
SET LOCAL pat_auth.token = :'token';
SELECT pat_auth.pat_user();
ROLLBACK TO before;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
SELECT * FROM invoice ORDER BY id;
COMMIT;

-- A SET whose transaction is rolled back has not happened.
BEGIN;
SET pat_auth.token = :'token';
SELECT pat_auth.pat_user();
ROLLBACK;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;

-- Logging out ends with the transaction, the session's token comes back.
SET pat_auth.token = :'token';
BEGIN;
SELECT pat_auth.pat_logout();
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
COMMIT;
SELECT pat_auth.pat_user();

-- One identity a transaction: setting another token is fine, using it is not.
BEGIN;
SELECT pat_auth.pat_user();
SAVEPOINT before;
SET LOCAL pat_auth.token = :'bobs_token';
SELECT pat_auth.pat_user();
\echo :SQLSTATE
ROLLBACK TO before;
SELECT pat_auth.pat_user();
SET LOCAL pat_auth.token = :'bobs_token';
SELECT * FROM invoice;
\echo :SQLSTATE
ROLLBACK;
BEGIN;
SET LOCAL pat_auth.token = :'bobs_token';
SELECT pat_auth.pat_user();
ROLLBACK;

-- … even if the first one was used in a savepoint that was rolled back.
BEGIN;
SAVEPOINT before;
SELECT pat_auth.pat_user();
ROLLBACK TO before;
SET LOCAL pat_auth.token = :'bobs_token';
SELECT pat_auth.pat_user();
\echo :SQLSTATE
ROLLBACK;

-- Malformed: refused at once, never quoted, and what was set before stays.
SET pat_auth.token = 'nonsense';
\echo :SQLSTATE
SELECT set_config('pat_auth.token', 'pat_' || repeat('0', 60), false);
\echo :SQLSTATE
SELECT set_config('pat_auth.token', :'token' || ' ', false);
\echo :SQLSTATE
SELECT set_config('pat_auth.token', repeat('x', 1000000), false);
\echo :SQLSTATE
SELECT set_config('pat_auth.token', E'\n', false);
\echo :SQLSTATE
SET pat_auth.token = 1;
\echo :SQLSTATE
SET pat_auth.token = 'one', 'two';
\echo :SQLSTATE
SELECT pat_auth.pat_user();

-- set_config(…, NULL, …) resets, as it does any setting.
SELECT set_config('pat_auth.token', NULL, false);
SELECT pat_auth.pat_user() IS NULL AS is_nobody;

-- Nobody forges it: what the tables hold, and what memory holds, is no credential.
RESET SESSION AUTHORIZATION;
SELECT token_id || ':' || lpad(to_hex(digest_head), 16, '0') || encode(digest_tail, 'hex') AS state,
    lpad(to_hex(digest_head), 16, '0') || encode(digest_tail, 'hex') AS digest
FROM pat_auth.token WHERE token_id = :token_id \gset
SELECT encode(sha256(:'token'::bytea), 'hex') = :'digest' AS is_its_digest;
SET SESSION AUTHORIZATION regress_app;
SET pat_auth.token = :'state';
\echo :SQLSTATE
SET pat_auth.token = :'digest';
\echo :SQLSTATE
SELECT pat_auth.pat_login(:'state');
\echo :SQLSTATE
SET pat_auth.token = '********';
\echo :SQLSTATE

-- Nor a signed-in user.
SELECT user_id FROM pat_auth.app_user;
SET pat_auth.signed_in_user = '1';
\echo :SQLSTATE
SELECT set_config('pat_auth.signed_in_user', '1', true);
\echo :SQLSTATE
SHOW pat_auth.signed_in_user;

-- No other setting of that prefix can be made up.
SET pat_auth.tokens = 'x';
\echo :SQLSTATE

-- R10: it cannot be stored: by a function, a role, a database, the configuration.
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql SET pat_auth.token = :'token' AS 'SELECT pat_auth.pat_user()';
\echo :SQLSTATE
SET pat_auth.token = :'token';
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql SET pat_auth.token FROM CURRENT AS 'SELECT pat_auth.pat_user()';
\echo :SQLSTATE
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql AS 'SELECT pat_auth.pat_user()';
ALTER FUNCTION pg_temp.stored() SET pat_auth.token = :'token';
\echo :SQLSTATE
ALTER ROLE regress_app SET pat_auth.token = :'token';
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT current_database() AS database \gset
ALTER DATABASE :"database" SET pat_auth.token = :'token';
\echo :SQLSTATE
ALTER ROLE regress_app IN DATABASE :"database" SET pat_auth.token = :'token';
\echo :SQLSTATE
ALTER SYSTEM SET pat_auth.token = :'token';
\echo :SQLSTATE
SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text LIKE '%pat\_auth.token%';
SET SESSION AUTHORIZATION regress_app;

-- A function may put it away for itself: that is SET LOCAL to nobody.
CREATE FUNCTION pg_temp.without() RETURNS text LANGUAGE sql SET pat_auth.token = '' AS 'SELECT pat_auth.pat_user()';
SELECT pg_temp.without() IS NULL AS is_nobody, pat_auth.pat_user();

-- Prepared statements have no identity of their own.
PREPARE whoami AS SELECT pat_auth.pat_user(), (SELECT count(*) FROM invoice);
EXECUTE whoami;
SET pat_auth.token = :'bobs_token';
EXECUTE whoami;
RESET pat_auth.token;
EXECUTE whoami;
DEALLOCATE whoami;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
