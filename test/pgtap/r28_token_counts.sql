-- R28: an act on a role tells how many tokens carry it, without looking at them.
\set file r28_token_counts
\ir include/fixture.sql
SELECT no_plan();

-- What the newest event of that role tells.
CREATE FUNCTION acting.told(role text) RETURNS text LANGUAGE sql AS $$
    SELECT details ->> 'tokens' FROM pat_auth.token_event
    WHERE act = 'role_updated' AND details -> 'new' ->> 'application' = 'erp' AND details -> 'new' ->> 'name' = role
    ORDER BY event_id DESC LIMIT 1
$$;
-- Makes the role available, or takes that back, and tells the event's number.
CREATE FUNCTION acting.set_available(role text, value boolean, identity text DEFAULT 'acme/mia') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    outcome text := acting.outcome(identity, format('SELECT pat_auth.pat_set_role_available(''erp'', %L, %L)', role, value));
BEGIN
    RETURN CASE WHEN outcome = 'true' THEN acting.told(role) ELSE outcome END;
END
$$;
-- Roles whose number is not that of the tokens.
CREATE VIEW acting.miscounted AS
SELECT role_id, name, pat_auth.tokens_with_role(role_id) AS counted, (SELECT count(*) FROM pat_auth.token WHERE role_id = ANY (scope_ids)) AS real
FROM pat_auth.role
WHERE pat_auth.tokens_with_role(role_id) <> (SELECT count(*) FROM pat_auth.token WHERE role_id = ANY (scope_ids));

