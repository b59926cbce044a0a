-- What people see of tokens. The views run as the extension's owner, so each names in its WHERE whose rows it shows;
-- the functions that they call run as the reader and answer him only of users whose tokens he may see.

CREATE FUNCTION pat_auth.token_scopes(user_id integer, application_id integer, scope_ids integer[]) RETURNS text[]
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_token_scopes';
REVOKE ALL ON FUNCTION pat_auth.token_scopes(integer, integer, integer[]) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.token_scopes(integer, integer, integer[]) IS
    'internal: the scopes'' names, in order; null for a user whose tokens the identity may not see';

CREATE FUNCTION pat_auth.token_status(user_id integer, application_id integer, scope_ids integer[],
        expires_at timestamptz, revoked_at timestamptz) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_token_status';
REVOKE ALL ON FUNCTION pat_auth.token_status(integer, integer, integer[], timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.token_status(integer, integer, integer[], timestamptz, timestamptz) IS
    'internal: active, expired, permissions_changed, blocked or revoked; null for a user whose tokens the identity may not see';

CREATE FUNCTION pat_auth.token_status_detail(user_id integer, application_id integer, scope_ids integer[],
        expires_at timestamptz, revoked_at timestamptz) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_token_status_detail';
REVOKE ALL ON FUNCTION pat_auth.token_status_detail(integer, integer, integer[], timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.token_status_detail(integer, integer, integer[], timestamptz, timestamptz) IS
    'internal: why a token has its status, in a sentence; null for a user whose tokens the identity may not see';

CREATE VIEW pat_auth.my_tokens WITH (security_barrier) AS
SELECT
    token.token_id,
    application.name AS application,
    token.name,
    pat_auth.token_scopes(token.user_id, token.application_id, token.scope_ids) AS scopes,
    pat_auth.token_status(token.user_id, token.application_id, token.scope_ids, token.expires_at,
        token.revoked_at) AS status,
    pat_auth.token_status_detail(token.user_id, token.application_id, token.scope_ids, token.expires_at,
        token.revoked_at) AS status_detail,
    token.created_at,
    token.expires_at,
    pat_auth.token_last_used_at(token.token_id, (SELECT last_used_at FROM pat_auth.token_usage
        WHERE token_usage.token_id = token.token_id)) AS last_used_at,
    token.revoked_at,
    token.revoke_reason
FROM pat_auth.token
JOIN pat_auth.application USING (application_id)
WHERE token.user_id = (SELECT pat_auth.identity_user_id());
REVOKE ALL ON pat_auth.my_tokens FROM PUBLIC;
COMMENT ON VIEW pat_auth.my_tokens IS 'the tokens of the user who signed in interactively; empty for a token and with no identity';
COMMENT ON COLUMN pat_auth.my_tokens.token_id IS 'the token''s key';
COMMENT ON COLUMN pat_auth.my_tokens.application IS 'the one application that it is for';
COMMENT ON COLUMN pat_auth.my_tokens.name IS 'what the owner calls it';
COMMENT ON COLUMN pat_auth.my_tokens.scopes IS 'the roles that it was given';
COMMENT ON COLUMN pat_auth.my_tokens.status IS 'active, expired, permissions_changed, blocked or revoked, now';
COMMENT ON COLUMN pat_auth.my_tokens.status_detail IS 'why, in a sentence, and the way out if there is one';
COMMENT ON COLUMN pat_auth.my_tokens.created_at IS 'when it was created';
COMMENT ON COLUMN pat_auth.my_tokens.expires_at IS 'from this moment on it is refused';
COMMENT ON COLUMN pat_auth.my_tokens.last_used_at IS 'when it was last used, as far as recorded';
COMMENT ON COLUMN pat_auth.my_tokens.revoked_at IS 'when an administrator revoked it';
COMMENT ON COLUMN pat_auth.my_tokens.revoke_reason IS 'what he wrote';

CREATE FUNCTION pat_auth.pat_edit(token_id bigint, name text DEFAULT NULL, scopes text[] DEFAULT NULL,
        expires_on date DEFAULT NULL) RETURNS pat_auth.my_tokens
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_edit';
REVOKE ALL ON FUNCTION pat_auth.pat_edit(bigint, text, text[], date) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.pat_edit(bigint, text, text[], date) IS
    'changes name, scopes (the whole set) or expiration date of a token of the signed-in user, null leaves a thing as it is; the text of the token stays the same; its row as in my_tokens, or 42704, 42501, 22023, 55000 (a revoked one)';

-- Newest first. The planner does not carry a reader's order into a security barrier, so the view states its own, and
-- ORDER BY created_at DESC LIMIT 50 is an index scan. The last use is a subquery for the same reason: a join would be
-- hashed, and the order lost. Two branches, one of which is empty for every reader, so that the one of a tenant's
-- tokens has a condition that the index can answer. Each states the order too: it is not carried into them either.
CREATE VIEW pat_auth.token_overview WITH (security_barrier) AS
(SELECT
    token.token_id,
    application.name AS application,
    token.name,
    pat_auth.token_scopes(token.user_id, token.application_id, token.scope_ids) AS scopes,
    pat_auth.token_status(token.user_id, token.application_id, token.scope_ids, token.expires_at,
        token.revoked_at) AS status,
    pat_auth.token_status_detail(token.user_id, token.application_id, token.scope_ids, token.expires_at,
        token.revoked_at) AS status_detail,
    token.created_at,
    token.expires_at,
    pat_auth.token_last_used_at(token.token_id, (SELECT last_used_at FROM pat_auth.token_usage
        WHERE token_usage.token_id = token.token_id)) AS last_used_at,
    token.revoked_at,
    token.revoke_reason,
    app_user.tenant,
    app_user.name AS user_name
FROM pat_auth.token
JOIN pat_auth.application USING (application_id)
JOIN pat_auth.app_user USING (user_id)
WHERE token.tenant_id = (SELECT pat_auth.identity_administered_tenant_id())
    AND (SELECT pat_auth.identity_administered_tenant_id()) IS NOT NULL -- decided once, before any row is looked at
ORDER BY token.created_at DESC)
UNION ALL
(SELECT
    token.token_id,
    application.name AS application,
    token.name,
    pat_auth.token_scopes(token.user_id, token.application_id, token.scope_ids) AS scopes,
    pat_auth.token_status(token.user_id, token.application_id, token.scope_ids, token.expires_at,
        token.revoked_at) AS status,
    pat_auth.token_status_detail(token.user_id, token.application_id, token.scope_ids, token.expires_at,
        token.revoked_at) AS status_detail,
    token.created_at,
    token.expires_at,
    pat_auth.token_last_used_at(token.token_id, (SELECT last_used_at FROM pat_auth.token_usage
        WHERE token_usage.token_id = token.token_id)) AS last_used_at,
    token.revoked_at,
    token.revoke_reason,
    app_user.tenant,
    app_user.name AS user_name
FROM pat_auth.token
JOIN pat_auth.application USING (application_id)
JOIN pat_auth.app_user USING (user_id)
WHERE (SELECT pat_auth.identity_is('main_administrator'))
ORDER BY token.created_at DESC)
ORDER BY created_at DESC;
REVOKE ALL ON pat_auth.token_overview FROM PUBLIC;
COMMENT ON VIEW pat_auth.token_overview IS
    'for main administrators every token, for a user administrator those of his tenant; empty for everybody else (R23, R24)';
COMMENT ON COLUMN pat_auth.token_overview.token_id IS 'the token''s key';
COMMENT ON COLUMN pat_auth.token_overview.application IS 'the one application that it is for';
COMMENT ON COLUMN pat_auth.token_overview.name IS 'what the owner calls it';
COMMENT ON COLUMN pat_auth.token_overview.scopes IS 'the roles that it was given';
COMMENT ON COLUMN pat_auth.token_overview.status IS 'active, expired, permissions_changed, blocked or revoked, now';
COMMENT ON COLUMN pat_auth.token_overview.status_detail IS 'why, in a sentence';
COMMENT ON COLUMN pat_auth.token_overview.created_at IS 'when it was created';
COMMENT ON COLUMN pat_auth.token_overview.expires_at IS 'from this moment on it is refused';
COMMENT ON COLUMN pat_auth.token_overview.last_used_at IS 'when it was last used, as far as recorded';
COMMENT ON COLUMN pat_auth.token_overview.revoked_at IS 'when an administrator revoked it';
COMMENT ON COLUMN pat_auth.token_overview.revoke_reason IS 'what he wrote';
COMMENT ON COLUMN pat_auth.token_overview.tenant IS 'tenant of the owner';
COMMENT ON COLUMN pat_auth.token_overview.user_name IS 'the owner';

-- Main administrators read all events, user administrators their tenant's, a user those of his own tokens.
CREATE VIEW pat_auth.token_events WITH (security_barrier) AS
SELECT event_id, occurred_at, act, token_id, tenant, user_name, application, actor_tenant, actor_user,
    actor_token_id, database_role::name AS database_role, client_address, details
FROM pat_auth.token_event
WHERE (SELECT pat_auth.identity_is('main_administrator'))
    OR tenant_id = (SELECT pat_auth.identity_administered_tenant_id())
    OR (token_id IS NOT NULL AND user_id = (SELECT pat_auth.identity_user_id()));
REVOKE ALL ON pat_auth.token_events FROM PUBLIC;
COMMENT ON VIEW pat_auth.token_events IS
    'the audit trail that the identity may read (R28): administrators of the tenant, and the owner for his own tokens; empty for a token and with no identity';
COMMENT ON COLUMN pat_auth.token_events.event_id IS 'key, in the order of writing';
COMMENT ON COLUMN pat_auth.token_events.occurred_at IS 'when, by the clock';
COMMENT ON COLUMN pat_auth.token_events.act IS 'what was done';
COMMENT ON COLUMN pat_auth.token_events.token_id IS 'the token that it was done to, if one';
COMMENT ON COLUMN pat_auth.token_events.tenant IS 'the tenant that it concerns, as named then; null: all';
COMMENT ON COLUMN pat_auth.token_events.user_name IS 'the user that it concerns, as named then';
COMMENT ON COLUMN pat_auth.token_events.application IS 'the application that it concerns, as named then';
COMMENT ON COLUMN pat_auth.token_events.actor_tenant IS 'tenant of the identity that acted; null: a database role without one';
COMMENT ON COLUMN pat_auth.token_events.actor_user IS 'user of the identity that acted; null: a database role without one';
COMMENT ON COLUMN pat_auth.token_events.actor_token_id IS 'the token that acted; null: no token';
COMMENT ON COLUMN pat_auth.token_events.database_role IS 'the session''s database role';
COMMENT ON COLUMN pat_auth.token_events.client_address IS 'as the backend told, or of the connection; null: a local socket';
COMMENT ON COLUMN pat_auth.token_events.details IS 'what else there is to know, old and new values among it';
