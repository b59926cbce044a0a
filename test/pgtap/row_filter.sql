-- Where the filter of a confined scan is evaluated by us (src/enforcement/row_filter.cpp), it says what PostgreSQL's
-- interpreter says. What is taken over is a sequential scan or a bitmap's, from the row on that asked for the identity;
-- so each table here has many rows, and both kinds of scan are had by force.
\set file row_filter
\ir include/fixture.sql
SELECT plan(42);

CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
-- Of 600 rows 200 are of acme, 200 of globex and 200 of nobody; of each three 100 are alice's.
CREATE TABLE shop.invoice AS
    SELECT number, CASE number % 3 WHEN 0 THEN 'acme' WHEN 1 THEN 'globex' END AS tenant, number % 2 = 0 AS is_open,
        CASE WHEN number % 2 = 0 THEN 'alice' ELSE 'adam' END AS owner, (number % 10)::smallint AS kind
    FROM generate_series(1, 600) AS number;
CREATE INDEX ON shop.invoice (kind);
CREATE TABLE shop.by_scope AS TABLE shop.invoice;
CREATE TABLE shop.by_other_scope AS TABLE shop.invoice;
CREATE TABLE shop.by_owner AS TABLE shop.invoice;
CREATE DOMAIN shop.name AS text;
CREATE TABLE shop.by_domain AS SELECT number, tenant::shop.name AS tenant FROM shop.invoice;
CREATE TABLE shop.by_hand AS TABLE shop.invoice;
CREATE TABLE shop.by_function AS TABLE shop.invoice;
CREATE TABLE shop.unconfined AS TABLE shop.invoice;
SELECT pat_auth.pat_protect('shop.invoice', 'erp', 'invoice_reader', 'invoice_writer', 'tenant') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_scope', 'erp', 'invoice_reader', 'invoice_writer') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_other_scope', 'erp', 'invoice_writer', 'invoice_writer') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_owner', 'erp', 'invoice_reader', 'invoice_writer', 'tenant', 'owner') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_domain', 'erp', 'invoice_reader', 'invoice_writer', 'tenant') \g /dev/null
ALTER TABLE shop.by_hand ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_hand ON shop.by_hand USING (pat_auth.pat_has_scope('erp', 'invoice_reader'));
-- A policy's own function, of another language, which is to be counted; null for whoever lacks the scope.
CREATE FUNCTION shop.may_read(scope text, except_if text) RETURNS boolean LANGUAGE plpgsql STABLE AS
    'BEGIN RETURN nullif(pat_auth.pat_has_scope(''erp'', scope) AND except_if IS NULL, false); END';
ALTER TABLE shop.by_function ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_function ON shop.by_function USING (shop.may_read('invoice_reader', null));
GRANT ALL ON ALL TABLES IN SCHEMA shop TO PUBLIC;
ANALYZE;
SELECT acting.create_token('reader', 'acme/alice', 'erp', ARRAY['invoice_reader']) \g /dev/null
SELECT acting.create_token('writer', 'acme/alice', 'erp', ARRAY['invoice_reader', 'invoice_writer']) \g /dev/null
SELECT acting.create_token('crm', 'acme/alice', 'crm', ARRAY['invoice_reader']) \g /dev/null

CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    lines text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || statement LOOP
        lines := lines || line || E'\n';
    END LOOP;
    RETURN lines;
END
$$;

SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', identity, statement, expected, description) FROM (VALUES
    ('#reader', 'SELECT count(*) FROM shop.invoice', '200', 'R11: of all rows, those of the tenant'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE tenant IS DISTINCT FROM ''acme''', '0', 'R11: none of another tenant, and none of nobody'),
    ('#crm', 'SELECT count(*) FROM shop.invoice', '0', 'R12: without the scope none'),
    ('none', 'SELECT count(*) FROM shop.invoice', '0', 'R29: for nobody none'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE number > 300', '100', 'beside a comparison with a constant'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE number > 300 AND owner = ''alice''', '50', 'beside two'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE 300 < number', '100', 'the constant on the left'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE is_open', '100', 'beside a column that is a condition'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE number % 2 = 0', '100', 'beside a condition that is left to PostgreSQL'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE number > null', '0', 'beside null'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE number > (SELECT 300)', '100', 'beside another subquery'),
    ('#reader', 'SELECT count(*) FROM shop.invoice WHERE number > (SELECT null::integer)', '0', 'beside one that gives null'),
    ('#reader', 'SELECT count(*) FROM shop.by_owner', '100', 'R11: of the tenant and of the user'),
    ('#reader', 'SELECT count(*) FROM shop.by_domain', '200', 'a column whose type is another one to PostgreSQL'),
    ('#reader', 'SELECT count(*) FROM shop.by_scope', '600', 'R11: with the scope all'),
    ('#crm', 'SELECT count(*) FROM shop.by_scope', '0', 'R12: without it none'),
    ('#reader', 'SELECT count(*) FROM shop.by_scope JOIN shop.by_other_scope USING (number)', '0', 'R11: one scope does not do for two tables'),
    ('#writer', 'SELECT count(*) FROM shop.by_scope JOIN shop.by_other_scope USING (number)', '600', 'R11: both do'),
    ('#reader', 'SELECT count(*) FROM shop.by_hand', '600', 'a policy by hand: with the scope all'),
    ('#crm', 'SELECT count(*) FROM shop.by_hand', '0', 'R12: without it none'),
    ('#reader', 'SELECT count(*) FROM shop.by_function', '600', 'a function of another language: with the scope all'),
    ('#crm', 'SELECT count(*) FROM shop.by_function', '0', 'R12: for null none'),
    ('#writer', 'UPDATE shop.invoice SET kind = 0', '200', 'R11: UPDATE changes the rows of the tenant'),
    ('#writer', 'DELETE FROM shop.by_owner', '100', 'R11: DELETE those of the user')
    ) AS attempted (identity, statement, expected, description) \gexec

-- A scan that is begun again and again, under a condition of the row outside.
SELECT is(acting.trial('#reader', $$
    SELECT string_agg(format('%s %s', is_open, (SELECT count(*) FROM shop.unconfined WHERE (SELECT outside.is_open))), ', ' ORDER BY number)
    FROM shop.by_scope AS outside WHERE number IN (2, 3, 4, 5)$$), 't 600, f 0, t 600, f 0',
    'a condition that changes with the row outside is asked anew');
SELECT is(acting.trial('#reader', $$
    SELECT string_agg(format('%s %s', is_open, inside.count), ', ' ORDER BY number)
    FROM shop.by_scope AS outside, LATERAL (SELECT count(*) FROM shop.by_scope AS inner_one WHERE outside.is_open) AS inside
    WHERE number IN (2, 3, 4, 5)$$), 't 600, f 0, t 600, f 0', 'beside the policy too');
SELECT is(acting.trial('#reader', $$
    SELECT sum((SELECT count(*) FROM shop.invoice AS inside WHERE inside.kind = outside.kind)) FROM shop.by_scope AS outside WHERE number <= 10$$),
    '200', 'and a column''s comparison with the row outside');

SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.unconfined, shop.by_other_scope WHERE unconfined.number < 5'), '0',
    'R11: a scan that is begun again stays without rows');
SELECT is(acting.trial('#writer', 'SELECT count(*) FROM shop.unconfined, shop.by_other_scope WHERE unconfined.number < 5'), '2400',
    'or with them');
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_material;

BEGIN;
SET LOCAL enable_seqscan = off;
SELECT ok(pg_temp.plan_of('SELECT FROM shop.invoice WHERE kind = 1') LIKE '%Bitmap Heap Scan%', 'that is a bitmap''s scan:');
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.invoice WHERE kind = 1'), '20', 'R11: it is confined');
COMMIT;

-- What a JIT compiler may have compiled stays its own; where there is none, it is as without.
SET jit = on;
SET jit_above_cost = 0;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.invoice'), '200', 'R11: with compiled expressions too');
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.by_scope'), '600', 'R11: of a scope too');
SELECT is(acting.trial('#crm', 'SELECT count(*) FROM shop.by_scope'), '0', 'R12: and not of another');
RESET jit;
RESET jit_above_cost;

