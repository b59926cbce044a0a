-- What the other tests start from: the extension, database roles, and a small
-- world of two tenants and two applications.

-- The tests need the library loaded before the first SET pat_auth.token, also
-- on a server that does not have it in shared_preload_libraries.
SELECT current_database() AS database \gset
ALTER DATABASE :"database" SET session_preload_libraries = 'pat_auth';
CREATE EXTENSION pat_auth;

-- Database roles outlive the database of an earlier run.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['regress_backend', 'regress_app', 'regress_owner', 'regress_nobody'] LOOP
        IF to_regrole(name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$$;

-- A backend that checks passwords, token traffic, the owner of the
-- application's tables. regress_nobody gets nothing.
SELECT pat_auth.pat_grant_access('regress_backend', may_sign_in_users => true);
SELECT pat_auth.pat_grant_access('regress_app');
SELECT pat_auth.pat_grant_access('regress_owner');

-- R29: a superuser sets up without an identity.
INSERT INTO pat_auth.tenant (name) VALUES ('acme'), ('globex');
INSERT INTO pat_auth.application (name, allow_personal_access_tokens) VALUES ('erp', true), ('crm', true);
INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat) VALUES
    ('erp', 'invoice_reader', true, true),
    ('erp', 'invoice_writer', true, true),
    ('erp', 'invoice_auditor', true, false),
    ('erp', 'invoice_clerk', false, false),
    ('crm', 'invoice_reader', true, true);
INSERT INTO pat_auth.app_user (tenant, name, allow_pat_creation) VALUES
    ('acme', 'alice', true),
    ('acme', 'carol', false),
    ('acme', 'main', true),
    ('acme', 'appadmin', false),
    ('acme', 'owner', false),
    ('acme', 'useradmin', false),
    ('acme', 'dev', true),
    ('globex', 'bob', true),
    ('globex', 'useradmin', false);
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role, application) VALUES
    ('acme', 'main', 'main_administrator', NULL),
    ('acme', 'appadmin', 'application_administrator', NULL),
    ('acme', 'owner', 'application_owner', 'erp'),
    ('acme', 'useradmin', 'user_administrator', NULL),
    ('acme', 'dev', 'developer', 'erp'),
    ('globex', 'useradmin', 'user_administrator', NULL);
INSERT INTO pat_auth.user_group (tenant, name) VALUES ('acme', 'accounting'), ('globex', 'accounting');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES
    ('acme', 'accounting', 'alice'),
    ('globex', 'accounting', 'bob');
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES
    ('acme', 'accounting', 'erp', 'invoice_reader'),
    ('acme', 'accounting', 'erp', 'invoice_writer'),
    ('acme', 'accounting', 'erp', 'invoice_auditor'),
    ('acme', 'accounting', 'erp', 'invoice_clerk'),
    ('globex', 'accounting', 'erp', 'invoice_reader'),
    ('globex', 'accounting', 'erp', 'invoice_writer'),
    ('globex', 'accounting', 'crm', 'invoice_reader');

-- The application's table, confined by its owner.
GRANT CREATE ON SCHEMA public TO regress_owner;
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE invoice (id integer PRIMARY KEY, tenant text NOT NULL, amount numeric NOT NULL);
INSERT INTO invoice VALUES (1, 'acme', 10), (2, 'acme', 20), (3, 'globex', 30);
GRANT ALL ON invoice TO regress_backend, regress_app, regress_nobody;
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', tenant_column => 'tenant');
RESET SESSION AUTHORIZATION;

-- How a statement fails, for messages that name a date or an id of today: these
-- are compared rather than printed. It runs as its caller, in a savepoint.
CREATE FUNCTION failure_of(statement text, OUT sqlstate text, OUT message text, OUT detail text, OUT hint text)
    LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS failure_of.sqlstate = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END
$$;
