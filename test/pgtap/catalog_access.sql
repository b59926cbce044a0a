-- What pat_grant_access gives, to the last column, and what pat_revoke_access leaves: nothing.
BEGIN;
\set QUIET on
SET LOCAL client_min_messages = warning;
CREATE ROLE access_app;
CREATE ROLE access_other;
SELECT plan(26);

-- Every privilege of a role on something in the schema, and on the schema itself.
CREATE FUNCTION pg_temp.access_of(role regrole) RETURNS TABLE (object text, privilege text, is_grantable boolean) LANGUAGE sql AS $$
    SELECT 'schema ' || nspname, privilege_type, acl.is_grantable
    FROM pg_namespace, aclexplode(nspacl) AS acl WHERE nspname = 'pat_auth' AND grantee = role
    UNION ALL
    SELECT 'function ' || proname, privilege_type, acl.is_grantable
    FROM pg_proc, aclexplode(proacl) AS acl WHERE pronamespace = 'pat_auth'::regnamespace AND grantee = role
    UNION ALL
    SELECT 'relation ' || relname, privilege_type, acl.is_grantable
    FROM pg_class, aclexplode(relacl) AS acl WHERE relnamespace = 'pat_auth'::regnamespace AND grantee = role
    UNION ALL
    SELECT 'column ' || relname || '.' || attname, privilege_type, acl.is_grantable
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) AS acl
    WHERE relnamespace = 'pat_auth'::regnamespace AND grantee = role
$$;

CREATE TEMPORARY TABLE expected AS
SELECT 'schema pat_auth' AS object, 'USAGE' AS privilege, false AS is_grantable
UNION ALL
SELECT 'function ' || name, 'EXECUTE', false FROM unnest(ARRAY[
    -- the interface, but for pat_login_user and the DBA's own
    'pat_login', 'pat_logout', 'pat_tenant', 'pat_user', 'pat_application', 'pat_token_id', 'pat_scopes', 'pat_has_scope',
    'pat_require_scope', 'pat_create', 'pat_edit', 'pat_delete', 'pat_revoke', 'pat_verify', 'pat_allow_application',
    'pat_allow_role', 'pat_set_role_available', 'pat_allow_user', 'pat_assign_role', 'pat_unassign_role', 'pat_protect',
    'pat_unprotect', 'pat_check', 'health_check', 'health_check_advanced', 'licensing',
    -- what policies, constraints and views call as the role that reads or writes
    'is_name', 'identity_user_id', 'identity_tenant', 'identity_user', 'identity_is', 'identity_applications',
    'identity_administered_tenant_id', 'token_scopes', 'token_status', 'token_status_detail', 'token_last_used_at',
    'tenant_with_scope', 'tenant_with_scope_as_bigint', 'tenant_with_scope_as_uuid', 'user_with_scope',
    'user_with_scope_as_bigint', 'user_with_scope_as_uuid', 'restrictive_policies_decide',
    -- a trigger: whoever protects a table of his puts it there
    'guard_truncate']) AS name
UNION ALL
SELECT 'relation ' || name, 'SELECT', false FROM unnest(ARRAY['my_tokens', 'token_overview', 'token_events', 'protection']) AS name
UNION ALL
SELECT 'relation ' || name, privilege, false
FROM unnest(ARRAY['tenant', 'application', 'application_tenant', 'role', 'app_user', 'user_group', 'user_group_member',
    'user_group_role', 'administrator']) AS name, unnest(ARRAY['SELECT', 'DELETE']) AS privilege
UNION ALL
SELECT 'column ' || name, privilege, false
FROM unnest(ARRAY[
    'tenant.name', 'tenant.is_active',
    'application.name', 'application.is_active', 'application.allow_personal_access_tokens',
    'application_tenant.application', 'application_tenant.tenant', 'application_tenant.allow_personal_access_tokens',
    'role.application', 'role.name', 'role.description', 'role.allowed_for_pat', 'role.available_for_pat',
    'app_user.tenant', 'app_user.name', 'app_user.is_active', 'app_user.begins_on', 'app_user.ends_on',
    'app_user.allow_pat_creation',
    'user_group.tenant', 'user_group.name',
    'user_group_member.tenant', 'user_group_member.user_group', 'user_group_member.user_name',
    'user_group_member.begins_on', 'user_group_member.ends_on',
    'user_group_role.tenant', 'user_group_role.user_group', 'user_group_role.application', 'user_group_role.role',
    'administrator.tenant', 'administrator.user_name', 'administrator.administrator_role', 'administrator.application'])
    AS name, unnest(ARRAY['INSERT', 'UPDATE']) AS privilege;

