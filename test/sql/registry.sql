-- R29: the set-up by plain DML, under the same rules as the tasks. The row that one may see but not change answers
-- with 42501, the one that one may not see does not exist.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SET SESSION AUTHORIZATION regress_backend;

-- With no identity every table that holds users' rows is empty, and nothing can be written.
SELECT (SELECT count(*) FROM pat_auth.tenant) + (SELECT count(*) FROM pat_auth.app_user)
    + (SELECT count(*) FROM pat_auth.user_group) + (SELECT count(*) FROM pat_auth.user_group_member)
    + (SELECT count(*) FROM pat_auth.user_group_role) + (SELECT count(*) FROM pat_auth.administrator) AS rows;
INSERT INTO pat_auth.tenant (name) VALUES ('initech');
\echo :SQLSTATE
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'alice', 'main_administrator');
\echo :SQLSTATE
UPDATE pat_auth.app_user SET allow_pat_creation = true;
\echo :ROW_COUNT
DELETE FROM pat_auth.administrator;
\echo :ROW_COUNT
TRUNCATE pat_auth.administrator;
\echo :SQLSTATE

-- A main administrator: tenants, applications, users, groups, administrators, everywhere.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
INSERT INTO pat_auth.tenant (name) VALUES ('initech');
INSERT INTO pat_auth.application (name) VALUES ('wiki');
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('initech', 'peter'), ('initech', 'milton');
INSERT INTO pat_auth.user_group (tenant, name) VALUES ('initech', 'staff');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('initech', 'staff', 'peter');
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('initech', 'staff', 'erp', 'invoice_reader');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('initech', 'milton', 'user_administrator');
INSERT INTO pat_auth.application_tenant (application, tenant, allow_personal_access_tokens) VALUES ('wiki', 'initech', false);
SELECT name, is_active, allow_personal_access_tokens FROM pat_auth.application ORDER BY name;
SELECT tenant, name, is_active, begins_on, ends_on, allow_pat_creation FROM pat_auth.app_user WHERE tenant = 'initech' ORDER BY name;
-- R1: all but an application's model.
INSERT INTO pat_auth.role (application, name) VALUES ('wiki', 'reader');
\echo :SQLSTATE
UPDATE pat_auth.role SET allowed_for_pat = true WHERE name = 'invoice_clerk';
\echo :SQLSTATE
-- Everything follows a new name.
UPDATE pat_auth.tenant SET name = 'initrode' WHERE name = 'initech';
SELECT tenant, user_name FROM pat_auth.user_group_member WHERE user_name = 'peter';
-- A user stays in his tenant.
UPDATE pat_auth.app_user SET tenant = 'acme' WHERE name = 'peter';
\echo :SQLSTATE
-- The compact keys are nobody's to choose.
INSERT INTO pat_auth.tenant (name, tenant_id) OVERRIDING SYSTEM VALUE VALUES ('x', 1);
\echo :SQLSTATE
UPDATE pat_auth.app_user SET user_id = DEFAULT;
\echo :SQLSTATE
ROLLBACK;

-- The last main administrator cannot be removed, in whichever way.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
DELETE FROM pat_auth.administrator WHERE administrator_role = 'main_administrator';
\echo :SQLSTATE
UPDATE pat_auth.administrator SET administrator_role = 'user_administrator' WHERE administrator_role = 'main_administrator';
\echo :SQLSTATE
UPDATE pat_auth.app_user SET is_active = false WHERE name = 'main';
\echo :SQLSTATE
UPDATE pat_auth.app_user SET ends_on = '2000-01-01' WHERE name = 'main';
\echo :SQLSTATE
UPDATE pat_auth.tenant SET is_active = false WHERE name = 'acme';
\echo :SQLSTATE
-- With another one it can.
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('globex', 'bob', 'main_administrator');
DELETE FROM pat_auth.administrator WHERE user_name = 'main';
\echo :ROW_COUNT
ROLLBACK;

-- An application administrator: applications, and what tenants may do in them.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'appadmin');
INSERT INTO pat_auth.application (name, allow_personal_access_tokens) VALUES ('wiki', true);
UPDATE pat_auth.application SET is_active = false WHERE name = 'crm';
\echo :ROW_COUNT
INSERT INTO pat_auth.application_tenant (application, tenant, allow_personal_access_tokens) VALUES ('wiki', 'globex', false);
INSERT INTO pat_auth.role (application, name) VALUES ('wiki', 'reader');
\echo :SQLSTATE
UPDATE pat_auth.role SET available_for_pat = true WHERE name = 'invoice_auditor';
\echo :SQLSTATE
INSERT INTO pat_auth.tenant (name) VALUES ('initech');
\echo :SQLSTATE
UPDATE pat_auth.tenant SET is_active = false;
\echo :SQLSTATE
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('acme', 'x');
\echo :SQLSTATE
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'appadmin', 'main_administrator');
\echo :SQLSTATE
ROLLBACK;

