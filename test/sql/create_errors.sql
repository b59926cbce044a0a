-- pat_create: what it refuses, and with which words.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SELECT :'today'::date + 30 AS date \gset
SET SESSION AUTHORIZATION regress_backend;

-- R6: nobody is signed in.
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE

BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');

-- R7: everything is required.
SELECT token_id FROM pat_auth.pat_create(NULL, 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', NULL, ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', NULL, :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], NULL);
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', '{}', :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader', NULL], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', '{{invoice_reader},{invoice_writer}}', :'date');
\echo :SQLSTATE

-- An array with other bounds is an array.
SELECT count(*) FROM pat_auth.pat_create('erp', 'name', '[5:6]={invoice_reader,invoice_writer}', :'date');

-- Names: 1 to 200 characters, no control characters, no blank at either end.
SELECT token_id FROM pat_auth.pat_create('erp', '', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', '   ', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', ' name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name ', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', E'na\nme', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', E'na\x1b[31mme', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', U&'na\0085me', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', repeat('x', 201), ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', repeat('x', 1000000), ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE

-- R8: 0 days, the past, more than a year, no date at all. The messages name the range.
SELECT what, failure.sqlstate,
    failure.message = format('expires_on must be 1 day to 1 year from today, not %s', to_char(date, 'YYYY-MM-DD')) AS message,
    failure.detail = format('Today, UTC, dates from %s to %s can be given.',
        to_char(:'today'::date + 1, 'YYYY-MM-DD'), to_char(:'today'::date + interval '1 year', 'YYYY-MM-DD')) AS detail
FROM (VALUES
    ('0 days', :'today'::date),
    ('the past', :'today'::date - 1),
    ('a year and a day', (:'today'::date + interval '1 year')::date + 1),
    ('ten years', (:'today'::date + interval '10 years')::date),
    ('a year of five digits', '10000-01-01')
) AS given (what, date)
CROSS JOIN LATERAL
    failure_of(format($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], %L)$$, date)) AS failure;
SELECT sqlstate, message
FROM failure_of($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], 'infinity')$$);
SELECT sqlstate, message
FROM failure_of($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], '-infinity')$$);
SELECT sqlstate, message
FROM failure_of($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], '5874897-12-31')$$);
SELECT sqlstate, message
FROM failure_of($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], '4713-01-01 BC')$$);
SELECT sqlstate, message
FROM failure_of($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], '0044-03-15 BC')$$);

-- R9: each scope must be allowed, available, and among his own roles.
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader', 'invoice_clerk'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_auditor'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('crm', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE

-- Unknown ones. R12: of this application.
SELECT token_id FROM pat_auth.pat_create('unknown', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['unknown'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('crm', 'name', ARRAY['invoice_writer'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['licensing'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY[''], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY[U&'invo\0456ce_reader'], :'date');
\echo :SQLSTATE
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY[$$'; SELECT 1; --$$], :'date');
\echo :SQLSTATE
ROLLBACK;

-- R5: he is not allowed to.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'carol');
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
ROLLBACK;

-- R3: the application does not allow it, for anybody, or for his tenant; or it is not active.
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.application SET allow_personal_access_tokens = false WHERE name = 'erp';
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
ROLLBACK;
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.application SET allow_personal_access_tokens = true WHERE name = 'erp';
INSERT INTO pat_auth.application_tenant (application, tenant, allow_personal_access_tokens) VALUES ('erp', 'acme', false);
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT count(*) FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
ROLLBACK;
RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.application_tenant;
UPDATE pat_auth.application SET is_active = false WHERE name = 'erp';
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
ROLLBACK;
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.application SET is_active = true WHERE name = 'erp';

-- R6: a token makes, changes and deletes no token.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token, token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date') \gset
COMMIT;
SET pat_auth.token = :'token';
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
SELECT pat_auth.pat_edit(:token_id, name => 'other');
\echo :SQLSTATE
SELECT pat_auth.pat_delete(:token_id);
\echo :SQLSTATE
SELECT pat_auth.pat_revoke(:token_id);
\echo :SQLSTATE
RESET pat_auth.token;

-- R6: the rule holds for superusers too, who are nobody's user.
RESET SESSION AUTHORIZATION;
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE

-- In a read-only transaction.
SET SESSION AUTHORIZATION regress_backend;
BEGIN READ ONLY;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id FROM pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader'], :'date');
\echo :SQLSTATE
ROLLBACK;

-- None of these has left anything.
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM pat_auth.token WHERE token_id <> :token_id;
DELETE FROM pat_auth.token;
