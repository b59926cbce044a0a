-- What an application's database role needs of all this, given and taken by the DBA in one call.

CREATE FUNCTION pat_auth.pat_grant_access(database_role regrole, may_sign_in_users boolean DEFAULT false) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_grant_access';
REVOKE ALL ON FUNCTION pat_auth.pat_grant_access(regrole, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_grant_access(regrole, boolean) IS
    'gives a database role what an application needs: the functions, the views, DML on the set-up tables under the rules; may_sign_in_users: pat_login_user too, with which it can act as any user, else that is taken back; by DBAs';

CREATE FUNCTION pat_auth.pat_revoke_access(database_role regrole) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_revoke_access';
REVOKE ALL ON FUNCTION pat_auth.pat_revoke_access(regrole) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_revoke_access(regrole) IS 'takes back all that pat_grant_access gives; by DBAs; 22023 for the owner of the extension';