-- An application owner: the availability and the assignment of its roles.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
UPDATE pat_auth.role SET available_for_pat = true WHERE name = 'invoice_auditor';
\echo :ROW_COUNT
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('globex', 'accounting', 'erp', 'invoice_clerk');
DELETE FROM pat_auth.user_group_role WHERE tenant = 'globex' AND role = 'invoice_clerk';
\echo :ROW_COUNT
UPDATE pat_auth.role SET available_for_pat = false WHERE application = 'crm';
\echo :SQLSTATE
UPDATE pat_auth.role SET available_for_pat = true WHERE name = 'invoice_clerk';
\echo :SQLSTATE
UPDATE pat_auth.role SET description = 'x' WHERE name = 'invoice_reader';
\echo :SQLSTATE
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'accounting', 'crm', 'invoice_reader');
\echo :SQLSTATE
INSERT INTO pat_auth.user_group (tenant, name) VALUES ('acme', 'x');
\echo :SQLSTATE
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'accounting', 'owner');
\echo :SQLSTATE
UPDATE pat_auth.application SET allow_personal_access_tokens = true WHERE name = 'erp';
\echo :SQLSTATE
SELECT count(*) FROM pat_auth.app_user WHERE name <> 'owner';
ROLLBACK;

-- A developer: the model of his application.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
INSERT INTO pat_auth.role (application, name, description, allowed_for_pat) VALUES ('erp', 'order_reader', 'reads orders', true);
UPDATE pat_auth.role SET description = 'reads all orders' WHERE name = 'order_reader';
\echo :ROW_COUNT
DELETE FROM pat_auth.role WHERE name = 'order_reader';
\echo :ROW_COUNT
-- R1: withdrawing the allowance withdraws the availability.
UPDATE pat_auth.role SET allowed_for_pat = false WHERE application = 'erp' AND name = 'invoice_reader';
SELECT allowed_for_pat, available_for_pat FROM pat_auth.role WHERE application = 'erp' AND name = 'invoice_reader';
UPDATE pat_auth.role SET available_for_pat = true WHERE name = 'invoice_auditor';
\echo :SQLSTATE
INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat) VALUES ('erp', 'x', true, true);
\echo :SQLSTATE
INSERT INTO pat_auth.role (application, name) VALUES ('crm', 'x');
\echo :SQLSTATE
UPDATE pat_auth.role SET application = 'crm' WHERE name = 'invoice_clerk';
\echo :SQLSTATE
ROLLBACK;

-- A user administrator: users, groups, memberships and roles of his own tenant.
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'useradmin');
SELECT tenant, name FROM pat_auth.app_user ORDER BY name;
INSERT INTO pat_auth.app_user (tenant, name, allow_pat_creation) VALUES ('globex', 'dan', true);
INSERT INTO pat_auth.user_group (tenant, name) VALUES ('globex', 'sales');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name, begins_on, ends_on) VALUES ('globex', 'sales', 'dan', '1999-12-31', '2000-01-01');
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('globex', 'sales', 'crm', 'invoice_reader');
UPDATE pat_auth.app_user SET name = 'daniel' WHERE name = 'dan';
SELECT user_name FROM pat_auth.user_group_member WHERE user_group = 'sales';
DELETE FROM pat_auth.user_group WHERE name = 'sales';
\echo :ROW_COUNT
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('acme', 'x');
\echo :SQLSTATE
UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE tenant = 'acme';
\echo :ROW_COUNT
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'accounting', 'carol');
\echo :SQLSTATE
UPDATE pat_auth.user_group_role SET tenant = 'acme' WHERE tenant = 'globex';
\echo :SQLSTATE
-- He makes no administrators, not even of his own kind.
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('globex', 'bob', 'user_administrator');
\echo :SQLSTATE
UPDATE pat_auth.administrator SET administrator_role = 'main_administrator';
\echo :SQLSTATE
ROLLBACK;

-- A user: nothing; he sees himself.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'carol');
SELECT tenant, name FROM pat_auth.app_user;
SELECT count(*) FROM pat_auth.user_group_member WHERE user_name <> 'carol';
UPDATE pat_auth.app_user SET allow_pat_creation = true;
\echo :SQLSTATE
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'accounting', 'carol');
\echo :SQLSTATE
ROLLBACK;

-- R25: a token administers nothing.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT token FROM pat_auth.pat_create('administration', 'dml', ARRAY['licensing'], ((now() AT TIME ZONE 'UTC')::date + 30)) \gset
COMMIT;
SET pat_auth.token = :'token';
INSERT INTO pat_auth.tenant (name) VALUES ('x');
\echo :SQLSTATE
UPDATE pat_auth.app_user SET allow_pat_creation = true;
\echo :ROW_COUNT
RESET pat_auth.token;

-- Bad values.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
INSERT INTO pat_auth.tenant (name) VALUES ('acme');
\echo :SQLSTATE
SELECT name, sqlstate FROM (VALUES ('empty', ''), ('a blank', ' '), ('a line feed', E'a\nb'), ('too long', repeat('x', 201)), ('null', NULL)) AS given (name, value)
CROSS JOIN LATERAL failure_of(format('INSERT INTO pat_auth.tenant (name) VALUES (%L)', value));
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('unknown', 'x');
\echo :SQLSTATE
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'alice', 'king');
\echo :SQLSTATE
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'alice', 'developer');
\echo :SQLSTATE
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role, application) VALUES ('acme', 'alice', 'main_administrator', 'erp');
\echo :SQLSTATE
-- R26: the roles of administration come with an administrator role.
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'accounting', 'administration', 'licensing');
\echo :SQLSTATE
UPDATE pat_auth.application SET is_active = false WHERE name = 'administration';
\echo :SQLSTATE
ROLLBACK;

-- A role that tokens carry is withdrawn, not deleted, by superusers too.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token FROM pat_auth.pat_create('erp', 'role', ARRAY['invoice_reader'], ((now() AT TIME ZONE 'UTC')::date + 30)) \gset
COMMIT;
RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.role WHERE application = 'erp' AND name = 'invoice_reader';
\echo :SQLSTATE
DELETE FROM pat_auth.token;
