-- What outlives its transaction is refused under an identity: the next client of the connection would find it.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token FROM pat_auth.pat_create('erp', 'cursor', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;
SET SESSION AUTHORIZATION regress_app;

-- A cursor WITH HOLD.
BEGIN;
SELECT pat_auth.pat_login(:'token');
DECLARE kept CURSOR WITH HOLD FOR SELECT id, tenant FROM invoice ORDER BY id;
\echo :SQLSTATE
ROLLBACK;

-- Declared before the identity came, it is refused when it runs: at a FETCH, or at the COMMIT that would store its rows.
BEGIN;
DECLARE kept CURSOR WITH HOLD FOR SELECT id, tenant FROM invoice ORDER BY id;
SELECT pat_auth.pat_login(:'token');
FETCH ALL FROM kept;
\echo :SQLSTATE
ROLLBACK;
BEGIN;
DECLARE kept CURSOR WITH HOLD FOR SELECT id, tenant FROM invoice ORDER BY id;
SELECT pat_auth.pat_login(:'token');
COMMIT;
\echo :SQLSTATE
FETCH ALL FROM kept;

-- However its rows are computed: by a function's own queries, at once or in a loop.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION at_once() RETURNS SETOF invoice LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT * FROM invoice; END';
CREATE FUNCTION in_a_loop() RETURNS SETOF invoice LANGUAGE plpgsql AS $$
DECLARE
    one invoice;
BEGIN
    FOR one IN SELECT * FROM invoice LOOP
        RETURN NEXT one;
    END LOOP;
END
$$;
SET SESSION AUTHORIZATION regress_app;
BEGIN;
DECLARE kept CURSOR WITH HOLD FOR SELECT * FROM at_once();
SELECT pat_auth.pat_login(:'token');
COMMIT;
\echo :SQLSTATE
FETCH ALL FROM kept;
BEGIN;
DECLARE kept CURSOR WITH HOLD FOR SELECT * FROM in_a_loop();
SELECT pat_auth.pat_login(:'token');
COMMIT;
\echo :SQLSTATE
FETCH ALL FROM kept;

-- Also where PostgreSQL begins it again before it stores its rows, and has the index's key computed then.
BEGIN;
SET LOCAL enable_seqscan = off;
CREATE TEMPORARY TABLE indexed (name text PRIMARY KEY) ON COMMIT DROP;
INSERT INTO indexed VALUES ('alice');
DECLARE kept SCROLL CURSOR WITH HOLD FOR SELECT * FROM indexed WHERE name = pat_auth.pat_user();
SELECT pat_auth.pat_login(:'token');
COMMIT;
\echo :SQLSTATE
FETCH ALL FROM kept;

-- Without an identity it works as ever, over rows that depend on none.
BEGIN;
DECLARE numbers CURSOR WITH HOLD FOR SELECT number FROM generate_series(1, 3) AS number;
COMMIT;
FETCH ALL FROM numbers;
CLOSE numbers;

-- Temporary tables that stay, with rows that depend on the identity.
BEGIN;
SELECT pat_auth.pat_login(:'token');
SAVEPOINT before;
CREATE TEMPORARY TABLE kept AS SELECT * FROM invoice;
\echo :SQLSTATE
ROLLBACK TO before;
SELECT * INTO TEMPORARY kept FROM invoice;
\echo :SQLSTATE
ROLLBACK TO before;
CREATE TABLE pg_temp.kept AS SELECT pat_auth.pat_user() AS name;
\echo :SQLSTATE
ROLLBACK TO before;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) CREATE TEMPORARY TABLE kept AS SELECT * FROM invoice;
\echo :SQLSTATE
ROLLBACK TO before;
-- Whichever way it becomes temporary.
SET LOCAL search_path = pg_temp, public;
CREATE TABLE kept AS SELECT * FROM public.invoice;
\echo :SQLSTATE
ROLLBACK TO before;
-- Nor by a function that meets the refusal first, and keeps it to itself.
CREATE FUNCTION pg_temp.meet() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN pat_auth.pat_user();
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END
$$;
CREATE TEMPORARY TABLE kept AS SELECT met, invoice.* FROM (SELECT pg_temp.meet() AS met OFFSET 0) AS first LEFT JOIN invoice ON true;
\echo :SQLSTATE
ROLLBACK TO before;
-- Those that are emptied with the transaction are the holder's to use.
CREATE TEMPORARY TABLE passing ON COMMIT DROP AS SELECT id FROM invoice;
INSERT INTO passing SELECT id + 1000 FROM invoice;
SELECT count(*) > 0 AS is_filled FROM passing;
COMMIT;
-- One of before the identity is not filled under it.
CREATE TEMPORARY TABLE kept (id integer);
CREATE TEMPORARY TABLE emptied (id integer) ON COMMIT DELETE ROWS;
INSERT INTO kept VALUES (1);
CREATE FUNCTION pg_temp.who(integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN pat_auth.pat_user(); END';
BEGIN;
SELECT pat_auth.pat_login(:'token');
INSERT INTO emptied SELECT id FROM invoice;
SAVEPOINT before;
CREATE INDEX ON kept (pg_temp.who(id));
\echo :SQLSTATE
ROLLBACK TO before;
INSERT INTO kept SELECT id FROM invoice;
\echo :SQLSTATE
ROLLBACK TO before;
WITH filled AS (INSERT INTO kept SELECT id FROM invoice RETURNING id) SELECT count(*) FROM filled;
\echo :SQLSTATE
ROLLBACK TO before;
WITH filled AS (INSERT INTO kept SELECT id FROM invoice RETURNING id) SELECT 'nobody reads from it';
\echo :SQLSTATE
ROLLBACK TO before;
CREATE TEMPORARY TABLE IF NOT EXISTS kept (id integer) ON COMMIT DROP;
INSERT INTO kept SELECT id FROM invoice;
\echo :SQLSTATE
ROLLBACK TO before;
CREATE TEMPORARY TABLE parted (id integer) PARTITION BY LIST (id) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE part PARTITION OF parted DEFAULT;
INSERT INTO parted SELECT id FROM invoice;
\echo :SQLSTATE
ROLLBACK TO before;
ALTER TABLE kept ADD name text DEFAULT pat_auth.pat_user();
\echo :SQLSTATE
ROLLBACK TO before;
INSERT INTO kept VALUES (1);
ALTER TABLE kept ALTER id TYPE text USING pat_auth.pat_user();
\echo :SQLSTATE
ROLLBACK TO before;
CREATE FUNCTION pg_temp.fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.id := (SELECT max(id) FROM invoice); RETURN new; END';
CREATE TRIGGER fill BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION pg_temp.fill();
COPY kept FROM STDIN;
1
\.
ROLLBACK TO before;
ALTER TABLE kept ADD note text DEFAULT 'a constant';
ROLLBACK TO before;
-- Nor where the statement that this one is part of has asked for the identity already.
CREATE FUNCTION pg_temp.add() RETURNS void LANGUAGE plpgsql AS 'BEGIN ALTER TABLE kept ADD name text DEFAULT pat_auth.pat_user(); END';
SELECT pat_auth.pat_user(), pg_temp.add();
\echo :SQLSTATE
ROLLBACK TO before;
UPDATE kept SET id = 1 WHERE pat_auth.pat_has_scope('erp', 'invoice_reader');
\echo :SQLSTATE
ROLLBACK TO before;
-- Other rows it takes.
INSERT INTO kept VALUES (1);
CREATE TEMPORARY TABLE other AS SELECT number FROM generate_series(1, 3) AS number;
DELETE FROM kept;
COMMIT;
SELECT count(*) FROM emptied;
SELECT count(*) FROM other;

-- A loop goes on after its COMMIT with rows that were computed before: not with those of an identity.
SELECT set_config('regress.token', :'token', false) \g /dev/null
SET client_min_messages = error; -- outside of a transaction block
DO $$
DECLARE
    number integer;
BEGIN
    PERFORM pat_auth.pat_login(current_setting('regress.token'));
    FOR number IN SELECT id FROM invoice LOOP
        COMMIT;
    END LOOP;
END
$$;
\echo :SQLSTATE
DO $$
DECLARE
    number integer;
BEGIN
    FOR number IN SELECT * FROM generate_series(1, 3) LOOP
        PERFORM pat_auth.pat_login(current_setting('regress.token'));
        PERFORM count(*) FROM invoice;
        COMMIT;
    END LOOP;
END
$$;
\echo :SQLSTATE
DO $$
DECLARE
    one invoice;
BEGIN
    PERFORM pat_auth.pat_login(current_setting('regress.token'));
    FOR one IN SELECT * FROM in_a_loop() LOOP
        COMMIT;
    END LOOP;
END
$$;
\echo :SQLSTATE

-- A temporary table without a query gets no row, though somebody is asked for meanwhile who made it.
RESET SESSION AUTHORIZATION;
CREATE TABLE made (by_user text, tag text);
GRANT INSERT ON made TO regress_app;
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO made VALUES (pat_auth.pat_user(), tg_tag); END';
CREATE EVENT TRIGGER regress_note ON ddl_command_end EXECUTE FUNCTION note();
SET SESSION AUTHORIZATION regress_app;
BEGIN;
SELECT pat_auth.pat_login(:'token');
CREATE TEMPORARY TABLE told (number integer);
COMMIT;
DROP TABLE told;
RESET SESSION AUTHORIZATION;
DROP EVENT TRIGGER regress_note;
SELECT * FROM made;
DROP FUNCTION note;
DROP TABLE made;
DROP FUNCTION at_once, in_a_loop;
CLOSE ALL;
DELETE FROM pat_auth.token;