SELECT is(acting.set_available('invoice_reader', false), '0', 'R28: no token carries the role');
SELECT is(acting.set_available('invoice_reader', true), '0', 'R28: available again');
SELECT is(acting.create_token('one', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a token');
SELECT is(acting.create_token('two', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'), 'created', 'one of two scopes');
SELECT is(acting.create_token('three', 'globex/gina', 'erp', '{invoice_reader}'), 'created', 'one of another tenant');
SELECT is(acting.create_token('four', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'one more');
SELECT is(acting.set_available('invoice_reader', false), '4', 'R28: withdrawing the role tells of four');
SELECT is(acting.set_available('invoice_reader', true), '4', 'R28: so does restoring it');
SELECT is(acting.set_available('invoice_writer', false), '1', 'R28: of the other role, one');
SELECT is(acting.set_available('invoice_writer', true), '1', 'R28: so does restoring it');

SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({four})'), 'true', 'one is revoked');
SELECT is(acting.set_available('invoice_reader', false), '4', 'R28: it carries the role all the same');
SELECT is(acting.set_available('invoice_reader', true), '4', 'the role is available again');
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({four})'), 'true', 'it is deleted');
SELECT is(acting.set_available('invoice_reader', false), '3', 'R28: a deleted one does not');
SELECT is(acting.set_available('invoice_reader', true), '3', 'the role is available again');
SELECT is(acting.trial('acme/alice', 'SELECT pat_auth.pat_create(''erp'', ''undone'', ''{invoice_reader}'', acting.day(30))') LIKE '(%', true, 'one is made and rolled back');
SELECT is(acting.trial('acme/alice', 'SELECT pat_auth.pat_delete({one})'), 'true', 'a deletion is rolled back');
SELECT is(acting.set_available('invoice_reader', false), '3', 'R28: neither counts');
SELECT is(acting.set_available('invoice_reader', true), '3', 'the role is available again');
SELECT is(acting.outcome('acme/alice', 'SELECT row(scopes) FROM pat_auth.pat_edit({two}, scopes => ''{invoice_writer}'')'), '({invoice_writer})', 'one is edited');
SELECT is(acting.set_available('invoice_reader', false), '2', 'R28: it does not carry the role any more');
SELECT is(acting.set_available('invoice_writer', false), '1', 'R28: but the one that it kept');
SELECT is(acting.set_available('invoice_reader', true), '2', 'the role is available again');
SELECT is(acting.set_available('invoice_writer', true), '1', 'the other too');
SELECT is_empty('TABLE acting.miscounted', 'R28: of every role, the number is that of the tokens');

-- In one transaction, savepoints in it.
SELECT token_id AS one FROM acting.kept_token WHERE name = 'one' \gset
SELECT role_id AS reader FROM pat_auth.role WHERE application = 'erp' AND name = 'invoice_reader' \gset
BEGIN;
DELETE FROM pat_auth.token WHERE token_id = :one;
SELECT is(pat_auth.tokens_with_role(:reader), 1::bigint, 'R28: an act in the same transaction knows of a deletion before it');
SAVEPOINT first;
DELETE FROM pat_auth.token;
SAVEPOINT second;
SELECT is(pat_auth.tokens_with_role(:reader), 0::bigint, 'R28: and of one in a savepoint');
RELEASE second;
ROLLBACK TO first;
SELECT is(pat_auth.tokens_with_role(:reader), 1::bigint, 'R28: until that is rolled back');
ROLLBACK;
SELECT is(pat_auth.tokens_with_role(:reader), 2::bigint, 'R28: and the whole');
BEGIN;
SAVEPOINT first;
DELETE FROM pat_auth.token WHERE token_id = :one;
RELEASE first;
COMMIT;
SELECT is(pat_auth.tokens_with_role(:reader), 1::bigint, 'R28: a savepoint that is released counts');
SELECT is_empty('TABLE acting.miscounted', 'R28: and the numbers are right');
BEGIN;
TRUNCATE pat_auth.token CASCADE;
SELECT is(pat_auth.tokens_with_role(:reader), 0::bigint, 'R28: TRUNCATE leaves none');
SELECT is_empty('TABLE acting.miscounted', 'R28: of no role');
ROLLBACK;
SELECT is_empty('TABLE acting.miscounted', 'R28: unless it is rolled back');

-- One row a role is enough for those who come one after another.
SELECT is((SELECT max(number) FROM (SELECT count(*) AS number FROM pat_auth.role_token_count GROUP BY role_id) AS numbers), 1::bigint,
    'one row a role');

-- Who counts while another has not ended writes to rows of his own, waits for nobody, and nothing is lost.
SELECT token_id AS two FROM acting.kept_token WHERE name = 'two' \gset
BEGIN;
UPDATE pat_auth.token SET scope_ids = scope_ids || :reader WHERE token_id = :two;
PREPARE TRANSACTION 'counting';
SET lock_timeout = '1s';
SELECT is(acting.create_token('beside', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R28: a token while a prepared transaction has counted one');
SELECT is(pat_auth.tokens_with_role(:reader), 2::bigint, 'R28: what is prepared does not count yet');
SELECT is((SELECT count(DISTINCT part) FROM pat_auth.role_token_count WHERE role_id = :reader), 2::bigint, 'the other one is counted in a part of its own');
COMMIT PREPARED 'counting';
RESET lock_timeout;
SELECT is(pat_auth.tokens_with_role(:reader), 3::bigint, 'R28: both count');
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({beside})'), 'true', 'one is deleted');
SELECT is((SELECT max(number) FROM (SELECT count(*) AS number FROM pat_auth.role_token_count GROUP BY role_id, part) AS numbers), 1::bigint,
    'one row a role and part');
UPDATE pat_auth.token SET scope_ids = array_remove(scope_ids, :reader) WHERE token_id = :two;
SELECT is_empty('TABLE acting.miscounted', 'R28: and the numbers are right');

-- Rows that are not where this backend left them: others' are there now.
SELECT role_id AS writer FROM pat_auth.role WHERE application = 'erp' AND name = 'invoice_writer' \gset
CREATE TABLE acting.kept_count AS TABLE pat_auth.role_token_count;
TRUNCATE pat_auth.role_token_count;
INSERT INTO pat_auth.role_token_count SELECT :writer, 0, (SELECT max(part) FROM acting.kept_count) FROM generate_series(1, 100);
INSERT INTO pat_auth.role_token_count TABLE acting.kept_count;
SELECT is(acting.create_token('moved', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a token, when the counts'' rows have moved');
SELECT is_empty('TABLE acting.miscounted', 'R28: it is counted for its role');
VACUUM FULL pat_auth.role_token_count;
SELECT is(acting.create_token('moved again', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'), 'created', 'one when they are written anew');
SELECT is_empty('TABLE acting.miscounted', 'R28: it is, too');
TRUNCATE pat_auth.role_token_count;
INSERT INTO pat_auth.role_token_count SELECT role_id, count(*) FROM pat_auth.token, unnest(scope_ids) AS role_id GROUP BY role_id;
SELECT is(acting.create_token('moved once more', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'), 'created', 'one when the table has got shorter');
SELECT is_empty('TABLE acting.miscounted', 'R28: and so is that one');

-- Columns that the owner added to the counts are left null.
ALTER TABLE pat_auth.role_token_count ADD others text, ADD more bigint;
TRUNCATE pat_auth.role_token_count;
INSERT INTO pat_auth.role_token_count SELECT role_id, count(*) FROM pat_auth.token, unnest(scope_ids) AS role_id WHERE role_id <> :writer GROUP BY role_id;
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({moved again})'), 'true', 'a token is deleted, when there are such columns');
SELECT results_eq('SELECT tokens, others, more FROM pat_auth.role_token_count WHERE role_id = ' || :writer, 'VALUES (-1::bigint, NULL::text, NULL::bigint)', 'R28: it is counted out, in a row that is new');
ALTER TABLE pat_auth.role_token_count DROP others, DROP more;
TRUNCATE pat_auth.role_token_count;
INSERT INTO pat_auth.role_token_count SELECT role_id, count(*) FROM pat_auth.token, unnest(scope_ids) AS role_id GROUP BY role_id;

-- The trigger tells every backend, whoever changes a token: an identity in this one, for one.
SELECT is(acting.create_token('used', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a token');
SELECT token AS used, token_id AS used_id FROM acting.kept_token WHERE name = 'used' \gset
BEGIN;
SELECT pat_auth.pat_login(:'used') \g /dev/null
UPDATE pat_auth.token SET revoked_at = clock_timestamp() WHERE token_id = :used_id;
SELECT throws_ok('SELECT pat_auth.pat_user()', '28000', NULL, 'R30: what the extension''s owner writes himself is in force at the next statement');
COMMIT;

\ir include/end.sql
