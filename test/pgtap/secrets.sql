-- R10: nothing stored or readable yields a token. What is looked for is its text, the secret in it, and both as the
-- bytes that some column could show in hexadecimal or base64; where is every column of every table and view of the
-- database, PostgreSQL's own included.
\set file secrets
\ir include/fixture.sql
SELECT no_plan();

CREATE SCHEMA secrets;
GRANT USAGE ON SCHEMA secrets TO PUBLIC;

-- A token never stands in a query's text here, or pg_stat_activity would be found with it: it comes from a table, the
-- one that is left out.
CREATE FUNCTION secrets.forms(token text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT form
    FROM unnest(ARRAY[token, substr(token, 16, 43)]) AS needle,
        unnest(ARRAY[needle, encode(convert_to(needle, 'UTF8'), 'hex'), left(encode(convert_to(needle, 'UTF8'), 'base64'), 56)]) AS form
$$;
CREATE FUNCTION secrets.found(needles text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    relation text;
    hits bigint;
BEGIN
    FOR relation IN
        SELECT pg_class.oid::regclass::text FROM pg_class
        WHERE relkind IN ('r', 'v', 'm') AND pg_class.oid <> 'acting.kept_token'::regclass
            AND NOT pg_is_other_temp_schema(relnamespace)
            -- slow, and made from the catalogues that are searched
            AND relnamespace <> 'information_schema'::regnamespace AND relname NOT IN ('tap_funky', 'pg_all_foreign_keys')
    LOOP
        EXECUTE format('WITH line AS MATERIALIZED (SELECT whole_row::text AS words FROM %s AS whole_row)
            SELECT count(*) FROM line, unnest($1) AS needle WHERE position(needle IN words) > 0', relation)
            INTO hits USING needles;
        IF hits > 0 THEN
            RETURN NEXT relation;
        END IF;
    END LOOP;
END
$$;
CREATE FUNCTION secrets.needles() RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(form) FROM acting.kept_token, secrets.forms(token) AS form
$$;

-- Tokens that have seen everything: created, used, edited, revoked, refused, deleted.
SELECT format('SELECT is(acting.create_token(%L, %L, ''erp'', ''{invoice_reader}''), ''created'', %L)', name, owner,
    'R10: a token to look for: ' || name)
FROM (VALUES ('used', 'acme/alice'), ('edited', 'acme/alice'), ('revoked', 'acme/alice'), ('deleted', 'acme/alice'),
    ('own', 'acme/mia'), ('foreign', 'globex/gina')) AS made (name, owner) \gexec
SELECT is((SELECT count(*) FROM acting.kept_token WHERE token ~ '^pat_[0-9A-Za-z]{60}$'), 6::bigint, 'R10: six tokens to look for');
SELECT is((SELECT count(DISTINCT needle) FROM unnest(secrets.needles()) AS needle), 36::bigint, 'R10: in six forms each');
SELECT is(acting.use_token('used'), 'alice', 'R10: one is used');
SELECT is(acting.outcome('acme/alice', 'SELECT token_id = {edited} FROM pat_auth.pat_edit({edited}, name => ''renamed'', expires_on => acting.day(90))'),
    'true', 'R10: one is edited');
SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({revoked}, ''lost'')'), 'true', 'R10: one is revoked');
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({deleted})'), 'true', 'R10: one is deleted');
SELECT is(acting.use_token(name), '28000', 'R10: ' || name || ': refused') FROM unnest(ARRAY['revoked', 'deleted']) AS name;
ALTER TABLE acting.kept_token ALTER token SET STATISTICS 0;
ANALYZE;

-- The search finds what is there.
CREATE TABLE secrets.control AS SELECT ARRAY[token] AS hidden_in_an_array, NULL::bytea AS bytes FROM acting.kept_token WHERE name = 'used';
SELECT results_eq('SELECT secrets.found(secrets.needles())', ARRAY['secrets.control'], 'R10: the search finds a token''s text');
UPDATE secrets.control SET bytes = convert_to(hidden_in_an_array[1], 'UTF8'), hidden_in_an_array = NULL;
SELECT results_eq('SELECT secrets.found(secrets.needles())', ARRAY['secrets.control'], 'R10: and its bytes');
DROP TABLE secrets.control;

-- Whoever writes one into what is stored.
SELECT is(acting.create_token('leaked', 'acme/alice', 'erp', ARRAY['invoice_reader']), 'created', 'a token leaks');
SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({leaked}, ''found as {leaked!} in a log'')'), 'true', 'it is revoked, with its text for a reason');
SELECT matches(revoke_reason, '^found as pat_[^ ]+ in a log$', 'R10: of which the rest is kept')
FROM pat_auth.token JOIN acting.kept_token USING (token_id) WHERE kept_token.name = 'leaked';
SELECT is(acting.refusal('acme/dan', 'UPDATE pat_auth.role SET description = ''as in {used!}'' WHERE name = ''invoice_reader'' AND application = ''erp'''),
    '22023 description must not hold a token', 'R10: a role''s description holds none');
SELECT is(acting.trial('superuser', 'INSERT INTO pat_auth.role (application, name, description) VALUES (''erp'', ''described'', ''{used!}'')'),
    '22023', 'R10: whoever writes it');

-- Nothing is there, whoever looks. (A superuser, with an identity: he reads every table and the identity's views.)
SELECT is_empty('SELECT secrets.found(secrets.needles())', 'R10: no table or view of the database has a token, without an identity');
CREATE FUNCTION secrets.found_as(tenant text, user_name text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pat_auth.pat_login_user(tenant, user_name);
    RETURN concat_ws(', ', (SELECT count(*) FROM pat_auth.token_overview) > 0 OR (SELECT count(*) FROM pat_auth.my_tokens) > 0,
        (SELECT count(*) FROM pat_auth.token_events) > 0, (SELECT string_agg(name, ', ') FROM secrets.found(secrets.needles()) AS hit (name)));
END
$$;
SELECT format('SELECT is(secrets.found_as(''acme'', %L), ''t, t'', %L)', user_name, 'R10: nor for ' || user_name || ', who sees tokens and events')
FROM unnest(ARRAY['alice', 'mia', 'ugo']) AS user_name \gexec

-- A token in force as the session's state.
CREATE FUNCTION secrets.show_all() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    shown record;
BEGIN
    FOR shown IN EXECUTE 'SHOW ALL' LOOP
        RETURN NEXT shown::text;
    END LOOP;
END
$$;
SELECT set_config('pat_auth.token', token, false) AS answer FROM acting.kept_token WHERE name = 'used' \gset
SELECT is(pat_auth.pat_user(), 'alice', 'R10: a token is the session''s');
SELECT unalike(shown, '%' || substr(token, 16, 43) || '%', 'R10: it is not shown by ' || source)
FROM acting.kept_token, (VALUES ('set_config', :'answer'), ('current_setting', current_setting('pat_auth.token'))) AS given (source, shown)
WHERE name = 'used';
SELECT is_empty($$SELECT name FROM pg_settings WHERE name = 'pat_auth.token'$$, 'R10: pg_settings does not have the parameter');
SELECT cmp_ok((SELECT count(*) FROM secrets.show_all()), '>', 200::bigint, 'R10: SHOW ALL shows the settings');
SELECT is_empty('SELECT shown FROM secrets.show_all() AS shown, unnest(secrets.needles()) AS needle WHERE position(needle IN shown) > 0',
    'R10: and no token');
SELECT is_empty('SELECT secrets.found(secrets.needles())', 'R10: nor has any view one while it is in force');
RESET pat_auth.token;

-- The same by the connection option, which pg_settings would give as the value that RESET goes back to.
SELECT '-c pat_auth.token=' || token AS options FROM acting.kept_token WHERE name = 'used' \gset
\setenv PGDATABASE :DBNAME
\setenv PGOPTIONS :options
\set seen `psql -X -A -t -c "SELECT pat_auth.pat_user(), (SELECT count(*) FROM pg_settings WHERE name = 'pat_auth.token'), (SELECT count(*) FROM secrets.found(secrets.needles()))"`
\setenv PGOPTIONS
\unset options
SELECT is(:'seen'::text, 'alice|0|0', 'R10: a token that came with the connection is in force and in no view');

-- Nothing stores it for later sessions.
SELECT format('SELECT throws_ok(format(%L, token), ''22023'', NULL, %L) FROM acting.kept_token WHERE name = ''used''', statement,
    'R10: refused: ' || statement)
FROM unnest(ARRAY['ALTER ROLE CURRENT_USER SET pat_auth.token = %L', format('ALTER DATABASE %I SET pat_auth.token = %%L', current_database()),
    'CREATE FUNCTION secrets.setting() RETURNS integer LANGUAGE sql SET pat_auth.token = %L AS ''SELECT 1''']) AS statement \gexec

-- What was refused, and what went wrong, does not repeat it: message, detail and hint.
CREATE FUNCTION secrets.words(identity text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', state, message, detail, hint) FROM acting.attempt(identity, statement, false)
$$;
SELECT format('SELECT unalike(secrets.words(%L, %L), ''%%'' || substr(token, 16, 43) || ''%%'', %L) FROM acting.kept_token WHERE name = ''used''',
    identity, statement, 'R10: not in the words of ' || statement)
FROM (VALUES
    ('none', 'SELECT pat_auth.pat_login(''{revoked!}'')'),
    ('none', 'SELECT pat_auth.pat_login(''{used!}x'')'),
    ('none', 'SET pat_auth.token = ''{used!}x'''),
    ('none', 'SET pat_auth.token_prefix = ''{used!}'''),
    ('#used', 'SELECT pat_auth.pat_login(''{own!}'')'),
    ('acme/alice', 'SELECT pat_auth.pat_create(''erp'', ''{used!}'' || chr(10), ''{invoice_reader}'', acting.day(30))'),
    ('acme/alice', 'SELECT pat_auth.pat_login_user(''{used!}'', ''alice'')'),
    ('acme/alice', 'SELECT pat_auth.pat_create(''{used!}'', ''name'', ''{invoice_reader}'', acting.day(30))'),
    ('acme/alice', 'SELECT pat_auth.pat_create(''erp'', ''name'', ARRAY[''{used!}''], acting.day(30))'),
    ('acme/alice', 'SELECT pat_auth.pat_edit({edited}, scopes => ARRAY[''{used!}''])'),
    ('acme/mia', 'SELECT pat_auth.pat_allow_role(''erp'', ''{used!}'', true)'),
    ('acme/mia', 'SELECT pat_auth.pat_allow_user(''acme'', ''{used!}'', true)'),
    ('acme/mia', 'SELECT pat_auth.pat_assign_role(''acme'', ''alice'', ''erp'', ''{used!}'')'))
    AS attempts (identity, statement) \gexec

-- Nor does any function, whichever argument a token was given as by mistake: the others are right. (What is no
-- text, such as a relation, is read by PostgreSQL before the function is called.)
CREATE TABLE secrets.document (tenant text, user_name text);
GRANT ALL ON secrets.document TO PUBLIC;
CREATE TABLE secrets.said (function_name text, argument text, identity text, words text);
CREATE FUNCTION secrets.call(function_oid oid, wrong integer) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT pat_auth.%I(%s)', proname, string_agg(CASE
            WHEN number = wrong THEN CASE type WHEN 'text[]'::regtype THEN 'ARRAY[''{used!}'']' ELSE '''{used!}''' END
            WHEN type = 'regclass'::regtype THEN '''secrets.document'''
            WHEN type = 'boolean'::regtype THEN 'true'
            WHEN type = 'bigint'::regtype THEN '{edited}'
            WHEN type = 'date'::regtype THEN 'acting.day(30)'
            WHEN type = 'text[]'::regtype THEN 'ARRAY[''invoice_reader'']'
            ELSE coalesce((SELECT quote_literal(given) FROM (VALUES ('application', 'erp'), ('tenant', 'acme'), ('user_name', 'alice'),
                ('tenant_column', 'tenant'), ('user_column', 'user_name'), ('role', 'invoice_reader'), ('scope', 'invoice_reader'),
                ('name', 'report'), ('read_scope', 'invoice_reader'), ('write_scope', 'invoice_writer')) AS usual (argument, given) WHERE argument = name), 'NULL') END,
        ', ' ORDER BY number))
    FROM pg_proc, unnest(proargtypes, proargnames) WITH ORDINALITY AS argument (type, name, number)
    WHERE pg_proc.oid = function_oid AND type IS NOT NULL GROUP BY proname
$$;
SELECT format('INSERT INTO secrets.said SELECT %L, %L, %L, secrets.words(%3$L, %L)', proname, name, identity, secrets.call(pg_proc.oid, number::integer))
FROM pg_proc, unnest(proargtypes, proargnames) WITH ORDINALITY AS argument (type, name, number),
    unnest(ARRAY['none', '#own', 'acme/alice', 'acme/mia', 'superuser']) AS identity
WHERE pronamespace = 'pat_auth'::regnamespace AND type IN ('text'::regtype, 'text[]'::regtype, 'name'::regtype) \gexec
SELECT is((SELECT string_agg(DISTINCT words, '; ') FROM secrets.said, acting.kept_token
    WHERE name = 'used' AND function_name = proname AND position(substr(token, 16, 43) IN words) > 0), NULL, 'R10: a wrong argument is not repeated by ' || proname)
FROM (SELECT DISTINCT function_name AS proname FROM secrets.said) AS called ORDER BY proname;
SELECT cmp_ok((SELECT count(DISTINCT function_name) FROM secrets.said), '>=', 18::bigint, 'R10: they are all there');
SELECT ok((SELECT count(*) FROM secrets.said WHERE function_name = called AND words LIKE '%pat\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_%') > 0, 'R10: it is masked by ' || called)
FROM unnest(ARRAY['pat_allow_application', 'pat_allow_role', 'pat_allow_user', 'pat_assign_role', 'pat_create', 'pat_edit', 'pat_login_user', 'pat_protect', 'pat_require_scope',
    'pat_set_role_available', 'pat_unassign_role']) AS called;

-- The digests, which a thief could try secrets against, are nobody's to read: not with any identity.
SELECT format('SELECT is(acting.trial(%L, ''SELECT %s FROM pat_auth.token''), ''42501'', %L)', identity, column_name,
    format('R10: %s does not read %s of the tokens', identity, column_name))
FROM unnest(ARRAY['none', '#used', '#own', 'acme/alice', 'acme/mia', 'acme/ugo']) AS identity,
    unnest(ARRAY['digest_head', 'digest_tail', 'count(*)']) AS column_name \gexec
SELECT is(acting.trial(identity, $$SELECT count(*) FROM pg_stats WHERE schemaname = 'pat_auth' AND tablename IN ('token', 'token_event')$$), '0',
    'R10: nor the planner''s statistics of them: ' || identity)
FROM unnest(ARRAY['none']) AS identity;
SELECT results_eq($$SELECT count(*) FILTER (WHERE attname LIKE 'digest%'), count(*) > 0 FROM pg_stats WHERE schemaname = 'pat_auth' AND tablename = 'token'$$,
    $$VALUES (0::bigint, true)$$, 'R10: the planner keeps none of the digests');
SELECT is_empty($$
    SELECT DISTINCT ev_class::regclass, attname
    FROM pg_depend JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
        JOIN pg_attribute ON refclassid = 'pg_class'::regclass AND attrelid = refobjid AND attnum = refobjsubid
    WHERE attrelid = 'pat_auth.token'::regclass AND attname LIKE 'digest%'$$, 'R10: no view is made from the digests');
SELECT results_eq($$
    SELECT DISTINCT hit.name FROM pat_auth.token, secrets.found(ARRAY[substr(encode(digest_tail, 'hex'), 1, 48)]) AS hit (name)
    WHERE token.name = 'own' AND hit.name NOT IN ('pg_statistic', 'pg_stats')$$,
    ARRAY['pat_auth.token'], 'R10: a digest stands in its table only, in no event and no view, and in the statistics for who may read the column');

\ir include/end.sql
