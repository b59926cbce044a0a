-- An application's database role that runs any SQL it likes, without a token, and then with one: what it can make a
-- protected table tell, and what it can change of the protection. Its own functions, operators, views and tables are
-- among its means. (That the rules hold for the set-up: r29_however_reached.sql.)
\set file any_sql
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE invoice (id integer PRIMARY KEY, tenant text, note text);
INSERT INTO invoice VALUES (1, 'acme', 'a1'), (2, 'acme', 'a2'), (3, 'globex', 'g3'), (4, 'globex', 'g4');
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice TO :"client";
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', 'tenant') \g /dev/null
CREATE VIEW invoice_view WITH (security_invoker) AS SELECT * FROM invoice;
GRANT SELECT ON invoice_view TO :"client";
ANALYZE invoice;
SELECT acting.create_token('acme', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null
SELECT acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}') \g /dev/null
SELECT acting.create_token('globex', 'globex/gina', 'erp', '{invoice_reader}') \g /dev/null

-- What is the attacker's own: a function, and an operator of it, that say they cost nothing and keep what they are given.
CREATE SCHEMA attack;
GRANT ALL ON SCHEMA attack TO :"client";
GRANT TEMPORARY ON DATABASE :DBNAME TO :"client";
SET ROLE :"client";
CREATE TABLE attack.heard (note text);
CREATE FUNCTION attack.hear(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN INSERT INTO attack.heard VALUES ($1); RETURN true; END';
CREATE FUNCTION attack.hear(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RETURN attack.hear($1); END';
CREATE OPERATOR attack.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = attack.hear, RESTRICT = eqsel);
CREATE FUNCTION attack.counted() RETURNS bigint LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS 'BEGIN RETURN (SELECT count(*) FROM invoice); END';
CREATE FUNCTION attack.inlined() RETURNS SETOF invoice LANGUAGE sql STABLE AS 'SELECT * FROM invoice';
CREATE VIEW attack.own_view AS SELECT * FROM invoice WHERE attack.hear(note);
CREATE FUNCTION attack.pat_has_scope(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
RESET ROLE;

-- Every way to look. Each is kept, so that what was heard is still there afterwards.
CREATE TABLE acting.look (statement text);
INSERT INTO acting.look VALUES
    ('SELECT count(*) FROM invoice WHERE attack.hear(note)'), ('SELECT count(*) FROM invoice WHERE note OPERATOR(attack.<<<) ''''::text'),
    ('SELECT count(*) FROM invoice WHERE attack.hear(invoice::text) OR true'), ('SELECT count(attack.hear(note)) FROM invoice'),
    ('SELECT count(*) FROM invoice_view WHERE attack.hear(note)'), ('SELECT count(*) FROM attack.own_view'),
    ('SELECT count(*) FROM attack.inlined() AS i WHERE attack.hear(i.note)'), ('SELECT count(*) FROM invoice TABLESAMPLE SYSTEM (100) WHERE attack.hear(note)'),
    ('SELECT count(*) FROM invoice AS a JOIN invoice AS b ON attack.hear(a.note) AND attack.hear(b.note)'),
    ('SELECT count(*) FROM generate_series(1, 9) AS i LEFT JOIN invoice ON id = i AND attack.hear(note)'),
    ('SELECT count(*) FROM invoice WHERE id IN (SELECT id FROM invoice WHERE attack.hear(note))'), ('SELECT count(*) FROM (SELECT FROM invoice ORDER BY attack.hear(note)) AS ordered'),
    ('SELECT count(*) FROM invoice WHERE CASE WHEN attack.hear(note) THEN true END'), ('SELECT count(*) FROM invoice WHERE ctid = ANY (ARRAY[''(0,3)'', ''(0,4)'']::tid[]) AND attack.hear(note)'),
    ('SELECT count(*) FROM (SELECT FROM invoice GROUP BY tenant HAVING bool_or(attack.hear(note))) AS grouped'), ('SELECT count(*) FROM invoice WHERE 1 / (id - 3) < 9'),
    ('SELECT attack.hear(query_to_xml(''SELECT * FROM invoice'', true, false, '''')::text)'), ('SELECT attack.hear(table_to_xml(''invoice'', true, false, '''')::text)'),
    ('SELECT attack.hear(string_agg(word, '' '')) FROM ts_stat(''SELECT to_tsvector(''''simple'''', note) FROM invoice'')'),
    ('SELECT count(attack.hear(most_common_vals::text)) FROM pg_stats WHERE tablename = ''invoice'''), ('SELECT attack.counted()'),
    ('UPDATE invoice SET note = note WHERE attack.hear(note)'), ('UPDATE invoice SET note = note RETURNING attack.hear(note)'), ('DELETE FROM invoice WHERE attack.hear(note) AND false'),
    ('MERGE INTO invoice USING (VALUES (1)) AS given ON attack.hear(note) WHEN MATCHED AND false THEN DELETE'),
    ('INSERT INTO invoice VALUES (3, ''acme'', ''mine'') ON CONFLICT (id) DO UPDATE SET note = '''' WHERE attack.hear(invoice.note) AND false'),
    ('DO ''DECLARE r record; BEGIN FOR r IN SELECT * FROM invoice WHERE attack.hear(note) LOOP PERFORM attack.hear(r.note); END LOOP; END'''),
    ('DO ''DECLARE c CURSOR FOR SELECT note FROM invoice; n text; BEGIN OPEN c; LOOP FETCH c INTO n; EXIT WHEN NOT FOUND; PERFORM attack.hear(n); END LOOP; END'''),
    ('DO ''BEGIN PERFORM count(*) FROM invoice WHERE attack.hear(note); PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN PERFORM count(*) FROM invoice WHERE attack.hear(note); END'''),
    ('DO ''BEGIN PERFORM set_config(''''search_path'''', ''''attack, pg_temp, public'''', true), count(*) FROM invoice WHERE attack.hear(note); END'''),
    ('DO ''BEGIN EXECUTE ''''CREATE MATERIALIZED VIEW attack.kept AS SELECT * FROM public.invoice''''; PERFORM attack.hear(note) FROM attack.kept; END'''),
    ('DO ''BEGIN EXECUTE ''''CREATE TABLE attack.copied AS SELECT * FROM public.invoice''''; PERFORM attack.hear(note) FROM attack.copied; END'''),
    ('EXPLAIN (ANALYZE) SELECT * FROM invoice WHERE attack.hear(note)');
CREATE FUNCTION acting.listen(identity text) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE attack.heard;
    PERFORM acting.outcome(identity, statement) FROM acting.look;
    DROP MATERIALIZED VIEW IF EXISTS attack.kept;
    DROP TABLE IF EXISTS attack.copied;
    RETURN (SELECT array_agg(DISTINCT word[1] ORDER BY word[1]) FROM attack.heard, regexp_matches(note, '[ag][1-4]', 'g') AS word);
END
$$;
ALTER TABLE invoice NO FORCE ROW LEVEL SECURITY;
SELECT is(acting.listen('superuser'), '{a1,a2,g3,g4}', 'what a superuser''s looking hears: the means work');
ALTER TABLE invoice FORCE ROW LEVEL SECURITY;
SELECT is(acting.listen('none'), NULL, 'R29: without a token no way of looking hears of a row');
SELECT is(acting.listen('#acme'), '{a1,a2}', 'R29: with one, only of its tenant''s rows');
SELECT is(acting.listen('#writer'), '{a1,a2}', 'R29: with the scope to write, too');
SELECT is(acting.listen('#globex'), '{g3,g4}', 'R29: another one of its own');
SELECT is(acting.listen('none'), NULL, 'R29: and after them, in the same session and with the same plans, without one of none');
SELECT is((SELECT array_agg(note ORDER BY id) FROM invoice), '{a1,a2,g3,g4}', 'R29: nothing was changed');
SELECT format('SELECT is(acting.trial(%L, ''SELECT count(*) FROM invoice WHERE 1 / (id - %s) < 9''), %L, %L)', identity, id, result,
    format('R29: %s: dividing by zero at row %s', identity, id))
FROM (VALUES ('none', 1, '0'), ('#acme', 1, '22012'), ('#acme', 3, '2'), ('#globex', 1, '2')) AS divided (identity, id, result) \gexec

-- A plan that was made under one identity serves the next.
SELECT format('SELECT is(acting.trial(%L, ''SELECT attack.counted()''), %L, %L)', identity, result, 'R29: the same generic plan for ' || identity)
FROM (VALUES ('#acme', '2'), ('none', '0'), ('#globex', '2'), ('none', '0')) AS counted (identity, result) \gexec

-- Nobody makes himself an identity, or the protection weaker.
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', identity, act, result, format('R29: %s: %s', identity, act))
FROM unnest(ARRAY['none', '#writer']) AS identity, (VALUES
    ('SELECT pat_auth.pat_login_user(''acme'', ''mia'')', '42501'), ('SET pat_auth.signed_in_user = ''1''', '42501'),
    ('SELECT set_config(''pat_auth.signed_in_user'', ''1'', false)', '42501'), ('SET pat_auth.token = ''1:' || repeat('0', 64) || '''', '28000'),
    ('SET SESSION pat_auth.token = ''pat_' || repeat('0', 60) || '''', '28000'),
    ('CREATE FUNCTION attack.signed() RETURNS integer LANGUAGE sql SET pat_auth.signed_in_user = ''1'' AS ''SELECT 1''', '42501'),
    ('CREATE OR REPLACE FUNCTION pat_auth.pat_has_scope(application text, scope text) RETURNS boolean LANGUAGE sql AS ''SELECT true''', '42501'),
    ('ALTER FUNCTION pat_auth.pat_has_scope(text, text) RENAME TO other', '42501'), ('ALTER FUNCTION pat_auth.pat_tenant() SET search_path = attack', '42501'),
    ('DROP FUNCTION pat_auth.pat_has_scope(text, text) CASCADE', '42501'), ('DROP EXTENSION pat_auth CASCADE', '42501'), ('ALTER EXTENSION pat_auth DROP TABLE pat_auth.token', '42501'),
    ('DROP SCHEMA pat_auth CASCADE', '42501'), ('CREATE TABLE pat_auth.mine (id integer)', '42501'),
    ('SELECT pat_auth.pat_unprotect(''invoice'')', '42501'), ('SELECT pat_auth.pat_protect(''invoice'', ''erp'', NULL, NULL)', '42501'),
    ('ALTER TABLE invoice DISABLE ROW LEVEL SECURITY', '42501'), ('ALTER TABLE invoice NO FORCE ROW LEVEL SECURITY', '42501'), ('ALTER TABLE invoice OWNER TO CURRENT_USER', '42501'),
    ('CREATE POLICY mine ON invoice USING (true)', '42501'), ('ALTER POLICY pat_auth_select ON invoice USING (true)', '42501'), ('DROP POLICY pat_auth_select ON invoice', '42501'),
    ('DROP TRIGGER pat_auth_truncate ON invoice', '42501'), ('ALTER TABLE invoice DISABLE TRIGGER ALL', '42501'), ('TRUNCATE invoice', '42501'), ('DROP TABLE invoice', '42501'),
    ('CREATE TRIGGER mine BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', '42501'),
    ('CREATE RULE mine AS ON INSERT TO invoice DO ALSO NOTIFY heard', '42501'), ('CREATE INDEX ON invoice (attack.hear(note))', '42501'), ('CREATE STATISTICS attack.of ON id, note FROM invoice', '42501'),
    ('CREATE TABLE attack.heir () INHERITS (invoice)', '42501'), ('CREATE TABLE attack.referring (id integer REFERENCES invoice)', '42501'),
    ('SELECT count(*) FROM pg_statistic', '42501'), ('SELECT count(*) FROM pg_authid', '42501'), ('SELECT pg_read_file(''PG_VERSION'')', '42501'),
    ('COPY invoice TO PROGRAM ''cat''', '42501'), ('COPY invoice TO ''/tmp/attack''', '42501'), ('LOAD ''auto_explain''', '42501'), ('SELECT lo_import(''/etc/passwd'')', '42501'),
    ('SET session_replication_role = replica', '42501'), ('SET LOCAL session_preload_libraries = ''''', '42501'), ('CREATE FUNCTION attack.c() RETURNS integer LANGUAGE c AS ''pat_auth'', ''pat_auth_user''', '42501'),
    ('SELECT count(*) FROM pat_auth.token', '42501'), ('SELECT count(*) FROM pat_auth.token_event', '42501'), ('CREATE VIEW attack.tokens AS SELECT * FROM pat_auth.token', '0')
    ) AS acts (act, result) \gexec
SELECT is(acting.trial('#writer', 'SELECT count(*) FROM pat_auth.my_tokens'), '0', 'R29: a view on what he may not read is no help, nor are the interface''s');
SELECT is(acting.outcome('none', 'CREATE VIEW attack.tokens AS SELECT * FROM pat_auth.token'), '0', 'R29: he may write down such a view,');
SELECT is(acting.trial('none', 'SELECT count(*) FROM attack.tokens'), '42501', 'R29: but not read it');

DROP SCHEMA attack CASCADE;
\ir include/end.sql
