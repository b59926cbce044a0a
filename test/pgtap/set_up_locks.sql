-- Who may write the set-up tables, under the rules, may not lock them to hold others up: neither a revocation or another
-- act of an administrator, nor who uses a token or reads his rights. Nor does anybody get or wait for a lock of any
-- relation of ours by a statement that is not his to execute.
\set file set_up_locks
\ir include/fixture.sql
SELECT plan(145);

SELECT is(acting.create_token('reading', 'acme/alice', 'erp', ARRAY['invoice_reader']), 'created', 'there is a token');
GRANT CREATE ON SCHEMA acting TO :"client";
SET ROLE :"client";
CREATE VIEW acting.users AS SELECT name FROM pat_auth.app_user;
CREATE VIEW acting.users_of_users AS SELECT 1 AS one WHERE EXISTS (SELECT FROM acting.users);
CREATE SEQUENCE acting.numbering;
CREATE VIEW acting.one_of_two AS SELECT 1 AS one;
CREATE VIEW acting.two_of_two AS SELECT one FROM acting.one_of_two;
CREATE OR REPLACE VIEW acting.one_of_two AS SELECT one FROM acting.two_of_two;
CREATE VIEW acting.numbers AS SELECT number FROM generate_series(1, 3) AS number;
RESET ROLE;

-- One identity a transaction.
SELECT format($$SELECT is_empty($query$
    SELECT relname, mode FROM pg_class, unnest(ARRAY['ROW SHARE', 'SHARE', 'ACCESS EXCLUSIVE']) AS mode
    WHERE relnamespace = 'pat_auth'::regnamespace AND relkind = 'r'
        AND acting.trial(%L, format('LOCK TABLE pat_auth.%%I IN %%s MODE NOWAIT', relname, mode)) <> '42501'$query$, %L)$$,
    identity, 'R30: no table of pat_auth is locked by ' || identity)
FROM unnest(ARRAY['none', '#reading', 'acme/alice', 'acme/mia']) AS identity \gexec
SELECT is(acting.refusal('none', 'LOCK TABLE pat_auth.app_user'), '42501 not allowed to lock table "app_user"', 'R30: and is told so');
SELECT is(acting.trial('none', 'SET LOCAL search_path = pat_auth; LOCK TABLE ONLY app_user'), '42501', 'R30: nor by a name without its schema');
SELECT is(acting.trial('none', 'LOCK TABLE acting.users'), '42501', 'R30: nor by a view of his own');
SELECT is(acting.trial('none', 'LOCK TABLE acting.numbers, acting.users_of_users'), '42501', 'R30: or one that reads it somewhere below');
SELECT is(acting.trial('none', 'LOCK TABLE acting.numbers'), '0', 'other tables and views he locks as ever');
SELECT is(acting.trial('none', 'LOCK TABLE acting.one_of_two'), '0', 'also views that read each other');
SELECT is(acting.refusal('none', 'LOCK TABLE acting.numbering'), '42809 cannot lock relation "numbering"', 'but nothing that is no table or view');
SELECT is(acting.trial('none', 'LOCK TABLE pat_auth.app_user IN ACCESS SHARE MODE'), '0', 'and as a reader what he may read');
SELECT is(acting.trial('none', 'LOCK TABLE pat_auth.token IN ACCESS SHARE MODE'), '42501', 'not what he may not');
SELECT is(acting.trial('superuser', 'LOCK TABLE pat_auth.app_user'), '0', 'who is above the rules locks what he wants');

SELECT format($$SELECT is_empty($query$
    SELECT strength FROM unnest(ARRAY['UPDATE', 'NO KEY UPDATE', 'SHARE', 'KEY SHARE']) AS strength
    WHERE acting.trial(%L, 'SELECT name FROM pat_auth.application FOR ' || strength) <> '42501'$query$, %L)$$,
    identity, 'R4: no row of the set-up is locked by ' || identity)
FROM unnest(ARRAY['none', '#reading', 'acme/alice']) AS identity \gexec
SELECT is(acting.trial('acme/alice', 'SELECT name FROM acting.users FOR UPDATE'), '42501', 'R4: nor by a view of his own');
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM (SELECT FROM pat_auth.application FOR UPDATE) AS locked'), '42501', 'R4: nor in a subquery');
SELECT is(acting.trial('acme/ada', 'SELECT count(*) FROM (SELECT FROM pat_auth.application WHERE name = ''erp'' FOR UPDATE) AS locked'), '1',
    'an administrator locks the row that he is about to change');
