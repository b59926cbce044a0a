-- A protected table, partitioned and with children, by every kind of statement that reads or writes it.
\set file protect_statements
\ir include/fixture.sql
SELECT plan(21);

CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
CREATE TABLE shop.invoice (id integer PRIMARY KEY, tenant text NOT NULL, total integer) PARTITION BY RANGE (id);
CREATE TABLE shop.invoice_low PARTITION OF shop.invoice FOR VALUES FROM (0) TO (100);
CREATE TABLE shop.invoice_high PARTITION OF shop.invoice FOR VALUES FROM (100) TO (200);
CREATE TABLE shop.note (id integer, tenant text);
CREATE TABLE shop.signed_note () INHERITS (shop.note);
CREATE TABLE shop.line (invoice_id integer REFERENCES shop.invoice ON DELETE CASCADE, tenant text);
CREATE VIEW shop.total WITH (security_invoker) AS SELECT sum(total) AS total FROM shop.invoice;
INSERT INTO shop.invoice VALUES (1, 'acme', 10), (101, 'acme', 20), (2, 'globex', 40);
INSERT INTO shop.signed_note VALUES (1, 'acme'), (2, 'globex');
INSERT INTO shop.line VALUES (1, 'acme'), (2, 'globex');
SELECT pat_auth.pat_protect(relation, 'erp', 'invoice_reader', 'invoice_writer', 'tenant')
FROM unnest(ARRAY['shop.invoice', 'shop.note', 'shop.line']::regclass[]) AS relation \g /dev/null
GRANT ALL ON ALL TABLES IN SCHEMA shop TO PUBLIC;
SELECT acting.create_token('reader', 'acme/alice', 'erp', ARRAY['invoice_reader']) \g /dev/null
SELECT acting.create_token('writer', 'acme/alice', 'erp', ARRAY['invoice_reader', 'invoice_writer']) \g /dev/null
SELECT acting.create_token('crm', 'acme/alice', 'crm', ARRAY['invoice_reader']) \g /dev/null

-- Each in a transaction of its own.
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', identity, statement, expected, description) FROM (VALUES
    ('#reader', 'SELECT sum(total) FROM shop.invoice', '30', 'R11: a token reads its tenant''s rows'),
    ('#crm', 'SELECT count(*) FROM shop.invoice', '0', 'R12: a role of equal name in another application reads nothing'),
    ('none', 'SELECT count(*) FROM shop.invoice', '0', 'R29: nobody reads nothing'),
    ('#reader', 'SELECT count(*) FROM shop.invoice_low', '1', 'R29: a partition named directly is confined'),
    ('none', 'SELECT count(*) FROM shop.invoice_high', '0', 'R29: for nobody too'),
    ('#reader', 'SELECT count(*) FROM shop.signed_note', '1', 'R29: a child named directly is confined'),
    ('none', 'SELECT count(*) FROM shop.note', '0', 'R29: and through its parent'),
    ('#reader', 'SELECT total FROM shop.total', '30', 'a view with security_invoker reads as its reader'),
    ('#reader', 'UPDATE shop.invoice SET total = 0', '0', 'R11: without the write scope an UPDATE changes no row'),
    ('#reader', 'INSERT INTO shop.invoice VALUES (3, ''acme'', 1)', '42501', 'R11: and an INSERT fails'),
    ('#writer', 'INSERT INTO shop.invoice VALUES (3, ''globex'', 1)', '42501', 'R11: no row is written for another tenant'),
    ('#writer', 'UPDATE shop.invoice SET tenant = ''globex''', '42501', 'R11: none is moved there'),
    ('#writer', 'INSERT INTO shop.invoice VALUES (1, ''acme'', 9) ON CONFLICT (id) DO UPDATE SET total = excluded.total', '1',
        'ON CONFLICT DO UPDATE changes an own row'),
    ('#writer', 'INSERT INTO shop.invoice VALUES (2, ''acme'', 9) ON CONFLICT (id) DO UPDATE SET total = excluded.total', '42501',
        'R29: and not another tenant''s'),
    ('#writer', 'MERGE INTO shop.invoice USING generate_series(1, 2) AS given ON id = given WHEN MATCHED THEN UPDATE SET total = 9',
        '1', 'R29: MERGE reaches own rows only'),
    ('#writer', 'UPDATE shop.invoice SET total = 9 FROM shop.line WHERE invoice_id = id', '1', 'R29: so does UPDATE … FROM'),
    ('#writer', 'WITH gone AS (DELETE FROM shop.invoice RETURNING id) SELECT string_agg(id::text, '','' ORDER BY id) FROM gone', '1,101',
        'R29: DELETE … RETURNING gives own rows only, those that refer to them go along'),
    ('#writer', 'TRUNCATE shop.invoice CASCADE', '42501', 'R29: TRUNCATE of rows that belong to tenants is refused'),
    ('#writer', 'TRUNCATE shop.signed_note', '42501', 'R29: of a child named directly too')
    ) AS attempted (identity, statement, expected, description) \gexec

SELECT pat_auth.pat_unprotect('shop.invoice') \g /dev/null
SELECT is_empty($$SELECT relation FROM pat_auth.protection WHERE relation::text LIKE '%invoice%'$$,
    'pat_unprotect takes the protection from the partitions too');
SELECT is(acting.trial('#writer', 'SELECT count(*) FROM shop.invoice_low'), '0', 'and leaves row security on');

\ir include/end.sql
