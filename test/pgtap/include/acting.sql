-- How the tests of the rules act as somebody, and what comes of it. Include it after
--
--   \set file NAME_OF_THE_TEST_FILE
--
-- A transaction has one identity, so a test that looks through several pairs of eyes runs each in a transaction of
-- its own. These files therefore have no BEGIN around them: every statement is a transaction, and each hands one
-- identity and one statement to a function below, which signs in as an unprivileged database role, runs the
-- statement, returns to the superuser and gives back as text what came of it: the value of a query, the number of
-- rows that were changed, or the SQLSTATE of the error.
--
-- An identity is a text: 'acme/alice' a user who signed in, '#report' the token that was kept under that name, 'none'
-- nobody, and 'superuser' the extension's owner, without any. '{report}' in a statement stands for the token_id of
-- the token of that name, '{report!}' for its text.

\set QUIET on
SET client_min_messages = error;

SELECT :'file' || '_backend' AS backend, :'file' || '_client' AS client \gset
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'backend', :'client']) AS name
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) \gexec
SELECT pat_auth.pat_grant_access(:'backend', true) \g /dev/null
SELECT pat_auth.pat_grant_access(:'client') \g /dev/null

CREATE SCHEMA acting;
GRANT USAGE ON SCHEMA acting TO PUBLIC;

CREATE TABLE acting.database_role (backend name, client name);
INSERT INTO acting.database_role VALUES (:'backend', :'client');

CREATE TABLE acting.kept_token (name text PRIMARY KEY, token_id bigint, token text);

-- Days by the calendar of the rules, UTC.
CREATE FUNCTION acting.day(days integer DEFAULT 0) RETURNS date LANGUAGE sql STABLE
    RETURN (clock_timestamp() AT TIME ZONE 'UTC')::date + days;

CREATE FUNCTION acting.sign_in(identity text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    token_text text;
BEGIN
    IF identity = 'superuser' THEN
        RETURN;
    ELSIF identity = 'none' THEN
        PERFORM set_config('role', client, true) FROM acting.database_role;
    ELSIF identity LIKE '#%' THEN
        SELECT token INTO STRICT token_text FROM acting.kept_token WHERE name = substr(identity, 2);
        PERFORM set_config('role', client, true) FROM acting.database_role;
        PERFORM pat_auth.pat_login(token_text);
    ELSE
        PERFORM set_config('role', backend, true) FROM acting.database_role;
        PERFORM pat_auth.pat_login_user(split_part(identity, '/', 1), split_part(identity, '/', 2));
    END IF;
END
$$;

CREATE FUNCTION acting.attempt(identity text, statement text, keep boolean,
    OUT value text, OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
DECLARE
    kept acting.kept_token;
BEGIN
    FOR kept IN SELECT * FROM acting.kept_token LOOP
        statement := replace(statement, '{' || kept.name || '}', kept.token_id::text);
        statement := replace(statement, '{' || kept.name || '!}', kept.token);
    END LOOP;
    BEGIN
        PERFORM acting.sign_in(identity);
        IF statement ~* '^\s*(SELECT|TABLE|WITH)\M' THEN
            EXECUTE statement INTO value;
        ELSE
            EXECUTE statement;
            GET DIAGNOSTICS value = ROW_COUNT;
        END IF;
        PERFORM set_config('role', 'none', true);
        IF NOT keep THEN
            RAISE SQLSTATE 'P0999';
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'P0999' THEN
            NULL;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            value := NULL;
    END;
END
$$;

-- What comes of the statement, for good.
CREATE FUNCTION acting.outcome(identity text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(state, value) FROM acting.attempt(identity, statement, true)
$$;

-- What would come of it: whatever it changes is rolled back.
CREATE FUNCTION acting.trial(identity text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(state, value) FROM acting.attempt(identity, statement, false)
$$;

-- The SQLSTATE and the words of the refusal; 'nothing refused' if there is none.
CREATE FUNCTION acting.refusal(identity text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(state || ' ' || message, 'nothing refused') FROM acting.attempt(identity, statement, false)
$$;

-- Creates a token and keeps it under a name for the tests that follow: 'created', or the SQLSTATE.
CREATE FUNCTION acting.create_token(kept_name text, identity text, application text, scopes text[], days integer DEFAULT 30)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    created record;
BEGIN
    PERFORM acting.sign_in(identity);
    SELECT * INTO STRICT created FROM pat_auth.pat_create(application, kept_name, scopes, acting.day(days));
    PERFORM set_config('role', 'none', true);
    INSERT INTO acting.kept_token VALUES (kept_name, created.token_id, created.token)
    ON CONFLICT (name) DO UPDATE SET token_id = created.token_id, token = created.token;
    RETURN 'created';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;

-- Whether a kept token is valid now: what its holder gets who asks for his user.
CREATE FUNCTION acting.use_token(kept_name text) RETURNS text LANGUAGE sql AS $$
    SELECT acting.trial('#' || kept_name, 'SELECT pat_auth.pat_user()')
$$;

-- The status that its owner sees.
CREATE FUNCTION acting.status_of(kept_name text, owner text) RETURNS text LANGUAGE sql AS $$
    SELECT acting.trial(owner, format('SELECT status FROM pat_auth.my_tokens WHERE token_id = {%s}', kept_name))
$$;

-- Set-up by the extension's owner, between tests.
CREATE FUNCTION acting.set_up(statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    result record;
BEGIN
    result := acting.attempt('superuser', statement, true);
    IF result.state IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = result.state, MESSAGE = result.message, DETAIL = statement;
    END IF;
END
$$;
