-- pat_grant_access and pat_revoke_access: nothing is PUBLIC's, and what a database role gets.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token FROM pat_auth.pat_create('erp', 'access', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;

-- Without access: not the schema, and not a protected table either, whatever was granted on it.
SET SESSION AUTHORIZATION regress_nobody;
SELECT pat_auth.pat_user();
\echo :SQLSTATE
SELECT * FROM pat_auth.my_tokens;
\echo :SQLSTATE
SELECT * FROM invoice;
\echo :SQLSTATE
INSERT INTO invoice VALUES (9, 'acme', 1);
\echo :SQLSTATE
SET pat_auth.token = :'token';
SELECT * FROM invoice;
\echo :SQLSTATE
RESET pat_auth.token;

-- Given by the DBA: token traffic, and no right to sign users in.
RESET SESSION AUTHORIZATION;
SELECT pat_auth.pat_grant_access('regress_nobody');
SET SESSION AUTHORIZATION regress_nobody;
SET pat_auth.token = :'token';
SELECT pat_auth.pat_user();
SELECT * FROM invoice ORDER BY id;
SELECT pat_auth.pat_login_user('acme', 'alice');
\echo :SQLSTATE
RESET pat_auth.token;

-- That is asked for; said again without it, it is taken back.
RESET SESSION AUTHORIZATION;
SELECT pat_auth.pat_grant_access('regress_nobody', may_sign_in_users => true);
SET SESSION AUTHORIZATION regress_nobody;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT pat_auth.pat_grant_access('regress_nobody');
SET SESSION AUTHORIZATION regress_nobody;
SELECT pat_auth.pat_login_user('acme', 'alice');
\echo :SQLSTATE

-- What no role gets: the tokens, the audit trail itself, the compact keys, giving access.
SELECT * FROM pat_auth.token;
\echo :SQLSTATE
SELECT * FROM pat_auth.token_event;
\echo :SQLSTATE
SELECT nextval('pat_auth.token_token_id_seq');
\echo :SQLSTATE
TRUNCATE pat_auth.tenant;
\echo :SQLSTATE
UPDATE pat_auth.tenant SET tenant_id = DEFAULT;
\echo :SQLSTATE
CREATE TABLE pat_auth.mine (id integer);
\echo :SQLSTATE
SELECT pat_auth.pat_grant_access('regress_nobody', true);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke_access('regress_app');
\echo :SQLSTATE

-- Nor does it hand on what it has.
GRANT EXECUTE ON FUNCTION pat_auth.pat_user() TO PUBLIC;

-- All of it is taken back.
RESET SESSION AUTHORIZATION;
SELECT pat_auth.pat_revoke_access('regress_nobody');
SELECT has_schema_privilege('regress_nobody', 'pat_auth', 'USAGE') AS schema,
    (SELECT count(*) FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace
        AND has_function_privilege('regress_nobody', oid, 'EXECUTE')) AS functions,
    (SELECT count(*) FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v')
        AND (has_table_privilege('regress_nobody', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
            OR has_any_column_privilege('regress_nobody', oid, 'SELECT, INSERT, UPDATE, REFERENCES'))) AS tables,
    (SELECT count(*) FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace
        AND CASE relkind WHEN 'S' THEN has_sequence_privilege('regress_nobody', oid, 'USAGE, SELECT, UPDATE') END) AS sequences;
SET SESSION AUTHORIZATION regress_nobody;
SELECT pat_auth.pat_user();
\echo :SQLSTATE
SELECT * FROM invoice;
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;

-- Taking back what is not there is no error.
SELECT pat_auth.pat_revoke_access('regress_nobody');

-- Bad input.
SELECT pat_auth.pat_grant_access(NULL);
\echo :SQLSTATE
SELECT pat_auth.pat_grant_access('regress_unknown');
\echo :SQLSTATE
SELECT pat_auth.pat_grant_access(1::oid::regrole);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke_access(NULL);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke_access('regress_unknown');
\echo :SQLSTATE
SELECT pat_auth.pat_revoke_access(1::oid::regrole);
\echo :SQLSTATE

DELETE FROM pat_auth.token;
