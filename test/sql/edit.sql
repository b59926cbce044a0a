-- pat_edit: name, scopes and expiration date, by the owner (R18 to R20).
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'old name', ARRAY['invoice_reader'], :'today'::date + 30) \gset

-- R18: each of the three alone, the others stay. The result is the row as in my_tokens.
SELECT token_id = :token_id AS is_it, application, name, scopes, status,
    expires_at = (:'today'::date + 31)::timestamp AT TIME ZONE 'UTC' AS same_date
FROM pat_auth.pat_edit(:token_id, name => 'new name');
SELECT name, scopes, expires_at = (:'today'::date + 31)::timestamp AT TIME ZONE 'UTC' AS same_date
FROM pat_auth.pat_edit(:token_id, scopes => ARRAY['invoice_writer']);
SELECT name, scopes, expires_at = (:'today'::date + 61)::timestamp AT TIME ZONE 'UTC' AS new_date
FROM pat_auth.pat_edit(:token_id, expires_on => :'today'::date + 60);
SELECT name, scopes, expires_at = (:'today'::date + 2)::timestamp AT TIME ZONE 'UTC' AS new_date
FROM pat_auth.pat_edit(:token_id, 'all three', ARRAY['invoice_writer', 'invoice_reader'], :'today'::date + 1);
SELECT edited = my_tokens AS same_row FROM pat_auth.pat_edit(:token_id) AS edited, pat_auth.my_tokens;
COMMIT;

-- The secret stays the same.
SELECT active, scopes FROM pat_auth.pat_verify(:'token');

-- Under the rules of creation, for what is changed.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_edit(:token_id, name => '');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, name => E'\t');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, name => repeat('x', 201));
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, scopes => '{}');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, scopes => ARRAY[NULL::text]);
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, scopes => '{{invoice_reader}}');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, scopes => ARRAY['unknown']);
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, scopes => ARRAY['invoice_clerk']);
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, scopes => ARRAY['invoice_auditor']);
\echo :SQLSTATE
SELECT what, sqlstate, message LIKE 'expires\_on must be 1 day to 1 year from today, not %' AS message
FROM (VALUES
    ('0 days', :'today'),
    ('the past', (:'today'::date - 1)::text),
    ('a year and a day', ((:'today'::date + interval '1 year')::date + 1)::text),
    ('for ever', 'infinity')
) AS given (what, date)
CROSS JOIN LATERAL failure_of(format('SELECT pat_auth.pat_edit(%s, expires_on => %L)', :'token_id', date));

-- All or nothing: a good name beside a bad scope changes neither.
SELECT pat_auth.pat_edit(:token_id, name => 'half', scopes => ARRAY['unknown']);
\echo :SQLSTATE
SELECT name FROM pat_auth.my_tokens;

-- Which token?
SELECT pat_auth.pat_edit(NULL, name => 'x');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(0, name => 'x');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(-1, name => 'x');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(9223372036854775807, name => 'x');
\echo :SQLSTATE
COMMIT;

-- Nobody is signed in.
SELECT pat_auth.pat_edit(:token_id, name => 'x');
\echo :SQLSTATE

-- R24: somebody else's does not exist for him.
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT sqlstate, message = format('token %s does not exist', :'token_id') AS message
FROM failure_of(format('SELECT pat_auth.pat_edit(%s, name => %L)', :'token_id', 'x'));
ROLLBACK;

-- R18: an administrator may know of it, and still not edit it.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_edit(:token_id, name => 'x');
\echo :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT pat_auth.pat_edit(:token_id, name => 'x');
\echo :SQLSTATE
ROLLBACK;

-- R19: renaming an expired token does not revive it, a new date does.
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.token SET expires_at = clock_timestamp() - interval '1 day' WHERE token_id = :token_id;
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT name, status FROM pat_auth.pat_edit(:token_id, name => 'expired');
SELECT name, status FROM pat_auth.pat_edit(:token_id, expires_on => :'today'::date + 1);
COMMIT;
SELECT active FROM pat_auth.pat_verify(:'token');

-- R5: not while he is not allowed to have tokens.
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET allow_pat_creation = false WHERE name = 'alice';
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_edit(:token_id, name => 'x');
\echo :SQLSTATE
SELECT name, status FROM pat_auth.my_tokens;
ROLLBACK;
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE name = 'alice';

-- R20: nor a revoked one, by anyone.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:token_id);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT sqlstate, message = format('token %s was revoked', :'token_id') AS message, hint
FROM unnest(ARRAY['name => ''x''', 'scopes => ARRAY[''invoice_reader'']', 'expires_on => current_date + 30']) AS change
CROSS JOIN LATERAL failure_of(format('SELECT pat_auth.pat_edit(%s, %s)', :'token_id', change));
SELECT name, status FROM pat_auth.my_tokens;
ROLLBACK;
SELECT active FROM pat_auth.pat_verify(:'token');

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
