-- The set-up: who exists, which applications and roles there are, and who has which.
-- People and COPY write natural keys (text); tokens refer to the compact ids that stand beside, which never change.
-- Who may write what is decided by the triggers and policies of 50_registry_rules.sql.

-- Names are what people type and compare by eye: no control characters, no blanks around, a bounded length.
CREATE FUNCTION pat_auth.is_name(name text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_is_name';
REVOKE ALL ON FUNCTION pat_auth.is_name(text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.is_name(text) IS
    'internal: whether a text may name something: 1 to 200 characters, no blank at either end, no control character or mark of writing direction, no token';

CREATE TABLE pat_auth.tenant (
    name text PRIMARY KEY CHECK (pat_auth.is_name(name)),
    is_active boolean NOT NULL DEFAULT true,
    tenant_id integer GENERATED ALWAYS AS IDENTITY UNIQUE
);
REVOKE ALL ON pat_auth.tenant FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.tenant', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.tenant_tenant_id_seq', '');
COMMENT ON TABLE pat_auth.tenant IS 'isolated sets of users and user groups';
COMMENT ON COLUMN pat_auth.tenant.name IS 'natural key; may be changed, and the set-up follows, but not rows of protected tables that name it';
COMMENT ON COLUMN pat_auth.tenant.is_active IS 'false: nobody of this tenant signs in and its tokens are blocked';
COMMENT ON COLUMN pat_auth.tenant.tenant_id IS 'compact key, never changed or reused';

CREATE TABLE pat_auth.application (
    name text PRIMARY KEY CHECK (pat_auth.is_name(name)),
    is_active boolean NOT NULL DEFAULT true,
    allow_personal_access_tokens boolean NOT NULL DEFAULT false,
    application_id integer GENERATED ALWAYS AS IDENTITY UNIQUE
);
REVOKE ALL ON pat_auth.application FROM PUBLIC;
COMMENT ON TABLE pat_auth.application IS 'what tokens are for; each has roles of its own';
COMMENT ON COLUMN pat_auth.application.name IS 'natural key; may be changed, and the set-up follows, but not the policies that name it: call pat_protect() again';
COMMENT ON COLUMN pat_auth.application.is_active IS 'false: its tokens are blocked and nobody has a role in it';
COMMENT ON COLUMN pat_auth.application.allow_personal_access_tokens IS
    'false: tokens are neither created nor used here (R3, R4)';
COMMENT ON COLUMN pat_auth.application.application_id IS
    'compact key, never changed or reused; 0 is the built-in application administration';

CREATE TABLE pat_auth.application_tenant (
    application text NOT NULL REFERENCES pat_auth.application ON UPDATE CASCADE ON DELETE CASCADE,
    tenant text NOT NULL REFERENCES pat_auth.tenant ON UPDATE CASCADE ON DELETE CASCADE,
    allow_personal_access_tokens boolean NOT NULL,
    application_tenant_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (application, tenant)
);
CREATE INDEX application_tenant_tenant ON pat_auth.application_tenant (tenant);
REVOKE ALL ON pat_auth.application_tenant FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.application_tenant', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.application_tenant_application_tenant_id_seq', '');
COMMENT ON TABLE pat_auth.application_tenant IS
    'a row only where a tenant departs from the decision of the application (R3)';
COMMENT ON COLUMN pat_auth.application_tenant.application IS 'the application';
COMMENT ON COLUMN pat_auth.application_tenant.tenant IS 'the tenant';
COMMENT ON COLUMN pat_auth.application_tenant.allow_personal_access_tokens IS
    'false: switched off for this tenant; true: as the application decides, it cannot widen that';
COMMENT ON COLUMN pat_auth.application_tenant.application_tenant_id IS 'compact key, never changed or reused';

