-- What is protected and how, and where the protection has holes.

-- A table's owner can write any comment: one that is not of the form of pat_protect()'s tells nothing and fails nothing.
CREATE VIEW pat_auth.protection WITH (security_barrier) AS
SELECT
    policy.polrelid::regclass AS relation,
    described.given ->> 'application' AS application,
    described.given ->> 'read_scope' AS read_scope,
    described.given ->> 'write_scope' AS write_scope,
    (described.given ->> 'tenant_column')::name AS tenant_column,
    (described.given ->> 'user_column')::name AS user_column,
    class.relrowsecurity AS row_security_enabled,
    class.relforcerowsecurity AS row_security_forced
FROM pg_catalog.pg_policy AS policy
JOIN pg_catalog.pg_class AS class ON class.oid = policy.polrelid
CROSS JOIN LATERAL (SELECT CASE WHEN comment ~ (E'^[{]"application": ("([^"\\\\\\x01-\\x1f]|\\\\["\\\\bfnrt]|\\\\u00(0[1-9a-f]|1[0-9a-f]))*"|null)'
        || E'(, "(read_scope|write_scope|tenant_column|user_column)": ("([^"\\\\\\x01-\\x1f]|\\\\["\\\\bfnrt]|\\\\u00(0[1-9a-f]|1[0-9a-f]))*"|null)){4}[}]$') THEN comment::json END AS given
    FROM pg_catalog.obj_description(policy.oid, 'pg_policy') AS comment) AS described
WHERE policy.polname = 'pat_auth_select';
REVOKE ALL ON pat_auth.protection FROM PUBLIC;
COMMENT ON VIEW pat_auth.protection IS 'the tables that pat_protect() confines, as it was called; what counts are the policies: pat_check() compares';
COMMENT ON COLUMN pat_auth.protection.relation IS 'the table; each partition and child has a row of its own';
COMMENT ON COLUMN pat_auth.protection.application IS 'whose scopes it wants';
COMMENT ON COLUMN pat_auth.protection.read_scope IS 'the scope for SELECT; null: nobody reads';
COMMENT ON COLUMN pat_auth.protection.write_scope IS 'the scope for INSERT, UPDATE, DELETE and TRUNCATE; null: nobody writes';
COMMENT ON COLUMN pat_auth.protection.tenant_column IS 'the column that names the tenant, if rows belong to tenants';
COMMENT ON COLUMN pat_auth.protection.user_column IS 'the column that names the user, if rows belong to users';
COMMENT ON COLUMN pat_auth.protection.row_security_enabled IS 'whether the policies are in force';
COMMENT ON COLUMN pat_auth.protection.row_security_forced IS 'whether they bind the table''s owner too';

CREATE FUNCTION pat_auth.pat_check() RETURNS TABLE (severity text, object text, problem text, fix text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_check';
REVOKE ALL ON FUNCTION pat_auth.pat_check() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_check() IS
    'a row for every hole in the protection of this database, worst first: critical, warning, notice; no row in a sound one';
