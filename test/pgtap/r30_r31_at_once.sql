-- What is committed is in force at the next statement (R30), and two things at the same time leave no active token
-- that the rules forbid (R31). The second transaction is another connection's (dblink), or one that was prepared and
-- waits for its commit. Races of all orders are the isolation tests' business.
\set file r30_r31_at_once
\ir include/fixture.sql
CREATE EXTENSION dblink;
SELECT no_plan();

CREATE TABLE invoice (tenant text, note text);
INSERT INTO invoice SELECT 'acme', 'a' || i FROM generate_series(1, 10) AS i;
GRANT SELECT ON invoice TO :"backend", :"client";
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', NULL, 'tenant') \g /dev/null

SELECT dblink_connect('other', format('dbname=%s user=%s port=%s host=%s', current_database(), current_user, current_setting('port'),
    split_part(current_setting('unix_socket_directories'), ',', 1))) \g /dev/null
-- What another connection does, committed before this returns.
CREATE FUNCTION elsewhere(identity text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM dblink('other', format('SELECT acting.outcome(%L, %L)', identity, statement)) AS answer (result text)
$$;
-- What the identity that is in force gets now, in this transaction.
CREATE FUNCTION here(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    value text;
BEGIN
    PERFORM set_config('role', client, true) FROM acting.database_role;
    EXECUTE statement INTO value;
    PERFORM set_config('role', 'none', true);
    RETURN value;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;

-- R30: at every isolation level each act takes effect in an open transaction that has used the token already.
CREATE TABLE act (step serial, name text, who text, change text, undo text, result text DEFAULT '28000');
INSERT INTO act (name, who, change, undo) VALUES
    ('the role is withdrawn', 'acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', false)$$, $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', true)$$),
    ('the role is unassigned', 'acme/ugo', $$DELETE FROM pat_auth.user_group_member WHERE user_name = 'alice' AND user_group = 'readers'$$,
        $$INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'readers', 'alice')$$),
    ('the application is switched off', 'acme/ada', $$SELECT pat_auth.pat_allow_application('erp', false)$$, $$SELECT pat_auth.pat_allow_application('erp', true)$$),
    ('the tenant is switched off', 'acme/ada', $$SELECT pat_auth.pat_allow_application('erp', false, 'acme')$$, $$SELECT pat_auth.pat_allow_application('erp', true, 'acme')$$),
    ('the user is no longer allowed', 'acme/ugo', $$SELECT pat_auth.pat_allow_user('acme', 'alice', false)$$, $$SELECT pat_auth.pat_allow_user('acme', 'alice', true)$$),
    ('the user is inactive', 'acme/ugo', $$UPDATE pat_auth.app_user SET is_active = false WHERE name = 'alice'$$, $$UPDATE pat_auth.app_user SET is_active = true WHERE name = 'alice'$$);
INSERT INTO act (name, who, change, result) VALUES
    ('the token is given other scopes', 'acme/alice', $$SELECT pat_auth.pat_edit({token}, scopes => '{invoice_writer}')$$, '0'),
    ('the token is revoked', 'acme/ugo', 'SELECT pat_auth.pat_revoke({token})', '28000'),
    ('the token is deleted', 'acme/alice', 'SELECT pat_auth.pat_delete({token})', '28000');
SELECT test FROM act, (VALUES (1, 'READ COMMITTED'), (2, 'REPEATABLE READ'), (3, 'SERIALIZABLE')) AS levels (number, level), LATERAL (VALUES
    (1, format('SELECT is(acting.create_token(''token'', ''acme/alice'', ''erp'', ''{invoice_reader}''), ''created'', %L)', format('R30: a token before %s at %s', name, level))),
    (2, 'BEGIN ISOLATION LEVEL ' || level),
    (3, 'DO ''BEGIN PERFORM acting.sign_in(''''#token''''); SET LOCAL ROLE NONE; END'''),
    (4, format('SELECT is(here(''SELECT count(*) FROM invoice''), ''10'', %L)', format('R30: %s: works before %s', level, name))),
    (5, format('SELECT unalike(elsewhere(%L, %L), ''_____'', %L)', who, change, format('R30: %s: elsewhere %s', level, name))),
    (6, format('SELECT is(here(''SELECT count(*) FROM invoice''), %L, %L)', result, format('R30: %s: the next statement after %s', level, name))),
    (7, 'COMMIT'),
    (8, 'DO ' || quote_literal(format('BEGIN PERFORM acting.set_up(%L); END', undo)))) AS steps (step_number, test)
WHERE test IS NOT NULL AND (step_number < 8 OR undo IS NOT NULL)
ORDER BY step, number, step_number \gexec

-- R30: a cursor that is open already.
SELECT is(acting.create_token('token', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R30: a token for a cursor');
CREATE FUNCTION fetch_next() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    invoices refcursor := 'invoices';
    note text;
BEGIN
    FETCH invoices INTO note;
    RETURN note;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
BEGIN;
DO 'BEGIN PERFORM acting.sign_in(''#token''); END';
DECLARE invoices CURSOR FOR SELECT note FROM invoice ORDER BY note;
SET LOCAL ROLE NONE;
SELECT is(fetch_next(), 'a1', 'R30: a cursor gives a row');
SELECT is(elsewhere('acme/mia', 'SELECT pat_auth.pat_revoke({token})'), 'true', 'R30: elsewhere the token is revoked');
SELECT is(fetch_next(), '28000', 'R30: the next FETCH is refused');
COMMIT;

-- R30: the clock, not the transaction's start.
SELECT is(acting.create_token('token', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R30: a token to expire');
BEGIN ISOLATION LEVEL REPEATABLE READ;
DO 'BEGIN PERFORM acting.sign_in(''#token''); SET LOCAL ROLE NONE; END';
SELECT is(here('SELECT count(*) FROM invoice'), '10', 'R30: before its end it works');
SELECT is(elsewhere('superuser', $$UPDATE pat_auth.token SET expires_at = clock_timestamp() + interval '200 milliseconds' WHERE token_id = {token}$$), '1', 'R30: its end is near');
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
DO 'BEGIN PERFORM acting.sign_in(''#token''); SET LOCAL ROLE NONE; END';
SELECT is(here('SELECT count(*) FROM invoice'), '10', 'R30: in the transaction that sees its end it works');
SELECT pg_sleep(0.25) \g /dev/null
SELECT is(here('SELECT count(*) FROM invoice'), '28000', 'R30: it expires by the clock and not by the transaction''s start');
COMMIT;

-- R30: the connection's own credential, verified anew in each transaction.
SELECT is(acting.create_token('token', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R30: a token for the session');
SELECT token AS token_text FROM acting.kept_token WHERE name = 'token' \gset
SET SESSION pat_auth.token = :'token_text';
SELECT is(here('SELECT count(*) FROM invoice'), '10', 'R30: the session''s token works');
SELECT is(elsewhere('acme/mia', 'SELECT pat_auth.pat_revoke({token})'), 'true', 'R30: elsewhere it is revoked');
SELECT is(here('SELECT count(*) FROM invoice'), '28000', 'R30: no connection keeps it');
RESET pat_auth.token;
SELECT is(here('SELECT count(*) FROM invoice'), '0', 'R30: reset, there is no identity');

-- R30: a user who signed in, too.
BEGIN ISOLATION LEVEL REPEATABLE READ;
DO 'BEGIN PERFORM acting.sign_in(''acme/ada''); SET LOCAL ROLE NONE; END';
SELECT is(here('SELECT pat_auth.identity_is(''application_administrator'')'), 'true', 'R30: an administrator in an open transaction');
SELECT is(elsewhere('acme/mia', $$DELETE FROM pat_auth.administrator WHERE user_name = 'ada'$$), '1', 'R30: elsewhere he is removed');
SELECT is(here('SELECT pat_auth.identity_is(''application_administrator'')'), 'false', 'R30: he is none at the next statement');
COMMIT;

-- R31: a token that is being made while something that it needs is withdrawn. Neither waits; whoever commits last, the
-- token is not active.
CREATE TABLE race (step serial, name text, who text, change text, undo text);
INSERT INTO race (name, who, change, undo) SELECT name, who, change, undo FROM act WHERE undo IS NOT NULL AND who <> 'acme/ada' ORDER BY step;
INSERT INTO race (name, who, change, undo) VALUES
    ('the allowance is withdrawn', 'acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_reader', false)$$,
        $$UPDATE pat_auth.role SET allowed_for_pat = true, available_for_pat = true WHERE (application, name) = ('erp', 'invoice_reader')$$),
    ('the application is switched off', 'acme/mia', $$SELECT pat_auth.pat_allow_application('erp', false)$$, $$UPDATE pat_auth.application SET allow_personal_access_tokens = true WHERE name = 'erp'$$),
    ('the tenant is switched off', 'acme/mia', $$SELECT pat_auth.pat_allow_application('erp', false, 'acme')$$, $$DELETE FROM pat_auth.application_tenant$$);
SET lock_timeout = '200ms';
SELECT test FROM race, LATERAL (VALUES
    (1, 'BEGIN'),
    (2, 'DO ''BEGIN PERFORM acting.create_token(''''raced'''', ''''acme/alice'''', ''''erp'''', ''''{invoice_reader}''''); END'''),
    (3, 'PREPARE TRANSACTION ''r31'''),
    (4, format('SELECT unalike(acting.outcome(%L, %L), ''_____'', %L)', who, change, 'R31: while a token is made, ' || name)),
    (5, 'COMMIT PREPARED ''r31'''),
    (6, format('SELECT is(acting.use_token(''raced''), ''28000'', %L)', 'R31: the token is not active after ' || name)),
    (7, 'DO ' || quote_literal(format('BEGIN PERFORM acting.set_up(%L); END', undo))),
    (8, format('SELECT is(acting.use_token(''raced''), ''alice'', %L)', 'R31: the token was made before ' || name))) AS steps (number, test)
ORDER BY step, number \gexec
SELECT test FROM race, LATERAL (VALUES
    (1, format('SELECT is(acting.create_token(''raced'', ''acme/alice'', ''erp'', ''{invoice_writer}''), ''created'', %L)', 'R31: a token to be edited while ' || name)),
    (2, 'BEGIN'),
    (3, 'DO ' || quote_literal($$BEGIN PERFORM acting.outcome('acme/alice', 'SELECT pat_auth.pat_edit({raced}, scopes => ''{invoice_reader}'')'); END$$)),
    (4, 'PREPARE TRANSACTION ''r31'''),
    (5, format('SELECT unalike(acting.outcome(%L, %L), ''_____'', %L)', who, change, 'R31: while a token is edited, ' || name)),
    (6, 'COMMIT PREPARED ''r31'''),
    (7, format('SELECT is(acting.use_token(''raced''), ''28000'', %L)', 'R31: the edited token is not active after ' || name)),
    (8, 'DO ' || quote_literal(format('BEGIN PERFORM acting.set_up(%L); END', undo))),
    (9, format('SELECT is(acting.trial(''#raced'', %L), ''{invoice_reader}'', %L)', 'SELECT pat_auth.pat_scopes(''erp'')', 'R31: the token was edited before ' || name))) AS steps (number, test)
ORDER BY step, number \gexec

-- R31: two acts on one token wait for each other.
SELECT test FROM (VALUES
    (1, 'edited', 'acme/alice', $$SELECT pat_auth.pat_edit({raced}, name => 'new')$$, 'revoked', 'acme/mia', 'SELECT pat_auth.pat_revoke({raced})', 'true'),
    (2, 'revoked', 'acme/mia', 'SELECT pat_auth.pat_revoke({raced})', 'edited', 'acme/alice', $$SELECT pat_auth.pat_edit({raced}, name => 'new')$$, '55000'),
    (3, 'deleted', 'acme/alice', 'SELECT pat_auth.pat_delete({raced})', 'revoked', 'acme/mia', 'SELECT pat_auth.pat_revoke({raced})', '42704'),
    (4, 'revoked', 'acme/mia', 'SELECT pat_auth.pat_revoke({raced})', 'revoked again', 'acme/ugo', 'SELECT pat_auth.pat_revoke({raced})', 'true'),
    (5, 'deleted', 'acme/alice', 'SELECT pat_auth.pat_delete({raced})', 'edited', 'acme/alice', $$SELECT pat_auth.pat_edit({raced}, name => 'new')$$, '42704'),
    (6, 'given a role', 'acme/alice', $$SELECT pat_auth.pat_edit({raced}, scopes => '{invoice_writer}')$$, 'deprived of that role for good', 'acme/dan',
        $$DELETE FROM pat_auth.role WHERE (application, name) = ('erp', 'invoice_writer')$$, '55000')
) AS pairs (step, first, first_who, first_act, second, second_who, second_act, result), LATERAL (VALUES
    (1, format('SELECT is(acting.create_token(''raced'', ''acme/alice'', ''erp'', ''{invoice_reader}''), ''created'', %L)', format('R31: a token to be %s and %s', first, second))),
    (2, 'BEGIN'),
    (3, 'DO ' || quote_literal(format('BEGIN PERFORM acting.outcome(%L, %L); END', first_who, first_act))),
    (4, 'PREPARE TRANSACTION ''r31'''),
    (5, format('SELECT is(acting.trial(%L, %L), ''55P03'', %L)', second_who, second_act, format('R31: while it is %s, it waits to be %s', first, second))),
    (6, 'COMMIT PREPARED ''r31'''),
    (7, format('SELECT is(acting.outcome(%L, %L), %L, %L)', second_who, second_act, result, format('R31: %s, then %s', first, second))),
    (8, CASE WHEN first IN ('edited', 'revoked', 'deleted') THEN
        format('SELECT is(acting.use_token(''raced''), ''28000'', %L)', format('R31: %s and %s, it is not active', first, second)) END)) AS steps (number, test)
WHERE test IS NOT NULL
ORDER BY step, number \gexec
RESET lock_timeout;

-- R31: what a token refers to stays while the token is made; also when it was made once before, under a savepoint that
-- was rolled back and took its locks along.
SELECT dblink_exec('other', $$SET lock_timeout = '200ms'$$) \g /dev/null
SELECT test FROM (VALUES
    (1, 'its role', $$DELETE FROM pat_auth.role WHERE (application, name) = ('erp', 'invoice_reader')$$),
    (2, 'its owner', $$DELETE FROM pat_auth.app_user WHERE name = 'alice'$$),
    (3, 'its application', $$DELETE FROM pat_auth.application WHERE name = 'erp'$$)
) AS needed (number, name, deletion), (VALUES (1, ''), (2, ' again')) AS times (time, again), LATERAL (VALUES
    (1, 'BEGIN'),
    (2, CASE WHEN time = 2 THEN 'SAVEPOINT before' END),
    (3, CASE WHEN time = 2 THEN format('SELECT is(acting.create_token(''kept'', ''acme/alice'', ''erp'', ''{invoice_reader}''), ''created'', %L)', 'R31: a token whose making is rolled back, for ' || name) END),
    (4, CASE WHEN time = 2 THEN 'ROLLBACK TO before' END),
    (5, format('SELECT is(acting.create_token(''kept'', ''acme/alice'', ''erp'', ''{invoice_reader}''), ''created'', %L)', format('R31: a token is made%s, to keep %s', again, name))),
    (6, format('SELECT is(elsewhere(''superuser'', %L), ''55P03'', %L)', deletion, format('R31: while it is made%s, the deletion of %s waits', again, name))),
    (7, 'ROLLBACK'),
    (8, format('SELECT isnt(acting.trial(''superuser'', %L), ''55P03'', %L)', deletion, format('R31: the deletion of %s waits no longer', name)))) AS steps (step, test)
WHERE test IS NOT NULL
ORDER BY number, time, step \gexec
BEGIN;
SELECT is(acting.outcome('acme/alice', $$SELECT count((pat_auth.pat_create(application, 'kept', '{invoice_reader}', current_date + 30)).token_id)
    FROM unnest(ARRAY['erp', 'crm', 'erp']) AS application$$), '3', 'R31: one statement makes tokens of two applications');
SELECT is(elsewhere('superuser', format($$DELETE FROM pat_auth.role WHERE (application, name) = (%L, 'invoice_reader')$$, application)), '55P03',
    format('R31: meanwhile the deletion of a role of %s waits', application)) FROM unnest(ARRAY['erp', 'crm']) AS application;
ROLLBACK;
SELECT dblink_exec('other', 'RESET lock_timeout') \g /dev/null

-- R31: an edit that has begun before a revocation is committed does not go on after it.
SELECT is(acting.create_token('raced', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R31: a token to be edited and revoked at once');
BEGIN;
DO 'BEGIN PERFORM acting.outcome(''acme/mia'', ''SELECT pat_auth.pat_revoke({raced})''); END';
PREPARE TRANSACTION 'r31';
SELECT dblink_send_query('other', $$SELECT acting.outcome('acme/alice', 'SELECT pat_auth.pat_edit({raced}, name => ''late'')')$$) \g /dev/null
CREATE FUNCTION wait_for_waiter() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 500 LOOP
        IF EXISTS (SELECT FROM pg_locks WHERE NOT granted) THEN
            RETURN true;
        END IF;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN false;
END
$$;
SELECT ok(wait_for_waiter(), 'R31: the edit waits for the revocation');
COMMIT PREPARED 'r31';
SELECT is((SELECT result FROM dblink_get_result('other') AS answer (result text)), '55000', 'R31: the edit is refused, for now it is revoked');
SELECT is((SELECT token.name FROM pat_auth.token JOIN acting.kept_token USING (token_id) WHERE kept_token.name = 'raced'), 'raced', 'R31: and has changed nothing');
SELECT FROM dblink_get_result('other') AS answer (result text) \g /dev/null

-- Who deletes very many takes few locks: the table of them is the whole server's.
INSERT INTO pat_auth.app_user (tenant, name) SELECT 'acme', 'passing ' || number FROM generate_series(1, 500) AS number;
INSERT INTO pat_auth.role (application, name) SELECT 'erp', 'passing ' || number FROM generate_series(1, 500) AS number;
INSERT INTO pat_auth.token (digest_head, digest_tail, created_at, expires_at, tenant_id, user_id, application_id, scope_ids, name)
SELECT 1, decode(repeat('00', 24), 'hex'), now(), now() + interval '1 day', tenant_id, user_id, application_id,
    ARRAY(SELECT role_id FROM pat_auth.role WHERE name LIKE 'passing %' ORDER BY role_id), 'passing'
FROM pat_auth.app_user, pat_auth.tenant, pat_auth.application
WHERE tenant.name = 'acme' AND app_user.tenant = 'acme' AND app_user.name = 'alice' AND application.name = 'erp';
BEGIN;
DELETE FROM pat_auth.app_user WHERE name LIKE 'passing %';
DELETE FROM pat_auth.token WHERE name = 'passing';
PREPARE TRANSACTION 'passing';
SELECT cmp_ok((SELECT count(*)::integer FROM pg_locks WHERE locktype = 'object' AND pid IS NULL), '<=', 70, 'R31: who deletes very many users takes few locks');
SELECT cmp_ok((SELECT count(*)::integer FROM pg_locks WHERE locktype = 'tuple' AND pid IS NULL), '<=', 1, 'R31: and who deletes tokens of very many roles');
COMMIT PREPARED 'passing';
SELECT is((SELECT sum(tokens) FROM pat_auth.role_token_count JOIN pat_auth.role USING (role_id) WHERE name LIKE 'passing %'), 0::numeric,
    'R28: and counts each of them');

-- R31: what a token refers to may go by TRUNCATE, which fires no trigger of a row.
SELECT is(elsewhere('acme/alice', $$SELECT token_id > 0 FROM pat_auth.pat_create('erp', 'early', '{invoice_reader}', current_date + 30)$$), 'true',
    'R31: a session that has made a token, and knows all that it needs');
BEGIN;
TRUNCATE pat_auth.application CASCADE;
PREPARE TRANSACTION 'r31';
SELECT dblink_send_query('other', $$SELECT acting.create_token('late', 'acme/alice', 'erp', '{invoice_reader}')$$) \g /dev/null
SELECT ok(wait_for_waiter(), 'R31: the next one waits for a TRUNCATE of the applications');
COMMIT PREPARED 'r31';
SELECT is((SELECT result FROM dblink_get_result('other') AS answer (result text)), '42704', 'R31: and is not made, for now there is none');
SELECT is((SELECT count(*)::integer FROM pat_auth.token), 0, 'R31: no token is left without its application');
SELECT dblink_disconnect('other') \g /dev/null
\ir include/end.sql
