-- The set-up tasks, one call each, by those who may (R1 to R5).
\set SHOW_CONTEXT never
SET SESSION AUTHORIZATION regress_backend;

-- R3: main administrators and application administrators allow tokens in an application, and narrower for a tenant.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_allow_application('crm', false);
SELECT allow_personal_access_tokens FROM pat_auth.application WHERE name = 'crm';
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'appadmin');
SELECT pat_auth.pat_allow_application('crm', true);
SELECT allow_personal_access_tokens FROM pat_auth.application WHERE name = 'crm';
SELECT pat_auth.pat_allow_application('erp', allow => false, tenant => 'globex');
SELECT application, tenant, allow_personal_access_tokens FROM pat_auth.application_tenant;
SELECT pat_auth.pat_allow_application('erp', allow => true, tenant => 'globex');
-- It inherits the application's decision.
SELECT application, tenant, allow_personal_access_tokens FROM pat_auth.application_tenant WHERE NOT allow_personal_access_tokens;
-- Saying what is so already is no error.
SELECT pat_auth.pat_allow_application('crm', true);
COMMIT;

-- R1: a developer of the application allows a role; R2: an owner of it makes it available.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_allow_role('erp', 'invoice_clerk', true);
SELECT allowed_for_pat, available_for_pat FROM pat_auth.role WHERE name = 'invoice_clerk';
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_clerk', true);
SELECT allowed_for_pat, available_for_pat FROM pat_auth.role WHERE name = 'invoice_clerk';
COMMIT;
-- R1: withdrawing the allowance withdraws the availability.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_allow_role('erp', 'invoice_clerk', false);
SELECT allowed_for_pat, available_for_pat FROM pat_auth.role WHERE name = 'invoice_clerk';
COMMIT;
-- R2: a main administrator makes roles of every application available, and withdraws that.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_set_role_available('crm', 'invoice_reader', false);
SELECT available_for_pat FROM pat_auth.role WHERE application = 'crm';
SELECT pat_auth.pat_set_role_available('crm', 'invoice_reader', true);
SELECT available_for_pat FROM pat_auth.role WHERE application = 'crm';
COMMIT;

-- R5: main administrators, and user administrators in their own tenant, allow a user to create tokens.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT pat_auth.pat_allow_user('acme', 'carol', true);
SELECT allow_pat_creation FROM pat_auth.app_user WHERE name = 'carol';
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_allow_user('acme', 'carol', false);
SELECT pat_auth.pat_allow_user('globex', 'bob', true);
SELECT allow_pat_creation FROM pat_auth.app_user WHERE name = 'carol';
COMMIT;

-- R5: roles of a user, through the group that he has for himself: main administrators, user administrators of his
-- tenant, owners of the application.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_assign_role('acme', 'carol', 'erp', 'invoice_reader');
-- True also when he had it so already.
SELECT pat_auth.pat_assign_role('acme', 'carol', 'erp', 'invoice_reader');
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT pat_auth.pat_assign_role('acme', 'carol', 'erp', 'invoice_writer');
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT pat_auth.pat_assign_role('acme', 'carol', 'erp', 'invoice_auditor');
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'carol');
SELECT pat_auth.pat_scopes('erp');
COMMIT;
-- He has one group for himself, and is alone in it.
RESET SESSION AUTHORIZATION;
SELECT user_name, count(*) FROM pat_auth.user_group JOIN pat_auth.user_group_member
    ON user_group_member.tenant = user_group.tenant AND user_group_member.user_group = user_group.name
WHERE personal_user_id IS NOT NULL GROUP BY user_name;
SET SESSION AUTHORIZATION regress_backend;
-- Taken back; false when there is nothing to take.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT pat_auth.pat_unassign_role('acme', 'carol', 'erp', 'invoice_auditor');
SELECT pat_auth.pat_unassign_role('acme', 'carol', 'erp', 'invoice_auditor');
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT pat_auth.pat_unassign_role('acme', 'carol', 'erp', 'invoice_writer');
SELECT pat_auth.pat_unassign_role('acme', 'carol', 'erp', 'invoice_reader');
-- Through another group he still has it: said in a warning.
SELECT pat_auth.pat_unassign_role('acme', 'alice', 'erp', 'invoice_reader');
SELECT pat_auth.pat_unassign_role('acme', 'carol', 'crm', 'invoice_reader');
-- Not where his membership has ended.
SAVEPOINT before_the_end;
UPDATE pat_auth.user_group_member SET ends_on = '2020-12-31' WHERE user_name = 'alice';
SELECT pat_auth.pat_unassign_role('acme', 'alice', 'erp', 'invoice_reader');
ROLLBACK TO before_the_end;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'carol');
SELECT pat_auth.pat_scopes('erp');
COMMIT;

-- R29: a superuser needs no identity.
RESET SESSION AUTHORIZATION;
SELECT pat_auth.pat_allow_application('crm', true), pat_auth.pat_allow_role('erp', 'invoice_clerk', false),
    pat_auth.pat_set_role_available('erp', 'invoice_reader', true), pat_auth.pat_allow_user('acme', 'carol', false),
    pat_auth.pat_assign_role('acme', 'carol', 'erp', 'invoice_reader'),
    pat_auth.pat_unassign_role('acme', 'carol', 'erp', 'invoice_reader');

DELETE FROM pat_auth.user_group WHERE personal_user_id IS NOT NULL;
DELETE FROM pat_auth.application_tenant;
