-- Who acts: signing a user or a token in for one transaction, and out again.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;

-- A trusted backend signs a user in. R6: interactively, so he can create a token.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_tenant(), pat_auth.pat_user(), pat_auth.pat_application(), pat_auth.pat_token_id();
SELECT token_id, token FROM pat_auth.pat_create('erp', 'sign_in', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;

-- The identity ends with its transaction.
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
ROLLBACK;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;

-- R11: the token acts as its owner, within its one scope.
SET SESSION AUTHORIZATION regress_app;
BEGIN;
SELECT pat_auth.pat_login(:'token', '192.0.2.7');
SELECT pat_auth.pat_tenant(), pat_auth.pat_user(), pat_auth.pat_application(), pat_auth.pat_token_id() = :token_id AS is_token;
SELECT pat_auth.pat_scopes('erp');
SELECT * FROM invoice ORDER BY id;

-- No identity for the rest of the transaction.
SELECT pat_auth.pat_logout();
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
SELECT * FROM invoice ORDER BY id;

-- The same identity again is fine, and logging out twice too.
SELECT pat_auth.pat_login(:'token');
SELECT pat_auth.pat_logout(), pat_auth.pat_logout();
COMMIT;

-- Outside a transaction block it is gone with its statement: a warning, as SET LOCAL gives.
SELECT pat_auth.pat_login(:'token');
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
SELECT pat_auth.pat_logout();
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
-- In a block of several statements it is not.
DO $$
BEGIN
    PERFORM pat_auth.pat_login_user('acme', 'alice');
    RAISE NOTICE 'it is %', pat_auth.pat_user();
END
$$;

-- One identity a transaction: another one is refused at its first use.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_login_user('globex', 'bob');
\echo :SQLSTATE
SELECT pat_auth.pat_login(:'token');
\echo :SQLSTATE
SELECT pat_auth.pat_user();
SELECT pat_auth.pat_login_user('acme', 'alice');
ROLLBACK;

-- … also when the savepoint in which the first one was used was rolled back.
BEGIN;
SAVEPOINT before;
SELECT pat_auth.pat_login_user('acme', 'alice');
ROLLBACK TO before;
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
SELECT pat_auth.pat_login(:'token');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user('acme', 'alice');
COMMIT;

-- ROLLBACK TO restores what was before the savepoint.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SAVEPOINT before;
SELECT pat_auth.pat_logout();
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
ROLLBACK TO before;
SELECT pat_auth.pat_user();
COMMIT;

-- Bad input: a user.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'nobody');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user('globex', 'alice');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user('acme', 'Alice');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user('', '');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user('acme', $$alice' OR true --$$);
\echo :SQLSTATE
-- (The first letter is Cyrillic.)
SELECT pat_auth.pat_login_user('acme', U&'\0430lice');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user(NULL, 'alice');
\echo :SQLSTATE
SELECT pat_auth.pat_login_user('acme', NULL);
\echo :SQLSTATE
SELECT pat_auth.pat_user() IS NULL AS is_nobody;
ROLLBACK;

-- R15: nor somebody who may not act now.
BEGIN;
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET is_active = false WHERE name = 'bob';
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_login_user('globex', 'bob');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET is_active = true, begins_on = :'today'::date + 1 WHERE name = 'bob';
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_login_user('globex', 'bob');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET begins_on = NULL, ends_on = :'today'::date - 1 WHERE name = 'bob';
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_login_user('globex', 'bob');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET begins_on = :'today', ends_on = :'today' WHERE name = 'bob';
UPDATE pat_auth.tenant SET is_active = false WHERE name = 'globex';
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_login_user('globex', 'bob');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.tenant SET is_active = true WHERE name = 'globex';
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_login_user('globex', 'bob');
ROLLBACK;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
