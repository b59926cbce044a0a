-- R17: while any scope is not grantable to its owner, the whole token is inactive, and the view says why.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token
FROM pat_auth.pat_create('erp', 'both', ARRAY['invoice_reader', 'invoice_writer'], :'today'::date + 30) \gset
SELECT status, status_detail = format('It works until the end of %s UTC.', to_char(:'today'::date + 30, 'YYYY-MM-DD')) AS detail
FROM pat_auth.my_tokens;
COMMIT;

-- The availability of one of its two roles is withdrawn.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', false);
COMMIT;
SELECT active FROM pat_auth.pat_verify(:'token');
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT scopes, status, status_detail FROM pat_auth.my_tokens;
COMMIT;

-- It works again when the administrator restores the role: nothing had happened to the token.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true);
COMMIT;
SELECT active, scopes FROM pat_auth.pat_verify(:'token');

-- R1: a developer withdraws the allowance, and with it the availability, which does not come back by itself.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_allow_role('erp', 'invoice_writer', false);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT status, status_detail FROM pat_auth.my_tokens;
SELECT allowed_for_pat, available_for_pat FROM pat_auth.role WHERE application = 'erp' AND name = 'invoice_writer';
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_allow_role('erp', 'invoice_writer', true);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT status, status_detail FROM pat_auth.my_tokens;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true);
COMMIT;
SELECT active FROM pat_auth.pat_verify(:'token');

-- The owner is no longer in the group that has the roles; then his membership has ended.
RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.user_group_role WHERE tenant = 'acme' AND role = 'invoice_writer';
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT status, status_detail FROM pat_auth.my_tokens;
SELECT pat_auth.pat_scopes('erp');
COMMIT;
RESET SESSION AUTHORIZATION;
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'accounting', 'erp', 'invoice_writer');
UPDATE pat_auth.user_group_member SET ends_on = :'today'::date - 1 WHERE user_name = 'alice';
SELECT active FROM pat_auth.pat_verify(:'token');
UPDATE pat_auth.user_group_member SET begins_on = :'today'::date + 1, ends_on = NULL WHERE user_name = 'alice';
SELECT active FROM pat_auth.pat_verify(:'token');
UPDATE pat_auth.user_group_member SET begins_on = :'today', ends_on = :'today' WHERE user_name = 'alice';
SELECT active FROM pat_auth.pat_verify(:'token');
UPDATE pat_auth.user_group_member SET begins_on = NULL, ends_on = NULL WHERE user_name = 'alice';

-- Gaining roles changes nothing.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_assign_role('acme', 'alice', 'crm', 'invoice_reader');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', true);
SELECT active, application, scopes FROM pat_auth.pat_verify(:'token');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', false);
SELECT pat_auth.pat_unassign_role('acme', 'alice', 'crm', 'invoice_reader');
COMMIT;

-- The other way out: the owner edits the scopes.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', false);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT status FROM pat_auth.my_tokens;
SELECT status FROM pat_auth.pat_edit(:token_id, name => 'renamed');
SELECT scopes, status FROM pat_auth.pat_edit(:token_id, scopes => ARRAY['invoice_reader']);
COMMIT;
SELECT active, scopes FROM pat_auth.pat_verify(:'token');

-- Of several statuses the gravest is shown: expired, permissions_changed, blocked, revoked.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', false);
COMMIT;
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.token SET expires_at = clock_timestamp() - interval '1 day';
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT status FROM pat_auth.my_tokens;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', true);
SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true);
SELECT status, status_detail LIKE 'It expired at the end of % UTC; it works again when its owner gives it a new date.' AS detail
FROM pat_auth.token_overview;
SELECT pat_auth.pat_allow_application('erp', false);
SELECT status, status_detail FROM pat_auth.token_overview;
SELECT pat_auth.pat_allow_application('erp', true);
SELECT pat_auth.pat_allow_application('erp', false, 'acme');
SELECT status, status_detail FROM pat_auth.token_overview;
SELECT pat_auth.pat_allow_application('erp', true, 'acme');
SELECT pat_auth.pat_allow_user('acme', 'alice', false);
SELECT status, status_detail FROM pat_auth.token_overview;
SELECT pat_auth.pat_revoke(:token_id);
SELECT status, status_detail FROM pat_auth.token_overview;
SELECT pat_auth.pat_allow_user('acme', 'alice', true);
COMMIT;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.application_tenant;
DELETE FROM pat_auth.token;