SELECT is(acting.trial('globex/uma', 'SELECT count(*) FROM (SELECT FROM pat_auth.app_user FOR UPDATE) AS locked'), '2', 'so does a user administrator');
SELECT is(acting.trial('globex/uma', 'SELECT name FROM pat_auth.application FOR UPDATE'), '42501', 'R4: but no row of a table that is not his to change');
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM pat_auth.application JOIN generate_series(1, 3) AS number ON true'), '9', 'reading takes no lock');

-- Objects of the client's own, for statements that name one of his and one of ours.
GRANT CREATE ON DATABASE :"DBNAME" TO :"client";
SET ROLE :"client";
CREATE TABLE acting.own (number integer PRIMARY KEY, note text);
CREATE TABLE acting.parted (number integer) PARTITION BY LIST (number);
CREATE INDEX parted_number ON acting.parted (number);
CREATE SEQUENCE acting.counter;
CREATE SCHEMA own_names;
CREATE TABLE own_names.app_user (number integer PRIMARY KEY);
CREATE PUBLICATION own_publication FOR TABLE acting.own;
CREATE EXTENSION citext SCHEMA acting;
RESET ROLE;

-- Locks that somebody holds, so that it is seen who would wait for one that holds others up: of each relation of ours,
-- what all but reading and writing conflicts with.
BEGIN;
SELECT format('COMMENT ON %s pat_auth.%I IS NULL',
    CASE relkind WHEN 'r' THEN 'TABLE' WHEN 'v' THEN 'VIEW' WHEN 'i' THEN 'INDEX' WHEN 'S' THEN 'SEQUENCE' END, relname)
FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v', 'i', 'S') \gexec
PREPARE TRANSACTION 'set_up_locks_holder';
SET lock_timeout = '20ms';

CREATE FUNCTION acting.trial_of(statement text) RETURNS TABLE (relation text, state text) LANGUAGE sql AS $$
    SELECT relname::text, acting.trial('none', replace(statement, '%s', format('pat_auth.%I', relname)))
    FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v', 'i', 'S')
$$;

SELECT ok(acting.trial('superuser', 'COMMENT ON TABLE pat_auth.token IS NULL') = '55P03', 'who waits for a lock is seen');
SELECT is_empty(format($$SELECT %L, * FROM acting.trial_of(%L) WHERE state <> '42501'$$, statement, statement), 'R21, R30: refused without a lock: ' || statement)
FROM unnest(ARRAY[
    'CREATE TRIGGER x BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'CREATE CONSTRAINT TRIGGER x AFTER INSERT ON %s FROM acting.own FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'CREATE CONSTRAINT TRIGGER x AFTER INSERT ON acting.own FROM %s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'CREATE RULE x AS ON INSERT TO %s DO INSTEAD NOTHING',
    'CREATE RULE x AS ON INSERT TO %s DO ALSO SELECT number FROM acting.own',
    'ALTER TABLE acting.parted ATTACH PARTITION %s DEFAULT',
    'ALTER TABLE acting.parted DETACH PARTITION %s',
    'ALTER INDEX acting.parted_number ATTACH PARTITION %s',
    'ALTER TABLE acting.own ALTER note DROP NOT NULL, INHERIT %s',
    'CREATE TABLE acting.x PARTITION OF %s DEFAULT',
    'CREATE TABLE acting.x () INHERITS (acting.own, %s)',
    'CREATE TEMPORARY TABLE x () INHERITS (%s)',
    'CREATE FOREIGN TABLE acting.x () INHERITS (%s) SERVER x',
    'CREATE TABLE acting.x (number integer REFERENCES %s)',
    'CREATE TABLE acting.x (number integer, FOREIGN KEY (number) REFERENCES %s)',
    'CREATE SCHEMA x CREATE TABLE x (number integer REFERENCES %s)',
    'ALTER TABLE acting.own ADD FOREIGN KEY (number) REFERENCES %s',
    'ALTER TABLE acting.own ADD other integer CHECK (other > 0) REFERENCES %s',
    'ALTER INDEX %s DEPENDS ON EXTENSION pat_auth',
    'ALTER MATERIALIZED VIEW %s DEPENDS ON EXTENSION pat_auth',
    'CREATE STATISTICS acting.x ON number, note FROM %s',
    'COMMENT ON TABLE %s IS NULL',
    'COMMENT ON VIEW %s IS NULL',
    'COMMENT ON INDEX %s IS NULL',
    'COMMENT ON SEQUENCE %s IS NULL',
    'COMMENT ON MATERIALIZED VIEW %s IS NULL',
    'COMMENT ON FOREIGN TABLE %s IS NULL',
    'COMMENT ON COLUMN %s.name IS NULL',
    'CREATE PUBLICATION x FOR TABLE acting.own, TABLE %s',
    'ALTER PUBLICATION own_publication ADD TABLE %s',
    'ALTER EXTENSION citext ADD TABLE %s',
    'ALTER EXTENSION citext DROP SEQUENCE %s'
]) AS statement;