SELECT is_empty('SELECT * FROM pg_temp.access_of(''access_app'')', 'a role has nothing before it is given access');
SELECT pat_auth.pat_grant_access('access_app') \g /dev/null
SELECT bag_eq('SELECT * FROM pg_temp.access_of(''access_app'')', 'TABLE expected', 'pat_grant_access gives exactly this');
SELECT pat_auth.pat_grant_access('access_app') \g /dev/null
SELECT bag_eq('SELECT * FROM pg_temp.access_of(''access_app'')', 'TABLE expected', 'once more changes nothing');

SELECT pat_auth.pat_grant_access('access_app', may_sign_in_users => true) \g /dev/null
SELECT bag_eq('SELECT * FROM pg_temp.access_of(''access_app'')',
    $$TABLE expected UNION ALL VALUES ('function pat_login_user', 'EXECUTE', false)$$, 'may_sign_in_users adds pat_login_user and nothing else');
SELECT pat_auth.pat_grant_access('access_app', may_sign_in_users => false) \g /dev/null
SELECT bag_eq('SELECT * FROM pg_temp.access_of(''access_app'')', 'TABLE expected', 'and it can be taken back alone');

-- The same by use, for what the catalogues might say otherwise than PostgreSQL decides.
SELECT is(has_any_column_privilege('access_app', 'pat_auth.' || name, 'SELECT, INSERT, UPDATE, REFERENCES'), false,
    'no column of ' || name || ' can be read or written')
FROM unnest(ARRAY['token', 'token_event', 'rights_generation', 'token_generation']) AS name;
SELECT is(has_table_privilege('access_app', 'pat_auth.' || name, 'DELETE, TRUNCATE, TRIGGER, REFERENCES'), false,
    'nor can ' || name || ' be emptied or get triggers')
FROM unnest(ARRAY['token', 'token_event', 'rights_generation', 'token_generation']) AS name;
SELECT is_empty($$
    SELECT oid::regclass FROM pg_class
    WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v') AND has_table_privilege('access_app', oid, 'TRUNCATE, TRIGGER, REFERENCES')$$,
    'TRUNCATE, TRIGGER and REFERENCES are given on nothing');
SELECT is_empty($$
    SELECT seqrelid::regclass FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
    WHERE relnamespace = 'pat_auth'::regnamespace AND has_sequence_privilege('access_app', seqrelid, 'USAGE, SELECT, UPDATE')$$,
    'no sequence is');
SELECT is(has_schema_privilege('access_app', 'pat_auth', 'CREATE'), false, 'nothing can be made in the schema');
SELECT is_empty('SELECT * FROM pg_temp.access_of(''access_other'')', 'another role has got nothing by all that');
SELECT is_empty($$SELECT * FROM pg_temp.access_of(0::oid::regrole)$$, 'nor has PUBLIC');

-- The extension's owner has it all, and keeps it.
CREATE TEMPORARY TABLE own_access AS SELECT * FROM pg_temp.access_of(current_user::regrole);
SELECT lives_ok($$SELECT pat_auth.pat_grant_access(current_user::regrole)$$, 'he may be given access');
SELECT set_eq('SELECT * FROM pg_temp.access_of(current_user::regrole)', 'TABLE own_access', 'which takes nothing from him');
SELECT throws_ok($$SELECT pat_auth.pat_revoke_access(current_user::regrole)$$, '22023', NULL, 'it cannot be taken back');

-- Who may give access: who owns the extension.
SET LOCAL ROLE access_app;
SELECT throws_ok($$SELECT pat_auth.pat_grant_access('access_app', true)$$, '42501', NULL, 'the role cannot give itself more');
SELECT throws_ok($$SELECT pat_auth.pat_revoke_access('access_other')$$, '42501', NULL, 'nor take from others');
-- (PostgreSQL only warns.)
SET LOCAL client_min_messages = error;
GRANT SELECT ON pat_auth.my_tokens TO access_other;
SET LOCAL client_min_messages = warning;
RESET ROLE;
SELECT is_empty('SELECT * FROM pg_temp.access_of(''access_other'')', 'nor pass on what it has');

SELECT pat_auth.pat_grant_access('access_app', true) \g /dev/null
SELECT pat_auth.pat_revoke_access('access_app') \g /dev/null
SELECT is_empty('SELECT * FROM pg_temp.access_of(''access_app'')', 'pat_revoke_access leaves nothing');
SELECT lives_ok('DROP ROLE access_app', 'the role can be dropped');

SELECT * FROM finish();
ROLLBACK;
