-- What an application asks of the identity in force.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset

-- With no identity: null, empty, false.
SET SESSION AUTHORIZATION regress_backend;
SELECT pat_auth.pat_tenant() IS NULL AS tenant, pat_auth.pat_user() IS NULL AS user_name,
    pat_auth.pat_application() IS NULL AS application, pat_auth.pat_token_id() IS NULL AS token_id;
SELECT pat_auth.pat_scopes('erp'), pat_auth.pat_has_scope('erp', 'invoice_reader');
SELECT pat_auth.pat_require_scope('erp', 'invoice_reader');
\echo :SQLSTATE

-- An interactive user has his roles, whether tokens may have them or not.
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT pat_auth.pat_scopes('erp'), pat_auth.pat_scopes('crm'), pat_auth.pat_scopes('administration');
SELECT pat_auth.pat_has_scope('erp', 'invoice_writer'), pat_auth.pat_has_scope('erp', 'invoice_clerk');
SELECT token AS bobs_token
FROM pat_auth.pat_create('erp', 'reader', ARRAY['invoice_reader', 'invoice_writer'], :'today'::date + 1) \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_scopes('erp'), pat_auth.pat_scopes('crm');
SELECT token AS alices_token FROM pat_auth.pat_create('erp', 'reader', ARRAY['invoice_reader'], :'today'::date + 1) \gset
COMMIT;

-- R11: a token has its scopes and no other role of its owner; in order of name.
SET SESSION AUTHORIZATION regress_app;
BEGIN;
SELECT pat_auth.pat_login(:'alices_token');
SELECT pat_auth.pat_scopes('erp');
SELECT pat_auth.pat_has_scope('erp', 'invoice_reader'), pat_auth.pat_has_scope('erp', 'invoice_writer');
SELECT pat_auth.pat_require_scope('erp', 'invoice_reader');
SELECT pat_auth.pat_require_scope('erp', 'invoice_writer');
\echo :SQLSTATE
ROLLBACK;

-- R12: one application; the role of equal name in another one is another role.
BEGIN;
SELECT pat_auth.pat_login(:'bobs_token');
SELECT pat_auth.pat_scopes('erp'), pat_auth.pat_scopes('crm');
SELECT pat_auth.pat_has_scope('crm', 'invoice_reader');
SELECT pat_auth.pat_require_scope('crm', 'invoice_reader');
\echo :SQLSTATE
ROLLBACK;

-- R11: and no more than its owner's rights now. See permissions_changed.sql for the whole of R17.
SET pat_auth.token = :'alices_token';
SELECT pat_auth.pat_has_scope('erp', 'invoice_reader');
RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.user_group_member WHERE user_name = 'alice';
SET SESSION AUTHORIZATION regress_app;
SELECT pat_auth.pat_has_scope('erp', 'invoice_reader');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'accounting', 'alice');
SET SESSION AUTHORIZATION regress_app;
SELECT pat_auth.pat_has_scope('erp', 'invoice_reader');

-- Names are compared literally.
SELECT pat_auth.pat_has_scope('ERP', 'invoice_reader'), pat_auth.pat_has_scope('erp', 'INVOICE_READER'),
    pat_auth.pat_has_scope('erp', 'invoice_reader '), pat_auth.pat_has_scope('erp', 'invoice_%'),
    pat_auth.pat_has_scope('erp', U&'invo\0456ce_reader'), pat_auth.pat_has_scope('', ''),
    pat_auth.pat_has_scope('erp', repeat('x', 1000000));

-- Bad input: asking for nothing finds nothing, requiring nothing is an error.
SELECT pat_auth.pat_scopes(NULL), pat_auth.pat_scopes('unknown'), pat_auth.pat_scopes('');
SELECT pat_auth.pat_has_scope(NULL, 'invoice_reader'), pat_auth.pat_has_scope('erp', NULL);
SELECT pat_auth.pat_require_scope(NULL, 'invoice_reader');
\echo :SQLSTATE
SELECT pat_auth.pat_require_scope('erp', NULL);
\echo :SQLSTATE
SELECT pat_auth.pat_require_scope('unknown', 'invoice_reader');
\echo :SQLSTATE
SELECT pat_auth.pat_require_scope('erp', $$quote ' and " and \$$);
\echo :SQLSTATE
RESET pat_auth.token;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
