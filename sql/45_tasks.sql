-- The set-up tasks that the rules name, one call each. Each does one change to the set-up tables, under the same
-- rules as plain DML there.

CREATE FUNCTION pat_auth.pat_allow_application(application text, allow boolean, tenant text DEFAULT NULL)
    RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_allow_application';
REVOKE ALL ON FUNCTION pat_auth.pat_allow_application(text, boolean, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_allow_application(text, boolean, text) IS
    'allows tokens in an application, or switches them off; with a tenant: for that tenant only, which cannot widen the application''s decision (R3, R4); by main or application administrators; true, or 28000, 42501, 42704, 22023';

CREATE FUNCTION pat_auth.pat_allow_role(application text, role text, allow boolean) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_allow_role';
REVOKE ALL ON FUNCTION pat_auth.pat_allow_role(text, text, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_allow_role(text, text, boolean) IS
    'allows a role for tokens, or withdraws that and with it the availability (R1); by developers of the application; true, or 28000, 42501, 42704, 22023';

CREATE FUNCTION pat_auth.pat_set_role_available(application text, role text, available boolean) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_set_role_available';
REVOKE ALL ON FUNCTION pat_auth.pat_set_role_available(text, text, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_set_role_available(text, text, boolean) IS
    'makes an allowed role available for tokens, or withdraws that (R2); by main administrators and owners of the application; true, or 28000, 42501, 42704, 22023, 55000 while the role or the application does not allow it';

CREATE FUNCTION pat_auth.pat_allow_user(tenant text, user_name text, allow boolean) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_allow_user';
REVOKE ALL ON FUNCTION pat_auth.pat_allow_user(text, text, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_allow_user(text, text, boolean) IS
    'allows a user to create and use tokens, or withdraws that (R5); by main administrators and user administrators of his tenant; true, or 28000, 42501, 42704, 22023';

CREATE FUNCTION pat_auth.pat_assign_role(tenant text, user_name text, application text, role text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_assign_role';
REVOKE ALL ON FUNCTION pat_auth.pat_assign_role(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_assign_role(text, text, text, text) IS
    'gives a user a role through the group that he has for himself, which is made when it is missing (R5); by main administrators, user administrators of his tenant and owners of the application; true, also when he had it so already, or 28000, 42501, 42704, 55000 while he is no member of that group';

CREATE FUNCTION pat_auth.pat_unassign_role(tenant text, user_name text, application text, role text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_unassign_role';
REVOKE ALL ON FUNCTION pat_auth.pat_unassign_role(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_unassign_role(text, text, text, text) IS
    'takes back what pat_assign_role gave; true if it did, false if there was nothing to take; warns while the user still has the role through another group; by the same administrators; 28000, 42501, 42704';
