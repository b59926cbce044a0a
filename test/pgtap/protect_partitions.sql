-- Partitions and children of protected tables: those of the moment, those attached later, and those detached again.
\set file protect_partitions
\ir include/fixture.sql
SELECT plan(45);

CREATE ROLE protect_partitions_owner;
-- What the owner of tables needs, who is no application.
GRANT USAGE ON SCHEMA pat_auth TO protect_partitions_owner;
GRANT EXECUTE ON FUNCTION pat_auth.pat_protect, pat_auth.pat_unprotect, pat_auth.guard_truncate TO protect_partitions_owner;
CREATE SCHEMA shop AUTHORIZATION protect_partitions_owner;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
SET ROLE protect_partitions_owner;
CREATE TABLE shop.invoice (id integer, tenant text NOT NULL, PRIMARY KEY (id, tenant)) PARTITION BY RANGE (id);
CREATE TABLE shop.low PARTITION OF shop.invoice FOR VALUES FROM (0) TO (100);
CREATE TABLE shop.high PARTITION OF shop.invoice FOR VALUES FROM (100) TO (200) PARTITION BY LIST (tenant);
CREATE TABLE shop.high_acme PARTITION OF shop.high FOR VALUES IN ('acme');
CREATE TABLE shop.high_rest PARTITION OF shop.high DEFAULT;
CREATE TABLE shop.note (tenant text);
CREATE TABLE shop.signed_note (signature text) INHERITS (shop.note);
CREATE TABLE shop.sealed_note () INHERITS (shop.signed_note);
INSERT INTO shop.invoice VALUES (1, 'acme'), (2, 'globex'), (101, 'acme'), (102, 'globex');
INSERT INTO shop.sealed_note VALUES ('acme'), ('globex');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA shop TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO PUBLIC;
SELECT pat_auth.pat_protect(relation, 'erp', 'invoice_reader', 'invoice_writer', 'tenant')
FROM unnest(ARRAY['shop.invoice', 'shop.note']::regclass[]) AS relation \g /dev/null
RESET ROLE;
SELECT acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null
SELECT acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}') \g /dev/null

-- Each of them, by its own name and through each that is above it.
SELECT format('SELECT is(acting.trial(%L, ''SELECT count(*) FROM %s''), %L, %L)', who, relation, result, format('R29: %s reads %s', who, relation))
FROM (VALUES ('shop.invoice', '2'), ('shop.low', '1'), ('shop.high', '1'), ('shop.high_acme', '1'), ('shop.high_rest', '0'),
        ('shop.note', '1'), ('shop.signed_note', '1'), ('shop.sealed_note', '1')) AS r (relation, seen),
    LATERAL (VALUES ('#reader', seen), ('none', '0')) AS w (who, result) \gexec
SELECT format('SELECT is(acting.trial(''#writer'', %L), %L, %L)', act, result, 'R29: ' || act)
FROM (VALUES
    ('INSERT INTO shop.high_rest VALUES (103, ''globex'')', '42501'), ('INSERT INTO shop.high_acme VALUES (103, ''acme'')', '1'),
    ('INSERT INTO shop.sealed_note VALUES (''globex'')', '42501'), ('INSERT INTO shop.sealed_note VALUES (''acme'')', '1'),
    ('UPDATE shop.invoice SET id = 150 WHERE id < 100', '1'), ('UPDATE shop.invoice SET id = 150, tenant = ''globex'' WHERE id = 1', '42501'),
    ('UPDATE shop.high SET tenant = ''globex''', '42501'), ('DELETE FROM shop.low', '1'), ('DELETE FROM shop.note', '1'),
    ('TRUNCATE shop.high_acme', '42501'), ('TRUNCATE shop.invoice', '42501'), ('TRUNCATE shop.sealed_note', '42501')
) AS acts (act, result) \gexec

-- Attached later: confined through the parent, open by its name until pat_protect is called again, which pat_check says.
SET ROLE protect_partitions_owner;
CREATE TABLE shop.later (LIKE shop.invoice INCLUDING ALL);
INSERT INTO shop.later VALUES (201, 'acme'), (202, 'globex');
ALTER TABLE shop.invoice ATTACH PARTITION shop.later FOR VALUES FROM (200) TO (300);
CREATE TABLE shop.later_note () INHERITS (shop.sealed_note);
RESET ROLE;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.invoice'), '3', 'attached later: confined through its parent');
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.later'), '2', 'and open by its own name');
SELECT set_eq('SELECT severity, object, fix FROM pat_auth.pat_check()',
    $$VALUES ('critical', 'table shop.later', 'call pat_auth.pat_protect() for shop.invoice again'),
        ('critical', 'table shop.later_note', 'call pat_auth.pat_protect() for shop.note again')$$, 'pat_check says so at once, and of a child');
