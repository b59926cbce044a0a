-- The rules of the set-up tables (R1 to R5, R29), for every role but superusers and the extension's owner.
-- Reading is row-level security, writing is a trigger that says what is missing and who could: so a row that one may
-- see but not change answers with 42501, and one that one may not see does not exist.
-- docs/administration.md has the table of who may read and write what.

CREATE FUNCTION pat_auth.guard_registry() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_guard_registry';
REVOKE ALL ON FUNCTION pat_auth.guard_registry() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.guard_registry() IS
    'internal: refuses a change of a set-up row that the rules do not give to the identity';

CREATE FUNCTION pat_auth.registry_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_registry_changed';
REVOKE ALL ON FUNCTION pat_auth.registry_changed() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.registry_changed() IS
    'internal: makes a change of the set-up known to every backend, and leaves its events';

-- tenant
ALTER TABLE pat_auth.tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.tenant USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR (SELECT pat_auth.identity_is('application_administrator'))
    OR (SELECT pat_auth.identity_is('application_owner'))
    OR name = (SELECT pat_auth.identity_tenant())
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.tenant
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.tenant REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.tenant REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.tenant REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.tenant
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.tenant ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.tenant ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.tenant ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.tenant ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.tenant ENABLE ALWAYS TRIGGER truncated;

-- application
ALTER TABLE pat_auth.application ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.application USING (
    (SELECT pat_auth.identity_user_id()) IS NOT NULL
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.application
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.application REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.application REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.application REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.application
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.application ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.application ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.application ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.application ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.application ENABLE ALWAYS TRIGGER truncated;

-- application_tenant
ALTER TABLE pat_auth.application_tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.application_tenant USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR (SELECT pat_auth.identity_is('application_administrator'))
    OR tenant = (SELECT pat_auth.identity_tenant())
    OR application = ANY ((SELECT pat_auth.identity_applications('application_owner'))::text[])
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.application_tenant
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.application_tenant REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.application_tenant REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.application_tenant REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.application_tenant
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.application_tenant ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.application_tenant ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.application_tenant ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.application_tenant ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.application_tenant ENABLE ALWAYS TRIGGER truncated;

-- role
ALTER TABLE pat_auth.role ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.role USING (
    (SELECT pat_auth.identity_user_id()) IS NOT NULL
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.role
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.role REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.role REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.role REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.role
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.role ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.role ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.role ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.role ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.role ENABLE ALWAYS TRIGGER truncated;

-- app_user
ALTER TABLE pat_auth.app_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.app_user USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR tenant = (SELECT pat_auth.identity_tenant())
        AND ((SELECT pat_auth.identity_is('user_administrator')) OR name = (SELECT pat_auth.identity_user()))
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.app_user
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.app_user REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.app_user REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.app_user REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.app_user
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.app_user ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.app_user ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.app_user ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.app_user ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.app_user ENABLE ALWAYS TRIGGER truncated;

-- user_group
ALTER TABLE pat_auth.user_group ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.user_group USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR (SELECT pat_auth.identity_is('application_owner'))
    OR tenant = (SELECT pat_auth.identity_tenant()) AND (SELECT pat_auth.identity_is('user_administrator'))
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.user_group
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.user_group REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.user_group REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.user_group REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.user_group
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.user_group ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.user_group ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.user_group ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.user_group ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.user_group ENABLE ALWAYS TRIGGER truncated;

-- user_group_member
ALTER TABLE pat_auth.user_group_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.user_group_member USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR tenant = (SELECT pat_auth.identity_tenant())
        AND ((SELECT pat_auth.identity_is('user_administrator')) OR user_name = (SELECT pat_auth.identity_user()))
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.user_group_member
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.user_group_member REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.user_group_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.user_group_member REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.user_group_member
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.user_group_member ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.user_group_member ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.user_group_member ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.user_group_member ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.user_group_member ENABLE ALWAYS TRIGGER truncated;

-- user_group_role
ALTER TABLE pat_auth.user_group_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.user_group_role USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR tenant = (SELECT pat_auth.identity_tenant()) AND (SELECT pat_auth.identity_is('user_administrator'))
    OR application = ANY ((SELECT pat_auth.identity_applications('application_owner'))::text[])
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.user_group_role
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.user_group_role REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.user_group_role REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.user_group_role REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.user_group_role
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.user_group_role ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.user_group_role ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.user_group_role ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.user_group_role ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.user_group_role ENABLE ALWAYS TRIGGER truncated;

-- administrator
ALTER TABLE pat_auth.administrator ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON pat_auth.administrator USING (
    (SELECT pat_auth.identity_is('main_administrator'))
    OR tenant = (SELECT pat_auth.identity_tenant())
        AND ((SELECT pat_auth.identity_is('user_administrator')) OR user_name = (SELECT pat_auth.identity_user()))
) WITH CHECK (true);
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.administrator
    FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TRIGGER inserted AFTER INSERT ON pat_auth.administrator REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER updated AFTER UPDATE ON pat_auth.administrator REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER deleted AFTER DELETE ON pat_auth.administrator REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.administrator
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
ALTER TABLE pat_auth.administrator ENABLE ALWAYS TRIGGER guard;
ALTER TABLE pat_auth.administrator ENABLE ALWAYS TRIGGER inserted;
ALTER TABLE pat_auth.administrator ENABLE ALWAYS TRIGGER updated;
ALTER TABLE pat_auth.administrator ENABLE ALWAYS TRIGGER deleted;
ALTER TABLE pat_auth.administrator ENABLE ALWAYS TRIGGER truncated;