CREATE TABLE pat_auth.role (
    application text NOT NULL REFERENCES pat_auth.application ON UPDATE CASCADE,
    name text NOT NULL CHECK (pat_auth.is_name(name)),
    description text NOT NULL DEFAULT '',
    allowed_for_pat boolean NOT NULL DEFAULT false,
    available_for_pat boolean NOT NULL DEFAULT false,
    role_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (application, name),
    CONSTRAINT role_available_only_if_allowed CHECK (allowed_for_pat OR NOT available_for_pat)
);
REVOKE ALL ON pat_auth.role FROM PUBLIC;
COMMENT ON TABLE pat_auth.role IS 'named permissions of an application, the unit that a token can be given';
COMMENT ON COLUMN pat_auth.role.application IS 'the application that the role belongs to';
COMMENT ON COLUMN pat_auth.role.name IS 'natural key within the application; a token that has the role has it as a scope';
COMMENT ON COLUMN pat_auth.role.description IS 'what the role permits, for the person who gives it to a token';
COMMENT ON COLUMN pat_auth.role.allowed_for_pat IS 'a developer allows the role for tokens (R1)';
COMMENT ON COLUMN pat_auth.role.available_for_pat IS
    'users may give the role to a token (R2); withdrawn with the allowance (R1)';
COMMENT ON COLUMN pat_auth.role.role_id IS
    'compact key, never changed or reused; tokens keep it, so a role that a token carries is withdrawn, not deleted';

CREATE TABLE pat_auth.app_user (
    tenant text NOT NULL REFERENCES pat_auth.tenant ON UPDATE CASCADE,
    name text NOT NULL CHECK (pat_auth.is_name(name)),
    is_active boolean NOT NULL DEFAULT true,
    begins_on date,
    ends_on date,
    allow_pat_creation boolean NOT NULL DEFAULT false,
    user_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    left_source boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, name)
);
REVOKE ALL ON pat_auth.app_user FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.app_user', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.app_user_user_id_seq', '');
COMMENT ON TABLE pat_auth.app_user IS 'persons and service accounts, each of one tenant';
COMMENT ON COLUMN pat_auth.app_user.tenant IS 'the tenant';
COMMENT ON COLUMN pat_auth.app_user.name IS 'natural key within the tenant';
COMMENT ON COLUMN pat_auth.app_user.is_active IS 'false: does not sign in, and his tokens are blocked (R15)';
COMMENT ON COLUMN pat_auth.app_user.begins_on IS 'first day, UTC, on which the user may act; null: no limit';
COMMENT ON COLUMN pat_auth.app_user.ends_on IS 'last day, UTC, on which the user may act; null: no limit';
COMMENT ON COLUMN pat_auth.app_user.allow_pat_creation IS 'may create, edit and use tokens (R5)';
COMMENT ON COLUMN pat_auth.app_user.user_id IS 'compact key, never changed or reused; tokens refer to it';
COMMENT ON COLUMN pat_auth.app_user.left_source IS 'pat_sync_users() deactivated him, since his key left the table that it follows; it makes him active again when the key comes back. False of whom it finds deactivated by others, and of everybody active';

CREATE TABLE pat_auth.user_group (
    tenant text NOT NULL REFERENCES pat_auth.tenant ON UPDATE CASCADE,
    name text NOT NULL CHECK (pat_auth.is_name(name)),
    group_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    personal_user_id integer UNIQUE REFERENCES pat_auth.app_user (user_id) ON DELETE CASCADE,
    PRIMARY KEY (tenant, name)
);
REVOKE ALL ON pat_auth.user_group FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.user_group', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.user_group_group_id_seq', '');
COMMENT ON TABLE pat_auth.user_group IS 'groups through which users get roles';
COMMENT ON COLUMN pat_auth.user_group.tenant IS 'the tenant';
COMMENT ON COLUMN pat_auth.user_group.name IS 'natural key within the tenant';
COMMENT ON COLUMN pat_auth.user_group.group_id IS 'compact key, never changed or reused';
COMMENT ON COLUMN pat_auth.user_group.personal_user_id IS
    'the user whose own group this is, the one that pat_assign_role gives roles to; null: an ordinary group';

CREATE TABLE pat_auth.user_group_member (
    tenant text NOT NULL,
    user_group text NOT NULL,
    user_name text NOT NULL,
    begins_on date,
    ends_on date,
    member_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (tenant, user_name, user_group),
    FOREIGN KEY (tenant, user_group) REFERENCES pat_auth.user_group ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (tenant, user_name) REFERENCES pat_auth.app_user ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX user_group_member_group ON pat_auth.user_group_member (tenant, user_group);
REVOKE ALL ON pat_auth.user_group_member FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.user_group_member', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.user_group_member_member_id_seq', '');
COMMENT ON TABLE pat_auth.user_group_member IS 'which user is in which group, and when';
COMMENT ON COLUMN pat_auth.user_group_member.tenant IS 'the tenant of both';
COMMENT ON COLUMN pat_auth.user_group_member.user_group IS 'the group';
COMMENT ON COLUMN pat_auth.user_group_member.user_name IS 'the user';
COMMENT ON COLUMN pat_auth.user_group_member.begins_on IS 'first day, UTC, of the membership; null: no limit';
COMMENT ON COLUMN pat_auth.user_group_member.ends_on IS 'last day, UTC, of the membership; null: no limit';
COMMENT ON COLUMN pat_auth.user_group_member.member_id IS 'compact key, never changed or reused';

