-- Who acts: signing in for a transaction, and the readers that policies and functions ask.

CREATE FUNCTION pat_auth.pat_login(token text, client_address inet DEFAULT NULL) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_login';
REVOKE ALL ON FUNCTION pat_auth.pat_login(text, inet) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_login(text, inet) IS
    'acts under a personal access token for the rest of the transaction; client_address: the external party''s, for the audit trail; true, or 28000 for a refused token, 25001 after another identity in this transaction';

CREATE FUNCTION pat_auth.pat_login_user(tenant text, user_name text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_login_user';
REVOKE ALL ON FUNCTION pat_auth.pat_login_user(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_login_user(text, text) IS
    'a trusted backend says that this user signed in interactively, for the rest of the transaction; true, or 42704 for no such user, 28000 for one who may not act now, 25001 after another identity in this transaction';

CREATE FUNCTION pat_auth.pat_logout() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_logout';
REVOKE ALL ON FUNCTION pat_auth.pat_logout() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_logout() IS 'no identity for the rest of the transaction';

CREATE FUNCTION pat_auth.pat_tenant() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_tenant';
REVOKE ALL ON FUNCTION pat_auth.pat_tenant() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_tenant() IS
    'tenant of the current identity, null with none; 28000 for a refused token';

CREATE FUNCTION pat_auth.pat_user() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_user';
REVOKE ALL ON FUNCTION pat_auth.pat_user() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_user() IS
    'user of the current identity (a token''s owner), null with none; 28000 for a refused token';

CREATE FUNCTION pat_auth.pat_application() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_application';
REVOKE ALL ON FUNCTION pat_auth.pat_application() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_application() IS
    'application of the current token, null for an interactive user and with no identity; 28000 for a refused token';

CREATE FUNCTION pat_auth.pat_token_id() RETURNS bigint
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_token_id';
REVOKE ALL ON FUNCTION pat_auth.pat_token_id() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_token_id() IS
    'id of the current token, null for an interactive user and with no identity; 28000 for a refused token';

CREATE FUNCTION pat_auth.pat_scopes(application text) RETURNS text[]
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_scopes';
REVOKE ALL ON FUNCTION pat_auth.pat_scopes(text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_scopes(text) IS
    'what the current identity may do in an application: a token''s scopes or an interactive user''s roles, in order of name; empty with no identity; 28000 for a refused token';

CREATE FUNCTION pat_auth.pat_has_scope(application text, scope text) RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_has_scope';
REVOKE ALL ON FUNCTION pat_auth.pat_has_scope(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_has_scope(text, text) IS
    'whether the current identity has that scope in that application; false with no identity; 28000 for a refused token';

CREATE FUNCTION pat_auth.pat_require_scope(application text, scope text) RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_require_scope';
REVOKE ALL ON FUNCTION pat_auth.pat_require_scope(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_require_scope(text, text) IS
    'true if the current identity has that scope in that application, else 42501 naming it; 28000 for a refused token';

-- Readers that only our own policies and views use. They say no more of an identity than its holder knows.

CREATE FUNCTION pat_auth.identity_user_id() RETURNS integer
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_identity_user_id';
REVOKE ALL ON FUNCTION pat_auth.identity_user_id() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.identity_user_id() IS
    'internal: user_id of the user who signed in interactively; null for a token and with no identity';

CREATE FUNCTION pat_auth.identity_tenant() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_identity_tenant';
REVOKE ALL ON FUNCTION pat_auth.identity_tenant() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.identity_tenant() IS
    'internal: tenant of the user who signed in interactively; null for a token and with no identity';

CREATE FUNCTION pat_auth.identity_user() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_identity_user';
REVOKE ALL ON FUNCTION pat_auth.identity_user() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.identity_user() IS
    'internal: name of the user who signed in interactively; null for a token and with no identity';

CREATE FUNCTION pat_auth.identity_is(administrator_role text) RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_identity_is';
REVOKE ALL ON FUNCTION pat_auth.identity_is(text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.identity_is(text) IS
    'internal: whether the user who signed in interactively holds an administrator role, for whatever application; false for a token and with no identity';

CREATE FUNCTION pat_auth.identity_applications(administrator_role text) RETURNS text[]
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_identity_applications';
REVOKE ALL ON FUNCTION pat_auth.identity_applications(text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.identity_applications(text) IS
    'internal: the applications for which the user who signed in interactively is application_owner or developer; empty for a token and with no identity';

CREATE FUNCTION pat_auth.identity_administered_tenant_id() RETURNS integer
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_identity_administered_tenant_id';
REVOKE ALL ON FUNCTION pat_auth.identity_administered_tenant_id() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.identity_administered_tenant_id() IS
    'internal: tenant_id of the one tenant whose tokens the identity administers as user administrator; null for a main administrator, who administers all, and for everybody else';