-- Those of which PostgreSQL asks first whether the caller may.
SELECT is_empty(format($$SELECT %L, * FROM acting.trial_of(%L) WHERE state = '55P03'$$, statement, statement), 'R21, R30: waits for nobody: ' || statement)
FROM unnest(ARRAY[
    'ALTER TABLE %s ADD x integer',
    'ALTER TABLE %s DISABLE TRIGGER ALL',
    'ALTER TABLE %s OWNER TO CURRENT_USER',
    'ALTER TABLE %s RENAME TO x',
    'ALTER TABLE %s RENAME COLUMN name TO x',
    'ALTER TABLE %s RENAME CONSTRAINT x TO y',
    'ALTER TABLE %s SET SCHEMA acting',
    'ALTER VIEW %s RENAME TO x',
    'ALTER INDEX %s RENAME TO x',
    'ALTER SEQUENCE %s RESTART',
    'ALTER SEQUENCE acting.counter OWNED BY %s.name',
    'ALTER TABLE acting.own NO INHERIT %s',
    'ALTER TABLE acting.own OF %s',
    'ALTER POLICY x ON %s USING (true)',
    'ALTER POLICY x ON %s RENAME TO y',
    'ALTER RULE x ON %s RENAME TO y',
    'ALTER TRIGGER x ON %s RENAME TO y',
    'ALTER TRIGGER x ON %s DEPENDS ON EXTENSION pat_auth',
    'ALTER TYPE %s ADD ATTRIBUTE x integer',
    'ANALYZE %s',
    'CLUSTER %s',
    'COMMENT ON CONSTRAINT x ON %s IS NULL',
    'COMMENT ON POLICY x ON %s IS NULL',
    'COMMENT ON RULE x ON %s IS NULL',
    'COMMENT ON TRIGGER x ON %s IS NULL',
    'COMMENT ON TYPE %s IS NULL',
    'CREATE INDEX ON %s ((1))',
    'CREATE OR REPLACE VIEW %s AS SELECT 1 AS one',
    'CREATE POLICY x ON %s',
    'CREATE SEQUENCE acting.x OWNED BY %s.name',
    'CREATE TABLE acting.x (LIKE %s INCLUDING ALL)',
    'CREATE TABLE acting.x OF %s',
    'CREATE TABLE acting.x AS SELECT FROM %s',
    'CREATE VIEW acting.x AS SELECT FROM %s',
    'CREATE FUNCTION acting.x() RETURNS SETOF %s LANGUAGE sql BEGIN ATOMIC SELECT * FROM %s; END',
    'DECLARE x CURSOR FOR SELECT FROM %s FOR UPDATE',
    'DELETE FROM %s',
    'DROP INDEX %s',
    'DROP POLICY x ON %s',
    'DROP RULE x ON %s',
    'DROP SEQUENCE %s',
    'DROP TABLE %s CASCADE',
    'DROP TRIGGER x ON %s',
    'DROP TYPE %s',
    'DROP VIEW %s',
    'EXPLAIN ANALYZE DELETE FROM %s',
    'GRANT SELECT ON %s TO PUBLIC',
    'REFRESH MATERIALIZED VIEW %s',
    'REINDEX INDEX %s',
    'REINDEX TABLE %s',
    'REVOKE SELECT ON %s FROM PUBLIC',
    'SELECT setval(''%s'', 1)',
    'SELECT FROM %s FOR UPDATE',
    'TRUNCATE %s CASCADE'
]) AS statement;
RESET lock_timeout;
ROLLBACK PREPARED 'set_up_locks_holder';

SELECT is(acting.refusal('none', 'CREATE RULE x AS ON INSERT TO pat_auth.token DO INSTEAD NOTHING'), '42501 must be owner of relation "pat_auth.token"', 'R30: and is told why');
SELECT is(acting.trial('none', 'SET LOCAL search_path = pat_auth; CREATE RULE x AS ON INSERT TO token DO INSTEAD NOTHING'), '42501', 'R30: nor by a name without its schema');
SELECT is(acting.trial('none', 'SET LOCAL search_path = own_names, pat_auth; CREATE RULE x AS ON INSERT TO app_user DO INSTEAD NOTHING'), '42501',
    'R30: nor by one that comes to mean a relation of ours when the one that it means now is gone');
