-- pat_revoke: the administrators' way to end a token, for good (R20, R21, R24).
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'first', ARRAY['invoice_reader'], :'today'::date + 30) \gset
SELECT token_id AS other_id, token AS other_token
FROM pat_auth.pat_create('erp', 'second', ARRAY['invoice_reader'], :'today'::date + 30) \gset

-- R21: an owner who is no such administrator cannot revoke.
SELECT pat_auth.pat_revoke(:token_id);
\echo :SQLSTATE
COMMIT;

-- Nobody is signed in.
SELECT pat_auth.pat_revoke(:token_id);
\echo :SQLSTATE

-- R24: for everybody else it does not exist: another user, another tenant's user administrator, the other administrators.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'carol');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_revoke(%s)', :'token_id'));
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'useradmin');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_revoke(%s)', :'token_id'));
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'appadmin');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_revoke(%s)', :'token_id'));
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_revoke(%s)', :'token_id'));
ROLLBACK;
SELECT active FROM pat_auth.pat_verify(:'token');

-- Which token, which reason?
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT pat_auth.pat_revoke(NULL);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke(0);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke(-9223372036854775808);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke(:token_id, repeat('x', 1001));
\echo :SQLSTATE

-- R21: a user administrator, in his own tenant, with a reason. At once.
SELECT active FROM pat_auth.pat_verify(:'token');
SELECT pat_auth.pat_revoke(:token_id, $$leaked: see 'ticket 7'$$);
SELECT active FROM pat_auth.pat_verify(:'token');
SELECT status, status_detail, revoked_at >= created_at AS is_revoked, revoke_reason
FROM pat_auth.token_overview WHERE token_id = :token_id;

-- Idempotent: true again, and the first reason and time stay.
SELECT revoked_at AS first_time FROM pat_auth.token_overview WHERE token_id = :token_id \gset
SELECT pat_auth.pat_revoke(:token_id, 'another reason');
SELECT pat_auth.pat_revoke(:token_id);
SELECT revoked_at = :'first_time' AS same_time, revoke_reason FROM pat_auth.token_overview WHERE token_id = :token_id;
COMMIT;

-- R16: the other one is left alone.
SELECT active FROM pat_auth.pat_verify(:'other_token');

-- R21: a main administrator, in all tenants, without a reason.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:other_id);
COMMIT;
SELECT active FROM pat_auth.pat_verify(:'other_token');
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT token_id AS bobs_id, token AS bobs_token
FROM pat_auth.pat_create('erp', 'third', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:bobs_id, '');
COMMIT;
SELECT active FROM pat_auth.pat_verify(:'bobs_token');

-- The owner learns of it, with the reason.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT name, status, status_detail, revoke_reason FROM pat_auth.my_tokens ORDER BY name;
COMMIT;

-- R30: in force at the next statement of an open transaction, at every isolation level.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT token_id, token FROM pat_auth.pat_create('administration', 'mine', ARRAY['licensing'], :'today'::date + 30) \gset
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT status FROM pat_auth.my_tokens;
SELECT pat_auth.pat_revoke(:token_id);
SELECT active FROM pat_auth.pat_verify(:'token');
COMMIT;

-- In a read-only transaction.
BEGIN READ ONLY;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:token_id);
\echo :SQLSTATE
ROLLBACK;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
