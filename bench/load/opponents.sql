-- What pat_verify is compared with, each in its usual best form. The same tokens, in one wide row each: nothing is
-- joined, and a row says nothing of whether owner, tenant, application or roles are still what they were.

CREATE EXTENSION pgcrypto;
CREATE SCHEMA opponent;

CREATE TABLE opponent.token (
    token_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    tenant text NOT NULL,
    user_name text NOT NULL,
    application text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz
);
INSERT INTO opponent.token (token_id, token_hash, tenant, user_name, application, scopes, created_at, expires_at)
    SELECT token.token_id, sha256(convert_to(presented.token, 'UTF8')), app_user.tenant, app_user.name,
        application.name,
        ARRAY(SELECT role.name FROM pat_auth.role WHERE role.role_id = ANY (token.scope_ids) ORDER BY role.name),
        token.created_at, token.expires_at
    FROM pat_auth.token
    JOIN bench.presented ON presented.number = token.token_id
    JOIN pat_auth.app_user USING (user_id)
    JOIN pat_auth.application USING (application_id)
    ORDER BY token.token_id;
ALTER TABLE opponent.token ADD PRIMARY KEY (token_id), ADD UNIQUE (token_hash);

-- The same, as a function that the planner inlines.
CREATE FUNCTION opponent.verify_inlined(token text) RETURNS TABLE (token_id bigint, tenant text, user_name text,
        application text, scopes text[], expires_at timestamptz)
    LANGUAGE sql STABLE AS $$
    SELECT token_id, tenant, user_name, application, scopes, expires_at
    FROM opponent.token
    WHERE token_hash = sha256(convert_to($1, 'UTF8')) AND expires_at > now() AND revoked_at IS NULL
$$;

-- As applications write it.
CREATE FUNCTION opponent.verify_plpgsql(token text, OUT active boolean, OUT token_id bigint, OUT tenant text,
        OUT user_name text, OUT application text, OUT scopes text[], OUT expires_at timestamptz)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_token opponent.token;
BEGIN
    SELECT * INTO found_token FROM opponent.token WHERE token_hash = sha256(convert_to($1, 'UTF8'));
    active := FOUND AND found_token.expires_at > now() AND found_token.revoked_at IS NULL;
    IF active THEN
        token_id := found_token.token_id;
        tenant := found_token.tenant;
        user_name := found_token.user_name;
        application := found_token.application;
        scopes := found_token.scopes;
        expires_at := found_token.expires_at;
    END IF;
END
$$;

-- The same, which also notes the use.
CREATE FUNCTION opponent.verify_and_note(token text, OUT active boolean, OUT token_id bigint, OUT tenant text,
        OUT user_name text, OUT application text, OUT scopes text[], OUT expires_at timestamptz)
    LANGUAGE plpgsql AS $$
DECLARE
    found_token opponent.token;
BEGIN
    UPDATE opponent.token SET last_used_at = now()
        WHERE token_hash = sha256(convert_to($1, 'UTF8')) AND token.expires_at > now() AND revoked_at IS NULL
        RETURNING * INTO found_token;
    active := FOUND;
    IF active THEN
        token_id := found_token.token_id;
        tenant := found_token.tenant;
        user_name := found_token.user_name;
        application := found_token.application;
        scopes := found_token.scopes;
        expires_at := found_token.expires_at;
    END IF;
END
$$;

-- JSON Web Tokens (RFC 7519), HMAC with SHA-256: nothing is looked up, and nothing can be revoked.
CREATE FUNCTION opponent.base64url(value bytea) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT rtrim(translate(encode(value, 'base64'), E'+/\n', '-_'), '=')
$$;

CREATE FUNCTION opponent.make_jwt(claims jsonb, key text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT signed || '.' || opponent.base64url(hmac(signed, key, 'sha256'))
    FROM (SELECT opponent.base64url(convert_to('{"alg":"HS256","typ":"JWT"}', 'UTF8')) || '.'
        || opponent.base64url(convert_to(claims::text, 'UTF8'))) AS made (signed)
$$;

CREATE FUNCTION opponent.verify_jwt(token text, key text, OUT active boolean, OUT claims jsonb)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    parts text[] := string_to_array(token, '.');
    payload text := translate(parts[2], '-_', '+/');
BEGIN
    active := opponent.base64url(hmac(parts[1] || '.' || parts[2], key, 'sha256')) = parts[3];
    IF active THEN
        claims := convert_from(decode(rpad(payload, (length(payload) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb;
        active := to_timestamp((claims ->> 'exp')::float8) > now();
    END IF;
END
$$;

CREATE TABLE opponent.jwt AS
    SELECT token_id AS number, opponent.make_jwt(jsonb_build_object('iss', 'bench', 'jti', token_id, 'tenant', tenant,
        'sub', user_name, 'aud', application, 'scope', array_to_string(scopes, ' '),
        'exp', extract(epoch FROM expires_at)::bigint), 'a key of thirty-two or more bytes') AS token
    FROM opponent.token WHERE token_id <= 10000;
ALTER TABLE opponent.jwt ADD PRIMARY KEY (number);

-- Revocations of a table without our triggers and events.
CREATE TABLE opponent.role AS TABLE pat_auth.role;
ALTER TABLE opponent.role ADD PRIMARY KEY (application, name);

-- What pat_create writes, by hand: the same columns and indexes, and no foreign key, rule or trigger.
CREATE TABLE opponent.created (LIKE pat_auth.token INCLUDING IDENTITY INCLUDING INDEXES);
CREATE TABLE opponent.created_event (LIKE pat_auth.token_event INCLUDING IDENTITY INCLUDING INDEXES);
INSERT INTO opponent.created OVERRIDING SYSTEM VALUE SELECT * FROM pat_auth.token ORDER BY token_id;
SELECT setval(pg_get_serial_sequence('opponent.created', 'token_id'), max(token_id)) FROM opponent.created;
CREATE TABLE opponent.creator AS
    SELECT owner.number, owner.tenant, owner.user_name, owner.first_application AS application, tenant.tenant_id, app_user.user_id,
        application.application_id, ARRAY(SELECT role_id FROM pat_auth.role WHERE role.application = application.name
            AND role.name IN ('invoice_reader', 'order_reader', 'item_reader') ORDER BY role_id) AS scope_ids
    FROM bench.owner
    JOIN pat_auth.app_user ON app_user.tenant = owner.tenant AND app_user.name = owner.user_name
    JOIN pat_auth.tenant ON tenant.name = owner.tenant
    JOIN pat_auth.application ON application.name = owner.first_application;
ALTER TABLE opponent.creator ADD PRIMARY KEY (number);
CREATE FUNCTION opponent.digest_head(digest bytea) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ('x' || encode(substr(digest, 1, 8), 'hex'))::bit(64)::bigint$$;

VACUUM ANALYZE;
