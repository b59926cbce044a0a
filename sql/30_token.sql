-- Tokens, and what happened to them. No role is granted anything here: people read views, C++ reads the tables.

CREATE TABLE pat_auth.token (
    token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest_head bigint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    tenant_id integer NOT NULL,
    user_id integer NOT NULL REFERENCES pat_auth.app_user (user_id),
    application_id integer NOT NULL REFERENCES pat_auth.application (application_id),
    digest_tail bytea NOT NULL CHECK (octet_length(digest_tail) = 24),
    scope_ids integer[] NOT NULL CHECK (cardinality(scope_ids) > 0),
    name text NOT NULL CHECK (pat_auth.is_name(name)),
    revoke_reason text
) USING heap; -- a row is looked for at the block and line where it was found last
CREATE INDEX token_digest ON pat_auth.token (digest_head);
CREATE INDEX token_user ON pat_auth.token (user_id);
-- Newest first, of all tenants or of one, whose tokens are then picked in the index. It grows at its end; one that
-- begins with the tenant would take half as much again, and a page of its own for each creation.
CREATE INDEX token_created ON pat_auth.token (created_at, tenant_id);
-- Nobody searches by them but the look-up of a use, and pg_statistic is no place for digests.
ALTER TABLE pat_auth.token ALTER digest_head SET STATISTICS 0, ALTER digest_tail SET STATISTICS 0;
ALTER TABLE pat_auth.token ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON pat_auth.token FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.token', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.token_token_id_seq', '');
COMMENT ON TABLE pat_auth.token IS
    'personal access tokens; only facts, the status is derived from them and the set-up at each use';
COMMENT ON COLUMN pat_auth.token.token_id IS 'key, also the first 11 characters after the prefix of the token''s text';
COMMENT ON COLUMN pat_auth.token.digest_head IS
    'first 8 bytes, big-endian, of the digest of the token''s text: the key that a use looks up';
COMMENT ON COLUMN pat_auth.token.created_at IS 'when it was created, by the clock';
COMMENT ON COLUMN pat_auth.token.expires_at IS 'from this moment on it is refused: the end, UTC, of its expiration date';
COMMENT ON COLUMN pat_auth.token.revoked_at IS 'from this moment on it is refused for good; null: not revoked';
COMMENT ON COLUMN pat_auth.token.tenant_id IS 'the tenant of the owner, who never changes it: no foreign key of its own';
COMMENT ON COLUMN pat_auth.token.user_id IS 'the owner';
COMMENT ON COLUMN pat_auth.token.application_id IS 'the one application that it is for (R12)';
COMMENT ON COLUMN pat_auth.token.digest_tail IS 'the other 24 bytes of the digest';
COMMENT ON COLUMN pat_auth.token.scope_ids IS
    'role.role_id of each scope, ascending; an array without a foreign key, so the trigger on role keeps integrity';
COMMENT ON COLUMN pat_auth.token.name IS 'what the owner calls it';
COMMENT ON COLUMN pat_auth.token.revoke_reason IS 'what the administrator wrote who revoked it';

CREATE TABLE pat_auth.token_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    act text NOT NULL,
    token_id bigint,
    tenant_id integer,
    user_id integer,
    tenant text,
    user_name text,
    application text,
    actor_tenant text,
    actor_user text,
    actor_token_id bigint,
    database_role text NOT NULL,
    client_address inet,
    details jsonb NOT NULL DEFAULT '{}'
);
ALTER TABLE pat_auth.token_event ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON pat_auth.token_event FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.token_event', '');
SELECT pg_catalog.pg_extension_config_dump('pat_auth.token_event_event_id_seq', '');
COMMENT ON TABLE pat_auth.token_event IS
    'the audit trail (R28), append-only; names as they were then, so it outlives what it tells of';
COMMENT ON COLUMN pat_auth.token_event.event_id IS 'key, in the order of writing';
COMMENT ON COLUMN pat_auth.token_event.occurred_at IS 'when, by the clock';
COMMENT ON COLUMN pat_auth.token_event.act IS 'what was done, one word or two: token_created, role_updated and so on';
COMMENT ON COLUMN pat_auth.token_event.token_id IS 'the token that it was done to, if one';
COMMENT ON COLUMN pat_auth.token_event.tenant_id IS 'the tenant that it concerns: its administrators read the event; null: all';
COMMENT ON COLUMN pat_auth.token_event.user_id IS 'the user that it concerns: of events on tokens, he reads his own';
COMMENT ON COLUMN pat_auth.token_event.tenant IS 'that tenant''s name then';
COMMENT ON COLUMN pat_auth.token_event.user_name IS 'that user''s name then';
COMMENT ON COLUMN pat_auth.token_event.application IS 'the application''s name then';
COMMENT ON COLUMN pat_auth.token_event.actor_tenant IS 'tenant of the identity that acted; null: a database role without one';
COMMENT ON COLUMN pat_auth.token_event.actor_user IS 'user of the identity that acted; null: a database role without one';
COMMENT ON COLUMN pat_auth.token_event.actor_token_id IS 'the token that acted; null: no token';
COMMENT ON COLUMN pat_auth.token_event.database_role IS 'the session''s database role';
COMMENT ON COLUMN pat_auth.token_event.client_address IS 'as the backend told, or of the connection; null: a local socket';
COMMENT ON COLUMN pat_auth.token_event.details IS 'what else there is to know, old and new values among it; never a secret';

-- Two empty tables that nobody opens: their invalidation through the relation cache tells every backend, on a
-- standby too, that rights or tokens changed, and costs no cache or plan of anybody's.
CREATE TABLE pat_auth.rights_generation ();
CREATE TABLE pat_auth.token_generation ();
REVOKE ALL ON pat_auth.rights_generation, pat_auth.token_generation FROM PUBLIC;
COMMENT ON TABLE pat_auth.rights_generation IS 'internal: invalidated when the set-up changes';
COMMENT ON TABLE pat_auth.token_generation IS 'internal: invalidated when a token is edited, revoked or deleted';
