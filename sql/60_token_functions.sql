-- The life of a token. pat_edit stands in 65_views.sql, since it returns a row of my_tokens.

CREATE FUNCTION pat_auth.pat_create(application text, name text, scopes text[], expires_on date,
        OUT token_id bigint, OUT token text, OUT expires_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_create';
REVOKE ALL ON FUNCTION pat_auth.pat_create(text, text, text[], date) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_create(text, text, text[], date) IS
    'creates a token of the signed-in user for one application with some of his roles there, through the end, UTC, of expires_on (1 day to 1 year from today); the only time that the token''s text is seen; 28000 with nobody signed in, 42501, 22023, 42704, 55000';

CREATE FUNCTION pat_auth.pat_delete(token_id bigint) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_delete';
REVOKE ALL ON FUNCTION pat_auth.pat_delete(bigint) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_delete(bigint) IS
    'deletes a token of the signed-in user, for good; true, or 42704 for one that he may not know of, 42501 for somebody else''s that he may';

CREATE FUNCTION pat_auth.pat_revoke(token_id bigint, reason text DEFAULT NULL) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_revoke';
REVOKE ALL ON FUNCTION pat_auth.pat_revoke(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_revoke(bigint, text) IS
    'revokes a token, for good, as main administrator or as user administrator of its owner''s tenant; true, also when it was revoked already, or 42704 for one that the caller may not know of, 42501 for his own without being such an administrator; in the reason (at most 1000 bytes, else 22023) tokens are masked';

CREATE FUNCTION pat_auth.pat_verify(token text, client_address inet DEFAULT NULL,
        OUT active boolean, OUT token_id bigint, OUT tenant text, OUT user_name text, OUT application text,
        OUT scopes text[], OUT expires_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_verify';
REVOKE ALL ON FUNCTION pat_auth.pat_verify(text, inet) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_verify(text, inet) IS
    'whether a token is valid now and, only if it is, for whom and what (after RFC 7662, token introspection); always one row, sets and writes nothing';
