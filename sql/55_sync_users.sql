-- Taking pat_auth up in an application that has a table of users of its own. For DBAs: it lets whoever writes that table
-- make tenants and users.

CREATE FUNCTION pat_auth.sync_users() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_sync_users_trigger';
REVOKE ALL ON FUNCTION pat_auth.sync_users() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.sync_users() IS
    'internal: trigger of tables that pat_sync_users() was called for; keeps app_user in step with them';

CREATE FUNCTION pat_auth.pat_sync_users(source regclass, tenant_column name, user_column name) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_sync_users';
REVOKE ALL ON FUNCTION pat_auth.pat_sync_users(regclass, name, name) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_sync_users(regclass, name, name) IS
    'takes the users of an application''s own table over into app_user (and their tenants into tenant), and keeps them in step by statement triggers: insert adds, a changed key renames, delete deactivates, and who left so comes back so; columns of type text, varchar, uuid, int or bigint; by DBAs who own the table; 42501, 42704, 22023, 23514 for a key that is no name';

CREATE FUNCTION pat_auth.pat_unsync_users(source regclass) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_unsync_users';
REVOKE ALL ON FUNCTION pat_auth.pat_unsync_users(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_unsync_users(regclass) IS
    'ends what pat_sync_users() began; the users stay as they are; 42501, 22023, 55000 for a table that is not synchronized';
