-- Very many verifications in one statement, which keeps the look-up open from the first to the last: each one sees what
-- is committed by then, and between two of them no page is held. The other transaction is another connection's (dblink).
\set file verifying_many
\ir include/fixture.sql
CREATE EXTENSION dblink;
SELECT no_plan();

SELECT dblink_connect('other', format('dbname=%s user=%s port=%s host=%s', current_database(), current_user, current_setting('port'),
    split_part(current_setting('unix_socket_directories'), ',', 1))) \g /dev/null
SELECT dblink_exec('other', $$SET statement_timeout = '5s'$$) \g /dev/null
-- What another connection does, committed before this returns.
CREATE FUNCTION elsewhere(identity text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM dblink('other', format('SELECT acting.outcome(%L, %L)', identity, statement)) AS answer (result text)
$$;

-- In the middle of a statement.
CREATE TABLE act (step serial, name text, who text, change text);
INSERT INTO act (name, who, change) VALUES
    ('the token is revoked', 'acme/ugo', 'SELECT pat_auth.pat_revoke({token})'),
    ('the token is deleted', 'acme/alice', 'SELECT pat_auth.pat_delete({token})'),
    ('the user is no longer allowed', 'acme/ugo', $$SELECT pat_auth.pat_allow_user('acme', 'alice', false)$$);
SELECT test FROM act, (VALUES (1, 'READ COMMITTED'), (2, 'REPEATABLE READ'), (3, 'SERIALIZABLE')) AS levels (number, level), LATERAL (VALUES
    (1, $$DO 'BEGIN PERFORM acting.set_up($set_up$SELECT pat_auth.pat_allow_user(''acme'', ''alice'', true)$set_up$); END'$$),
    (2, format('SELECT is(acting.create_token(''token'', ''acme/alice'', ''erp'', ''{invoice_reader}''), ''created'', %L)', format('R30: a token before %s at %s', name, level))),
    (3, 'BEGIN ISOLATION LEVEL ' || level),
    (4, format('SELECT is(acting.outcome(''none'', %L), ''t t true f f'', %L)', format('SELECT concat_ws('' '', (pat_auth.pat_verify(''{token!}'')).active,
        (pat_auth.pat_verify(''{token!}'')).active, elsewhere(%L, %L), (pat_auth.pat_verify(''{token!}'')).active, (pat_auth.pat_verify(''{token!}'')).active)', who, change),
        format('R30: at %s the next verification of the same statement knows that %s', level, name))),
    (5, 'COMMIT')) AS steps (step_number, test)
ORDER BY step, number, step_number \gexec
SELECT acting.set_up($$SELECT pat_auth.pat_allow_user('acme', 'alice', true)$$) \g /dev/null

-- While a cursor is open.
SELECT is(acting.create_token('token', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R30: a token for a cursor');
SELECT token AS token_text FROM acting.kept_token WHERE name = 'token' \gset
CREATE FUNCTION fetch_next() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    answers refcursor := 'answers';
    active boolean;
BEGIN
    FETCH answers INTO active;
    RETURN active;
END
$$;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET LOCAL ROLE :"client";
DECLARE answers CURSOR FOR SELECT (pat_auth.pat_verify(:'token_text')).active FROM generate_series(1, 3);
SET LOCAL ROLE NONE;
SELECT is(fetch_next(), true, 'R30: a cursor that verifies');
SELECT is(elsewhere('acme/mia', 'SELECT pat_auth.pat_revoke({token})'), 'true', 'R30: elsewhere the token is revoked');
SELECT is(fetch_next(), false, 'R30: the next FETCH knows');
COMMIT;

-- No page is held: freezing the rows of a page waits for whoever holds it.
SELECT is(acting.create_token('token', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R11: a token in a page that is to be frozen');
SELECT is(acting.outcome('none', $$SELECT concat_ws(' ', (pat_auth.pat_verify('{token!}')).active,
    dblink_exec('other', 'VACUUM (FREEZE, DISABLE_PAGE_SKIPPING) pat_auth.token'), (pat_auth.pat_verify('{token!}')).active)$$),
    't VACUUM t', 'R11: VACUUM waits for no statement that verifies');

-- In blocks that are rolled back, beside the same statement's own; the first of the statement, too.
CREATE FUNCTION verify_and_give_up(token text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    is_active boolean;
BEGIN
    is_active := (pat_auth.pat_verify(token)).active;
    RAISE SQLSTATE 'P0999' USING MESSAGE = is_active::text;
EXCEPTION WHEN SQLSTATE 'P0999' THEN
    RETURN SQLERRM;
END
$$;
SELECT is(acting.outcome('none', $$
    SELECT string_agg(DISTINCT concat_ws(' ', (pat_auth.pat_verify('{token!}')).active, verify_and_give_up('{token!}'), (pat_auth.pat_verify('{token!}')).active), ', ')
    FROM generate_series(1, 100)$$), 't true t', 'R11: verifications in blocks that are rolled back, and outside of them');
SELECT is(acting.outcome('none', $$
    SELECT string_agg(DISTINCT concat_ws(' ', verify_and_give_up('{token!}'), (pat_auth.pat_verify('{token!}')).active), ', ')
    FROM generate_series(1, 100)$$), 'true t', 'R11: the first of a statement is rolled back');
SELECT is(acting.outcome('none', $$SELECT concat_ws(' ', (pat_auth.pat_verify('{token!}')).active, 1 / (random() * 0)::integer)$$), '22012', 'R11: a statement that fails after it has verified');
SELECT is(acting.outcome('none', $$SELECT (pat_auth.pat_verify('{token!}')).active$$), 'true', 'R11: the next one verifies');

-- What row a function returns is found out once a backend. It is that of the function that is called.
CREATE FUNCTION verify_by_other_names(token text, client_address inet DEFAULT NULL, OUT is_active boolean, OUT id bigint, OUT a text, OUT b text, OUT c text,
    OUT d text[], OUT e timestamptz) LANGUAGE c AS '$libdir/pat_auth', 'pat_auth_verify';
CREATE FUNCTION names(answer jsonb) RETURNS text LANGUAGE sql AS $$SELECT string_agg(name, ' ') FROM jsonb_object_keys(answer) AS name$$;
SELECT is(acting.outcome('none', $$
    SELECT concat_ws(', ', names(to_jsonb(pat_auth.pat_verify('{token!}'))), names(to_jsonb(verify_by_other_names('{token!}'))), names(to_jsonb(pat_auth.pat_verify('nonsense'))))$$),
    'active scopes tenant token_id user_name expires_at application, a b c d e id is_active, active scopes tenant token_id user_name expires_at application',
    'R14: each answer has the names of its function');

SELECT dblink_disconnect('other') \g /dev/null
\ir include/end.sql
