-- What keys tell of rows that the identity cannot see, as docs/protecting_tables.md says; and what helps.
\set file protect_keys
\ir include/fixture.sql
SELECT plan(24);

CREATE TABLE invoice (id integer PRIMARY KEY, tenant text NOT NULL, note text);
CREATE TABLE line (id integer PRIMARY KEY, tenant text, invoice_id integer REFERENCES invoice ON DELETE CASCADE);
CREATE TABLE receipt (tenant text, invoice_id integer REFERENCES invoice);
INSERT INTO invoice VALUES (1, 'acme', 'a1'), (2, 'acme', 'a2'), (3, 'globex', 'g1');
INSERT INTO line VALUES (1, 'acme', 1), (2, 'globex', 1), (3, 'globex', 3);
INSERT INTO receipt VALUES ('globex', 2);
CREATE TABLE safe_invoice (tenant text, id integer, PRIMARY KEY (tenant, id));
CREATE TABLE safe_line (tenant text, invoice_id integer, FOREIGN KEY (tenant, invoice_id) REFERENCES safe_invoice ON DELETE CASCADE);
INSERT INTO safe_invoice VALUES ('acme', 1), ('globex', 3);
SELECT pat_auth.pat_protect(relation, 'erp', 'invoice_reader', 'invoice_writer', 'tenant')
FROM unnest(ARRAY['invoice', 'line', 'receipt', 'safe_invoice', 'safe_line']::regclass[]) AS relation \g /dev/null
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice, line, receipt, safe_invoice, safe_line TO :"client";
SELECT acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}') \g /dev/null
SELECT acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null
SELECT acting.create_token('blind', 'acme/alice', 'erp', '{invoice_writer}') \g /dev/null

SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, act, result, description) FROM (VALUES
    ('#writer', 'INSERT INTO line VALUES (9, ''acme'', 1)', '1', 'a reference to a row of one''s own'),
    ('#writer', 'INSERT INTO line VALUES (9, ''acme'', 3)', '1', 'one to another tenant''s row is accepted: it exists'),
    ('#writer', 'INSERT INTO line VALUES (9, ''acme'', 4)', '23503', 'one to no row is refused: none exists'),
    ('#writer', 'UPDATE line SET invoice_id = 3 WHERE id = 1', '1', 'the same by UPDATE'),
    ('#writer', 'UPDATE line SET invoice_id = 4 WHERE id = 1', '23503', 'and for no row'),
    ('#blind', 'INSERT INTO line VALUES (9, ''acme'', 3)', '1', 'without the scope to read, too'),
    ('#reader', 'INSERT INTO line VALUES (9, ''acme'', 3)', '42501', 'R29: without the scope to write it tells nothing'),
    ('#reader', 'INSERT INTO line VALUES (9, ''acme'', 4)', '42501', 'R29: of a row or of none'),
    ('none', 'INSERT INTO line VALUES (9, ''acme'', 3)', '42501', 'R29: nor to nobody'),
    ('#writer', 'INSERT INTO invoice VALUES (3, ''acme'', '''')', '23505', 'a key that another tenant''s row has is taken'),
    ('#writer', 'INSERT INTO invoice VALUES (3, ''acme'', '''') ON CONFLICT DO NOTHING', '0', 'ON CONFLICT DO NOTHING tells it too'),
    ('#reader', 'INSERT INTO invoice VALUES (3, ''acme'', '''') ON CONFLICT DO NOTHING', '42501', 'R29: not without the scope to write'),
    ('#writer', 'DELETE FROM invoice WHERE id = 2', '23503', 'another tenant''s reference keeps a row from being deleted'),
    ('#writer', 'DELETE FROM invoice WHERE id = 1', '1', 'or goes with it, where the key says so'),
    ('#writer', 'DELETE FROM invoice WHERE id = 3', '0', 'R29: no cascade begins at a row that is not his'),
    -- With the tenant in every key.
    ('#writer', 'INSERT INTO safe_line VALUES (''acme'', 1)', '1', 'tenant in the key: a reference to a row of one''s own'),
    ('#writer', 'INSERT INTO safe_line VALUES (''acme'', 3)', '23503', 'tenant in the key: none to another tenant''s row'),
    ('#writer', 'INSERT INTO safe_line VALUES (''globex'', 3)', '42501', 'tenant in the key: nor in another tenant''s name'),
    ('#writer', 'INSERT INTO safe_invoice VALUES (''acme'', 3)', '1', 'tenant in the key: no key is another tenant''s')
    ) AS acts (who, act, result, description) \gexec

-- What the errors show.
SELECT is((SELECT concat_ws(' ', state, message, detail, hint) FROM acting.attempt('#writer', 'INSERT INTO invoice VALUES (3, ''acme'', '''')', false)),
    '23505 duplicate key value violates unique constraint "invoice_pkey"  ', 'R29: the error of a taken key shows nothing of the other row');
SELECT is((SELECT concat_ws(' ', state, message, detail, hint) FROM acting.attempt('#writer', 'DELETE FROM invoice WHERE id = 2', false)),
    '23503 update or delete on table "invoice" violates foreign key constraint "receipt_invoice_id_fkey" on table "receipt" Key is still referenced from table "receipt". ',
    'R29: nor does that of a reference');
SELECT is((SELECT concat_ws(' ', state, message, detail, hint) FROM acting.attempt('#writer', 'INSERT INTO line VALUES (9, ''acme'', 4)', false)),
    '23503 insert or update on table "line" violates foreign key constraint "line_invoice_id_fkey" Key is not present in table "invoice". ',
    'R29: nor that of a missing one');
SELECT is(acting.outcome('#writer', 'DELETE FROM invoice WHERE id = 1'), '1', 'for good:');
SELECT is((SELECT array_agg(id ORDER BY id) FROM line), '{3}', 'the cascade took the other tenant''s line');

\ir include/end.sql