-- A plan that is shared by subqueries, one for each partition.
CREATE TABLE shop.parted (number integer) PARTITION BY HASH (number);
CREATE TABLE shop.parted_0 PARTITION OF shop.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO shop.parted SELECT generate_series(1, 600);
GRANT SELECT ON shop.parted TO PUBLIC;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.parted WHERE number NOT IN (SELECT number FROM shop.invoice)'), '400',
    'R11: a subquery of each partition''s scan is confined');

-- A function that may say something else for each row.
CREATE SEQUENCE shop.asked;
GRANT ALL ON SEQUENCE shop.asked TO PUBLIC;
CREATE FUNCTION shop.every_other() RETURNS boolean LANGUAGE sql VOLATILE AS
    'SELECT pat_auth.pat_has_scope(''erp'', ''invoice_reader'') AND nextval(''shop.asked'') % 2 = 0';
CREATE TABLE shop.by_volatile AS TABLE shop.invoice;
ALTER TABLE shop.by_volatile ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_volatile ON shop.by_volatile USING (shop.every_other());
GRANT SELECT ON shop.by_volatile TO PUBLIC;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.by_volatile'), '300', 'a volatile function is asked for each row');

-- A cursor, whose later rows are fetched by other statements.
SELECT backend, client FROM acting.database_role \gset
SELECT token AS reader FROM acting.kept_token WHERE name = 'reader' \gset
BEGIN;
SET LOCAL ROLE :"client";
SELECT pat_auth.pat_login(:'reader') \g /dev/null
DECLARE rows SCROLL CURSOR FOR SELECT number FROM shop.invoice;
MOVE FORWARD 150 FROM rows;
MOVE FORWARD ALL FROM rows;
FETCH BACKWARD 1 FROM rows \gset last_
MOVE BACKWARD ALL FROM rows;
FETCH FORWARD 1 FROM rows \gset first_
COMMIT;
SELECT is(:'first_number' || ' ' || :'last_number', '3 600', 'R11: a cursor goes over the tenant''s rows, both ways');

-- A plan that is kept, and a table whose columns are others by then.
CREATE FUNCTION acting.change_between() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    counts text := '';
BEGIN
    PREPARE counted AS SELECT count(*) FROM shop.by_owner;
    FOR i IN 1..7 LOOP
        counts := counts || acting.trial('#reader', 'SELECT pg_temp.run_counted()') || ' ';
        IF i = 6 THEN
            EXECUTE 'ALTER TABLE shop.by_owner DROP COLUMN is_open';
        END IF;
    END LOOP;
    RETURN counts;
END
$$;
CREATE FUNCTION pg_temp.run_counted() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    result bigint;
BEGIN
    EXECUTE 'EXECUTE counted' INTO result;
    RETURN result;
END
$$;
SELECT is(acting.change_between(), '100 100 100 100 100 100 100 ', 'R11: a plan that is kept stays confined');

-- What PostgreSQL tells of it.
CREATE FUNCTION pg_temp.removed(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) ' || statement LOOP
        IF line LIKE '%Rows Removed by Filter%' THEN
            RETURN btrim(line);
        END IF;
    END LOOP;
    RETURN 'none removed';
END
$$;
SELECT is(acting.trial('#reader', 'SELECT pg_temp.removed(''SELECT FROM shop.invoice'')'), 'Rows Removed by Filter: 400',
    'EXPLAIN ANALYZE tells how many rows a policy took out');
SELECT is(acting.trial('#reader', 'SELECT pg_temp.removed(''SELECT FROM shop.by_scope'')'), 'none removed', 'and of a scope none');

SELECT pg_stat_reset() \g /dev/null
SET track_functions = 'all';
SELECT acting.trial('#reader', 'SELECT count(*) FROM shop.by_function') \g /dev/null
SET track_functions = 'none';
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT is((SELECT calls FROM pg_stat_user_functions WHERE funcname = 'may_read'), 600::bigint,
    'a function that is to be counted is counted for each row');

-- What a row's filter may not see: the identity of another transaction.
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.by_scope') || ' ' || acting.trial('none', 'SELECT count(*) FROM shop.by_scope'),
    '600 0', 'R29: what held for one does not for the next');

\ir include/end.sql