SELECT is((acting.attempt('none', 'SET LOCAL search_path = own_names, pat_auth; COMMENT ON TABLE app_user IS NULL', false)).hint,
    'If another relation of this name is meant, write its schema before it.', 'and is told the way out');
SELECT is(acting.trial('superuser', 'CREATE RULE x AS ON INSERT TO pat_auth.token DO INSTEAD NOTHING'), '0', 'who is above the rules does what he wants');

-- What PREPARE locks stays locked, though nobody asks for privileges before EXECUTE.
SELECT is_empty(format($$SELECT %L, relname FROM unnest(ARRAY['token', 'token_event', 'token_usage', 'role_token_count', 'rights_generation', 'my_tokens']) AS relname
    WHERE acting.trial('acme/ada', replace(%L, '%%s', 'pat_auth.' || relname)) NOT IN ('42501', '42809', '0A000')$$, statement, statement), 'R21: no lock is kept by: ' || statement)
FROM unnest(ARRAY[
    'PREPARE x AS DELETE FROM %s',
    'PREPARE x AS INSERT INTO %s DEFAULT VALUES',
    'PREPARE x AS WITH gone AS (DELETE FROM %s RETURNING 1) SELECT count(*) FROM gone',
    'PREPARE x AS MERGE INTO %s USING acting.own ON true WHEN MATCHED THEN DELETE',
    'PREPARE x AS SELECT FROM %s FOR KEY SHARE',
    'PREPARE x AS SELECT 1 WHERE EXISTS (SELECT FROM %s FOR UPDATE)',
    'PREPARE x AS SELECT 1 FROM acting.own, (SELECT FROM %s FOR SHARE) AS locked'
]) AS statement;
SET ROLE :"client";
\set ON_ERROR_STOP off
DELETE FROM pat_auth.token \gdesc
\set ON_ERROR_STOP on
RESET ROLE;
SELECT is(:'LAST_ERROR_SQLSTATE'::text, '42501', 'R21: nor by a message that only prepares it');

-- What applications need.
SELECT is((acting.attempt('acme/ada', statement, false)).state, NULL, 'as ever: ' || statement)
FROM unnest(ARRAY[
    'PREPARE kept_1 AS SELECT * FROM pat_auth.my_tokens',
    'PREPARE kept_2 AS SELECT * FROM pat_auth.app_user FOR UPDATE',
    'PREPARE kept_3 AS UPDATE pat_auth.application SET is_active = false WHERE name = $1',
    'PREPARE kept_4 AS INSERT INTO pat_auth.application (name) VALUES ($1)',
    'PREPARE kept_5 AS DELETE FROM pat_auth.application WHERE name = $1',
    'EXPLAIN UPDATE pat_auth.application SET is_active = false',
    'DECLARE x CURSOR FOR SELECT * FROM pat_auth.my_tokens'
]) AS statement;
SELECT is((acting.attempt('none', statement, false)).state, NULL, 'as ever: ' || statement)
FROM unnest(ARRAY[
    'CREATE VIEW acting.x AS SELECT * FROM pat_auth.my_tokens',
    'CREATE TABLE acting.x AS SELECT * FROM pat_auth.my_tokens WITH NO DATA',
    'CREATE TABLE acting.x (number integer REFERENCES acting.own, other integer)',
    'CREATE TABLE acting.x PARTITION OF acting.parted DEFAULT',
    'CREATE TABLE acting.x () INHERITS (acting.own)',
    'ALTER TABLE own_names.app_user ADD FOREIGN KEY (number) REFERENCES acting.own',
    'CREATE TRIGGER x BEFORE UPDATE ON acting.own FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'CREATE RULE x AS ON INSERT TO acting.own DO ALSO SELECT count(*) FROM pat_auth.my_tokens',
    'CREATE STATISTICS acting.x ON number, note FROM acting.own',
    'ALTER PUBLICATION own_publication SET TABLE acting.own',
    'COMMENT ON COLUMN acting.own.note IS NULL',
    'COMMENT ON SCHEMA own_names IS NULL',
    'SET LOCAL search_path = own_names; COMMENT ON TABLE app_user IS NULL',
    'SET LOCAL search_path = own_names, pat_auth; COMMENT ON TABLE own_names.app_user IS NULL'
]) AS statement;

REVOKE CREATE ON SCHEMA acting FROM :"client";
\ir include/end.sql
