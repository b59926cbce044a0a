-- pat_protect and pat_unprotect: confining an application's table.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token AS reader FROM pat_auth.pat_create('erp', 'reader', ARRAY['invoice_reader'], :'today'::date + 30) \gset
SELECT token AS writer FROM pat_auth.pat_create('erp', 'writer', ARRAY['invoice_writer'], :'today'::date + 30) \gset
SELECT token AS both
FROM pat_auth.pat_create('erp', 'both', ARRAY['invoice_reader', 'invoice_writer'], :'today'::date + 30) \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT token AS crm FROM pat_auth.pat_create('crm', 'crm', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;

-- What it makes: restrictive policies, and a permissive one to stand beside them.
SET SESSION AUTHORIZATION regress_owner;
SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'invoice'::regclass;
SELECT policyname, permissive, cmd, qual, with_check FROM pg_policies WHERE tablename = 'invoice' ORDER BY policyname;

-- With no identity: no row, not even for the owner of the table; writing changes nothing or is refused.
SELECT * FROM invoice;
UPDATE invoice SET amount = 0;
\echo :ROW_COUNT
DELETE FROM invoice;
\echo :ROW_COUNT
INSERT INTO invoice VALUES (9, 'acme', 1);
\echo :SQLSTATE
TRUNCATE invoice;
\echo :SQLSTATE

-- The scope to read: the rows of the identity's tenant; writing changes nothing or is refused.
SET SESSION AUTHORIZATION regress_app;
SET pat_auth.token = :'reader';
SELECT * FROM invoice ORDER BY id;
COPY invoice TO STDOUT;
UPDATE invoice SET amount = 0;
\echo :ROW_COUNT
DELETE FROM invoice;
\echo :ROW_COUNT
INSERT INTO invoice VALUES (9, 'acme', 1);
\echo :SQLSTATE
TRUNCATE invoice;
\echo :SQLSTATE

-- The scope to write alone: a statement that reads too finds no row.
SET pat_auth.token = :'writer';
SELECT * FROM invoice;
INSERT INTO invoice VALUES (9, 'acme', 1);
UPDATE invoice SET amount = 2 WHERE id = 9;
\echo :ROW_COUNT
UPDATE invoice SET amount = 2;
\echo :ROW_COUNT
DELETE FROM invoice WHERE id = 9;
\echo :ROW_COUNT
INSERT INTO invoice VALUES (10, 'acme', 1) RETURNING id;
\echo :SQLSTATE

-- Both: within the tenant.
SET pat_auth.token = :'both';
SELECT * FROM invoice ORDER BY id;
UPDATE invoice SET amount = 11 WHERE id = 1;
\echo :ROW_COUNT
UPDATE invoice SET amount = 33 WHERE id = 3;
\echo :ROW_COUNT
DELETE FROM invoice WHERE id IN (3, 9);
\echo :ROW_COUNT
INSERT INTO invoice VALUES (12, 'globex', 1);
\echo :SQLSTATE

-- A row is not moved out of reach.
UPDATE invoice SET tenant = 'globex' WHERE id = 1;
\echo :SQLSTATE

-- ON CONFLICT and MERGE are no way around; COPY FROM is PostgreSQL's to refuse.
\set VERBOSITY sqlstate
INSERT INTO invoice VALUES (3, 'acme', 0) ON CONFLICT (id) DO UPDATE SET amount = 0;
\set VERBOSITY default
MERGE INTO invoice USING (VALUES (3)) AS given (id) ON invoice.id = given.id WHEN MATCHED THEN DELETE;
\echo :ROW_COUNT
\copy invoice FROM '/dev/null'
\echo :SQLSTATE

-- TRUNCATE would take the other tenants' rows.
TRUNCATE invoice;
\echo :SQLSTATE

-- R12, R25: another application's token has nothing here.
SET pat_auth.token = :'crm';
SELECT * FROM invoice;
RESET pat_auth.token;

-- As postgres sees it: the other tenant's row is as it was.
RESET SESSION AUTHORIZATION;
SELECT * FROM invoice ORDER BY id;
UPDATE invoice SET amount = 10 * id;

-- Without a tenant column: all rows, and TRUNCATE with the scope to write.
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE note (id integer, author text);
INSERT INTO note VALUES (1, 'alice'), (2, 'bob');
GRANT ALL ON note TO regress_app;
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer');
SET SESSION AUTHORIZATION regress_app;
SET pat_auth.token = :'reader';
SELECT * FROM note ORDER BY id;
TRUNCATE note;
\echo :SQLSTATE
SET pat_auth.token = :'writer';
BEGIN;
TRUNCATE note;
\echo :SQLSTATE
ROLLBACK;
RESET pat_auth.token;
TRUNCATE note;
\echo :SQLSTATE

-- A user column. Calling it again replaces what it made.
SET SESSION AUTHORIZATION regress_owner;
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer', user_column => 'author');
SELECT count(*) FROM pg_policies WHERE tablename = 'note';
SET SESSION AUTHORIZATION regress_app;
SET pat_auth.token = :'both';
SELECT * FROM note ORDER BY id;
UPDATE note SET id = 3;
\echo :ROW_COUNT
INSERT INTO note VALUES (4, 'bob');
\echo :SQLSTATE
RESET pat_auth.token;

-- Without a scope to write: nobody does.
SET SESSION AUTHORIZATION regress_owner;
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', NULL);
SET SESSION AUTHORIZATION regress_app;
SET pat_auth.token = :'both';
SELECT * FROM note ORDER BY id;
UPDATE note SET id = 5;
\echo :ROW_COUNT
DELETE FROM note;
\echo :ROW_COUNT
INSERT INTO note VALUES (4, 'alice');
\echo :SQLSTATE
TRUNCATE note;
\echo :SQLSTATE
RESET pat_auth.token;

-- An application's own policies stay, and cannot widen ours: no permissive one of ours stands beside them.
SET SESSION AUTHORIZATION regress_owner;
CREATE POLICY everything ON note USING (true) WITH CHECK (true);
CREATE POLICY low_ids ON note AS RESTRICTIVE USING (id < 3);
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer');
SELECT policyname, permissive FROM pg_policies WHERE tablename = 'note' ORDER BY policyname;
SET SESSION AUTHORIZATION regress_app;
SELECT * FROM note;
SET pat_auth.token = :'reader';
SELECT * FROM note ORDER BY id;
RESET pat_auth.token;

-- Taken away: ours go, theirs and row-level security stay.
SET SESSION AUTHORIZATION regress_owner;
SELECT pat_auth.pat_unprotect('note');
SELECT policyname FROM pg_policies WHERE tablename = 'note' ORDER BY policyname;
SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'note'::regclass;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'note'::regclass;
SET SESSION AUTHORIZATION regress_app;
SELECT * FROM note ORDER BY id;

-- With no policy left, nobody reads anything.
SET SESSION AUTHORIZATION regress_owner;
DROP POLICY everything ON note;
SELECT * FROM note;
DROP TABLE note;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
