-- Enforcement in an application's own tables.

-- What the policies of pat_protect ask, once a query. The tenant or user of the identity as a value of a column's type:
-- null, so no row, without the scope, and where the name is not the canonical text of such a value (else '7' and '007'
-- would be two tenants with the same rows).

CREATE FUNCTION pat_auth.tenant_with_scope(application text, scope text) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_tenant_with_scope';
REVOKE ALL ON FUNCTION pat_auth.tenant_with_scope(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.tenant_with_scope(text, text) IS
    'internal: tenant of the current identity if it has that scope in that application; null with none or without that scope';

CREATE FUNCTION pat_auth.tenant_with_scope_as_bigint(application text, scope text) RETURNS bigint
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_tenant_with_scope_as_bigint';
REVOKE ALL ON FUNCTION pat_auth.tenant_with_scope_as_bigint(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.tenant_with_scope_as_bigint(text, text) IS
    'internal: tenant of the current identity as a bigint if it has that scope in that application; null with none, without that scope, or for a name that is no such number';

CREATE FUNCTION pat_auth.tenant_with_scope_as_uuid(application text, scope text) RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_tenant_with_scope_as_uuid';
REVOKE ALL ON FUNCTION pat_auth.tenant_with_scope_as_uuid(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.tenant_with_scope_as_uuid(text, text) IS
    'internal: tenant of the current identity as a uuid if it has that scope in that application; null with none, without that scope, or for a name that is none';

CREATE FUNCTION pat_auth.user_with_scope(application text, scope text) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_user_with_scope';
REVOKE ALL ON FUNCTION pat_auth.user_with_scope(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.user_with_scope(text, text) IS
    'internal: user of the current identity if it has that scope in that application; null with none or without that scope';

CREATE FUNCTION pat_auth.user_with_scope_as_bigint(application text, scope text) RETURNS bigint
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_user_with_scope_as_bigint';
REVOKE ALL ON FUNCTION pat_auth.user_with_scope_as_bigint(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.user_with_scope_as_bigint(text, text) IS
    'internal: user of the current identity as a bigint if it has that scope in that application; null with none, without that scope, or for a name that is no such number';

CREATE FUNCTION pat_auth.user_with_scope_as_uuid(application text, scope text) RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_user_with_scope_as_uuid';
REVOKE ALL ON FUNCTION pat_auth.user_with_scope_as_uuid(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.user_with_scope_as_uuid(text, text) IS
    'internal: user of the current identity as a uuid if it has that scope in that application; null with none, without that scope, or for a name that is none';

-- The condition of pat_auth_access, true of every row: whom the restrictive policies leave out, this one does not let
-- in. IMMUTABLE, so it is gone from the plan. A function, so that DROP EXTENSION ... CASCADE takes the policy too and the
-- table closes.
CREATE FUNCTION pat_auth.restrictive_policies_decide() RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_restrictive_policies_decide';
REVOKE ALL ON FUNCTION pat_auth.restrictive_policies_decide() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.restrictive_policies_decide() IS
    'internal: true; the condition of pat_auth_access, beside which the restrictive policies of pat_protect decide';

CREATE FUNCTION pat_auth.guard_truncate() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_guard_truncate';
REVOKE ALL ON FUNCTION pat_auth.guard_truncate() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.guard_truncate() IS
    'internal: trigger of protected tables; refuses TRUNCATE, which row-level security ignores, without the write scope, or at all where rows belong to tenants or users (42501)';

CREATE FUNCTION pat_auth.pat_protect(relation regclass, application text, read_scope text, write_scope text,
        tenant_column name DEFAULT NULL, user_column name DEFAULT NULL) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_protect';
REVOKE ALL ON FUNCTION pat_auth.pat_protect(regclass, text, text, text, name, name) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_protect(regclass, text, text, text, name, name) IS
    'confines a table by row-level security: SELECT wants read_scope, INSERT, UPDATE and DELETE want write_scope (null: nobody), with a tenant or user column (text, uuid, int, bigint) only rows of the identity''s tenant or user; replaces what it made before; by the table''s owner; 42501, 22023, 42704';

CREATE FUNCTION pat_auth.pat_unprotect(relation regclass) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_unprotect';
REVOKE ALL ON FUNCTION pat_auth.pat_unprotect(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_unprotect(regclass) IS
    'takes away what pat_protect made and leaves row-level security on; by the table''s owner; 42501, 22023, 55000 for a table that is not protected';
