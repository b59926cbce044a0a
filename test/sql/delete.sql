-- pat_delete: the owner's way to be rid of a token, for good (R22).
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'first', ARRAY['invoice_reader'], :'today'::date + 30) \gset
SELECT token_id AS other_id, token AS other_token
FROM pat_auth.pat_create('erp', 'second', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;

-- Nobody is signed in.
SELECT pat_auth.pat_delete(:token_id);
\echo :SQLSTATE

-- R24: for another user, of whatever tenant, it does not exist.
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_delete(%s)', :'token_id'));
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'useradmin');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_delete(%s)', :'token_id'));
ROLLBACK;

-- An administrator who may know of it revokes it; deleting is the owner's.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_delete(:token_id);
\echo :SQLSTATE
ROLLBACK;

-- Which token?
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_delete(NULL);
\echo :SQLSTATE
SELECT pat_auth.pat_delete(0);
\echo :SQLSTATE
SELECT pat_auth.pat_delete(9223372036854775807);
\echo :SQLSTATE

-- Gone, at once; a second time it does not exist.
SELECT pat_auth.pat_delete(:token_id);
SELECT active FROM pat_auth.pat_verify(:'token');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_delete(%s)', :'token_id'));
SELECT name, status FROM pat_auth.my_tokens;
COMMIT;
SELECT active FROM pat_auth.pat_verify(:'token');

-- R5: deleting stays possible when he may not have tokens any more. R22: and of a revoked one.
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET allow_pat_creation = false WHERE name = 'alice';
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:other_id, 'leaked');
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_delete(:other_id);
SELECT count(*) FROM pat_auth.my_tokens;
COMMIT;

-- R22: the audit trail keeps what happened.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT act, actor_user, details - 'expires_at' AS details FROM pat_auth.token_events WHERE token_id = :other_id ORDER BY event_id;
COMMIT;

RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE name = 'alice';