SET ROLE protect_partitions_owner;
SELECT pat_auth.pat_protect(relation, 'erp', 'invoice_reader', 'invoice_writer', 'tenant')
FROM unnest(ARRAY['shop.invoice', 'shop.note']::regclass[]) AS relation \g /dev/null
RESET ROLE;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.later'), '1', 'R29: protected again, it is confined by its own name');
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'and there is no hole');

-- Detached, it stays confined. As the partition of a table that is not protected, it is not.
SET ROLE protect_partitions_owner;
ALTER TABLE shop.invoice DETACH PARTITION shop.later;
RESET ROLE;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.later'), '1', 'R29: detached, it stays confined');
SET ROLE protect_partitions_owner;
CREATE TABLE shop.open (LIKE shop.invoice) PARTITION BY RANGE (id);
ALTER TABLE shop.open ATTACH PARTITION shop.later FOR VALUES FROM (200) TO (300);
RESET ROLE;
SELECT is(acting.trial('none', 'SELECT count(*) FROM shop.open'), '2', 'attached to a table without protection, it is open through that');
SELECT results_eq('SELECT severity, object, fix FROM pat_auth.pat_check()',
    $$VALUES ('critical', 'table shop.open', 'call pat_auth.pat_protect() for shop.open')$$, 'which pat_check says');
SET ROLE protect_partitions_owner;
SELECT pat_auth.pat_protect('shop.open', 'erp', 'invoice_reader', 'invoice_writer', 'tenant') \g /dev/null
RESET ROLE;
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.open'), '1', 'R29: and pat_protect mends');

-- pat_unprotect goes down as pat_protect does.
SET ROLE protect_partitions_owner;
SELECT pat_auth.pat_unprotect('shop.open') \g /dev/null
SELECT pat_auth.pat_unprotect('shop.note') \g /dev/null
RESET ROLE;
SELECT is_empty($$SELECT FROM pat_auth.protection WHERE relation::text ~ 'note|later|open'$$, 'pat_unprotect takes it from all of them');
SELECT is(acting.trial('#writer', 'SELECT count(*) FROM shop.later'), '0', 'and leaves row security on');

-- Not by halves: a partition of somebody else's, and one that cannot be protected.
SET ROLE protect_partitions_owner;
CREATE TABLE shop.mixed (id integer, tenant text) PARTITION BY RANGE (id);
CREATE TABLE shop.mine PARTITION OF shop.mixed FOR VALUES FROM (0) TO (100);
CREATE TABLE shop.theirs PARTITION OF shop.mixed FOR VALUES FROM (100) TO (200);
RESET ROLE;
ALTER TABLE shop.theirs OWNER TO CURRENT_USER;
SET ROLE protect_partitions_owner;
SELECT throws_ok($$SELECT pat_auth.pat_protect('shop.mixed', 'erp', 'invoice_reader', 'invoice_writer', 'tenant')$$, '42501',
    'must be owner of table "theirs"', 'a partition of somebody else''s is not his to protect');
RESET ROLE;
DROP TABLE shop.theirs;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE shop.far PARTITION OF shop.mixed FOR VALUES FROM (100) TO (200) SERVER nowhere;
SELECT throws_ok($$SELECT pat_auth.pat_protect('shop.mixed', 'erp', 'invoice_reader', 'invoice_writer', 'tenant')$$, '22023',
    'relation "far" is not a table', 'nor is a foreign table');
SELECT throws_ok($$SELECT pat_auth.pat_protect('shop.invoice', 'erp', 'invoice_reader', 'invoice_writer', 'unknown')$$, '42704', NULL,
    'nor a table without the column');
SELECT is_empty($$SELECT FROM pat_auth.protection WHERE relation::text ~ 'mixed|mine'$$, 'and no partition was protected');
SELECT is((SELECT count(*) FROM pat_auth.protection WHERE tenant_column = 'tenant'), 5::bigint, 'those that were, are');
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM shop.low'), '1', 'as before');

SELECT * FROM finish();
RESET client_min_messages;
DROP OWNED BY protect_partitions_owner CASCADE;
DROP ROLE protect_partitions_owner;
DROP OWNED BY :"backend", :"client";
DROP ROLE :"backend", :"client";
