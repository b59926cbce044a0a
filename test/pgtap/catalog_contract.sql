-- The public interface, as documented: names, arguments and results of the functions, columns of tables and views. Who
-- changes one of these breaks somebody's client.
BEGIN;
\set QUIET on
SELECT plan(8);

SELECT set_eq($$
    SELECT proname::text, pg_get_function_arguments(oid), pg_get_function_result(oid) FROM pg_proc
    WHERE pronamespace = 'pat_auth'::regnamespace AND proname ~ '^(pat_|health_check|licensing)'$$,
    $$VALUES
    ('pat_login', 'token text, client_address inet DEFAULT NULL::inet', 'boolean'),
    ('pat_login_user', 'tenant text, user_name text', 'boolean'),
    ('pat_logout', '', 'void'),
    ('pat_tenant', '', 'text'),
    ('pat_user', '', 'text'),
    ('pat_application', '', 'text'),
    ('pat_token_id', '', 'bigint'),
    ('pat_scopes', 'application text', 'text[]'),
    ('pat_has_scope', 'application text, scope text', 'boolean'),
    ('pat_require_scope', 'application text, scope text', 'boolean'),
    ('pat_allow_application', 'application text, allow boolean, tenant text DEFAULT NULL::text', 'boolean'),
    ('pat_allow_role', 'application text, role text, allow boolean', 'boolean'),
    ('pat_set_role_available', 'application text, role text, available boolean', 'boolean'),
    ('pat_allow_user', 'tenant text, user_name text, allow boolean', 'boolean'),
    ('pat_assign_role', 'tenant text, user_name text, application text, role text', 'boolean'),
    ('pat_unassign_role', 'tenant text, user_name text, application text, role text', 'boolean'),
    ('pat_create', 'application text, name text, scopes text[], expires_on date, OUT token_id bigint, OUT token text, OUT expires_at timestamp with time zone', 'record'),
    ('pat_edit', 'token_id bigint, name text DEFAULT NULL::text, scopes text[] DEFAULT NULL::text[], expires_on date DEFAULT NULL::date', 'pat_auth.my_tokens'),
    ('pat_delete', 'token_id bigint', 'boolean'),
    ('pat_revoke', 'token_id bigint, reason text DEFAULT NULL::text', 'boolean'),
    ('pat_verify', 'token text, client_address inet DEFAULT NULL::inet, OUT active boolean, OUT token_id bigint, OUT tenant text, OUT user_name text, OUT application text, OUT scopes text[], OUT expires_at timestamp with time zone', 'record'),
    ('pat_protect', 'relation regclass, application text, read_scope text, write_scope text, tenant_column name DEFAULT NULL::name, user_column name DEFAULT NULL::name', 'void'),
    ('pat_unprotect', 'relation regclass', 'void'),
    ('pat_check', '', 'TABLE(severity text, object text, problem text, fix text)'),
    ('health_check', '', 'json'),
    ('health_check_advanced', '', 'json'),
    ('licensing', '', 'json'),
    ('pat_grant_access', 'database_role regrole, may_sign_in_users boolean DEFAULT false', 'void'),
    ('pat_revoke_access', 'database_role regrole', 'void'),
    ('pat_sync_users', 'source regclass, tenant_column name, user_column name', 'void'),
    ('pat_unsync_users', 'source regclass', 'void')$$,
    'the functions');
SELECT is_empty($$
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = 'pat_auth'::regnamespace AND proname !~ '^(pat_|health_check|licensing)'
        AND obj_description(oid, 'pg_proc') NOT LIKE 'internal: %'$$,
    'whatever else is called function says that it is internal');
SELECT is_empty($$
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = 'pat_auth'::regnamespace AND proname ~ '^(pat_|health_check|licensing)' AND proretset AND proname <> 'pat_check'$$,
    'each but pat_check returns one value or one row');

CREATE TEMPORARY VIEW our_column AS
SELECT relname::text AS relation, relkind, attname::text AS name, attnum AS number, format_type(atttypid, atttypmod) AS type,
    attnotnull AND NOT atthasdef AND attidentity = '' AS is_required
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'pat_auth'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v');