CREATE TABLE pat_auth.user_group_role (
    tenant text NOT NULL,
    user_group text NOT NULL,
    application text NOT NULL CHECK (application <> 'administration'),
    role text NOT NULL,
    group_role_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (tenant, user_group, application, role),
    FOREIGN KEY (tenant, user_group) REFERENCES pat_auth.user_group ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (application, role) REFERENCES pat_auth.role ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX user_group_role_role ON pat_auth.user_group_role (application, role);
REVOKE ALL ON pat_auth.user_group_role FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.user_group_role', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.user_group_role_group_role_id_seq', '');
COMMENT ON TABLE pat_auth.user_group_role IS 'which roles the members of a group have';
COMMENT ON COLUMN pat_auth.user_group_role.tenant IS 'the tenant of the group';
COMMENT ON COLUMN pat_auth.user_group_role.user_group IS 'the group';
COMMENT ON COLUMN pat_auth.user_group_role.application IS
    'the application of the role; those of administration come with an administrator role (R26)';
COMMENT ON COLUMN pat_auth.user_group_role.role IS 'the role';
COMMENT ON COLUMN pat_auth.user_group_role.group_role_id IS 'compact key, never changed or reused';

CREATE TABLE pat_auth.administrator (
    tenant text NOT NULL,
    user_name text NOT NULL,
    administrator_role text NOT NULL CHECK (administrator_role IN (
        'main_administrator', 'application_administrator', 'application_owner', 'user_administrator', 'developer')),
    application text REFERENCES pat_auth.application ON UPDATE CASCADE ON DELETE CASCADE,
    administrator_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- No ON DELETE CASCADE: deleting a user who holds an administrator role takes two acts, on purpose.
    FOREIGN KEY (tenant, user_name) REFERENCES pat_auth.app_user ON UPDATE CASCADE,
    CONSTRAINT administrator_application_of_owner_and_developer
        CHECK ((application IS NOT NULL) = (administrator_role IN ('application_owner', 'developer')))
);
CREATE UNIQUE INDEX administrator_once ON pat_auth.administrator
    (tenant, user_name, administrator_role, (coalesce(application, '')));
CREATE INDEX administrator_application ON pat_auth.administrator (application);
REVOKE ALL ON pat_auth.administrator FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.administrator', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.administrator_administrator_id_seq', '');
COMMENT ON TABLE pat_auth.administrator IS 'which user administers what';
COMMENT ON COLUMN pat_auth.administrator.tenant IS 'the tenant of the user';
COMMENT ON COLUMN pat_auth.administrator.user_name IS 'the user';
COMMENT ON COLUMN pat_auth.administrator.administrator_role IS
    'main_administrator (all tenants), application_administrator (all applications), application_owner and developer (the named application), user_administrator (own tenant)';
COMMENT ON COLUMN pat_auth.administrator.application IS 'for application_owner and developer, else null';
COMMENT ON COLUMN pat_auth.administrator.administrator_id IS 'compact key, never changed or reused';

-- The built-in application (R25) and its roles. R27: neither R1 to R3 apply, so all is on, and the rules keep it so.
INSERT INTO pat_auth.application (name, allow_personal_access_tokens, application_id)
    OVERRIDING SYSTEM VALUE VALUES ('administration', true, 0);
INSERT INTO pat_auth.role (application, name, description, allowed_for_pat, available_for_pat, role_id)
    OVERRIDING SYSTEM VALUE VALUES
    ('administration', 'health_check_advanced', 'the advanced health check', true, true, -1),
    ('administration', 'licensing', 'the licensing report', true, true, -2);
SELECT pg_catalog.pg_extension_config_dump('pat_auth.application', 'WHERE application_id > 0');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.application_application_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.role', 'WHERE role_id > 0');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.role_role_id_seq', '');