SELECT set_eq($$SELECT relation, string_agg(name || ' ' || type, ', ' ORDER BY number) FROM our_column WHERE relkind = 'v' GROUP BY relation$$,
    $$VALUES
    ('my_tokens', 'token_id bigint, application text, name text, scopes text[], status text, status_detail text, created_at timestamp with time zone, expires_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone, revoke_reason text'),
    ('token_overview', 'token_id bigint, application text, name text, scopes text[], status text, status_detail text, created_at timestamp with time zone, expires_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone, revoke_reason text, tenant text, user_name text'),
    ('token_events', 'event_id bigint, occurred_at timestamp with time zone, act text, token_id bigint, tenant text, user_name text, application text, actor_tenant text, actor_user text, actor_token_id bigint, database_role name, client_address inet, details jsonb'),
    ('protection', 'relation regclass, application text, read_scope text, write_scope text, tenant_column name, user_column name, row_security_enabled boolean, row_security_forced boolean')$$,
    'the views, their columns, types and order');

CREATE TEMPORARY TABLE contract AS
SELECT relation, split_part(written, ' ', 1) AS name, split_part(written, ' ', 2) AS type
FROM (VALUES
    ('tenant', 'name text, is_active boolean'),
    ('application', 'name text, is_active boolean, allow_personal_access_tokens boolean'),
    ('application_tenant', 'application text, tenant text, allow_personal_access_tokens boolean'),
    ('role', 'application text, name text, description text, allowed_for_pat boolean, available_for_pat boolean'),
    ('app_user', 'tenant text, name text, is_active boolean, begins_on date, ends_on date, allow_pat_creation boolean'),
    ('user_group', 'tenant text, name text'),
    ('user_group_member', 'tenant text, user_group text, user_name text, begins_on date, ends_on date'),
    ('user_group_role', 'tenant text, user_group text, application text, role text'),
    ('administrator', 'tenant text, user_name text, administrator_role text, application text')) AS tables (relation, columns),
    string_to_table(columns, ', ') AS written;
SELECT is_empty($$SELECT relation, name, type FROM contract EXCEPT SELECT relation, name, type FROM our_column WHERE relkind = 'r'$$,
    'the set-up tables and their columns');
SELECT is_empty($$
    SELECT relation, name FROM our_column
    WHERE is_required AND relation IN (SELECT relation FROM contract) AND (relation, name) NOT IN (SELECT relation, name FROM contract)$$,
    'what stands beside in them has defaults: INSERT needs the documented columns only');
SELECT set_eq($$SELECT relation, name FROM our_column WHERE is_required AND relation IN (SELECT relation FROM contract)$$,
    $$VALUES ('tenant', 'name'), ('application', 'name'), ('application_tenant', 'application'), ('application_tenant', 'tenant'),
    ('application_tenant', 'allow_personal_access_tokens'), ('role', 'application'), ('role', 'name'), ('app_user', 'tenant'),
    ('app_user', 'name'), ('user_group', 'tenant'), ('user_group', 'name'), ('user_group_member', 'tenant'),
    ('user_group_member', 'user_group'), ('user_group_member', 'user_name'), ('user_group_role', 'tenant'),
    ('user_group_role', 'user_group'), ('user_group_role', 'application'), ('user_group_role', 'role'),
    ('administrator', 'tenant'), ('administrator', 'user_name'), ('administrator', 'administrator_role')$$,
    'and of those only the keys, and a tenant''s decision, must be given');
SELECT is_empty($$
    SELECT name, type FROM (VALUES ('token_id', 'bigint'), ('created_at', 'timestamp with time zone'),
        ('expires_at', 'timestamp with time zone'), ('revoked_at', 'timestamp with time zone')) AS contract (name, type)
    EXCEPT SELECT name, type FROM our_column WHERE relation = 'token'$$, 'the documented columns of the table of tokens');

SELECT * FROM finish();
ROLLBACK;
