-- An open cursor goes on only under the identity that it was opened with.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'cursor', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;

-- Under the same identity it goes on.
SET SESSION AUTHORIZATION regress_app;
BEGIN;
SELECT pat_auth.pat_login(:'token');
DECLARE invoices CURSOR FOR SELECT id, tenant FROM invoice ORDER BY id;
FETCH 1 FROM invoices;
SELECT pat_auth.pat_login(:'token');
FETCH 1 FROM invoices;

-- Logged out: the next FETCH fails.
MOVE BACKWARD ALL IN invoices;
SELECT pat_auth.pat_logout();
FETCH 1 FROM invoices;
\echo :SQLSTATE
ROLLBACK;

-- So it does where another query within it read the rows: a function's.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION invoices_of_function() RETURNS SETOF invoice LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT * FROM invoice; END';
SET SESSION AUTHORIZATION regress_app;
BEGIN;
SELECT pat_auth.pat_login(:'token');
DECLARE invoices CURSOR FOR SELECT id, tenant FROM invoices_of_function();
FETCH 1 FROM invoices;
FETCH 1 FROM invoices;
MOVE BACKWARD ALL IN invoices;
SELECT pat_auth.pat_logout();
FETCH 1 FROM invoices;
\echo :SQLSTATE
ROLLBACK;
RESET SESSION AUTHORIZATION;
DROP FUNCTION invoices_of_function;
SET SESSION AUTHORIZATION regress_app;

-- The identity that counts is the one of the first FETCH: there is none …
BEGIN;
SELECT pat_auth.pat_login(:'token');
DECLARE invoices CURSOR FOR SELECT id, tenant FROM invoice ORDER BY id;
SELECT pat_auth.pat_logout();
FETCH 1 FROM invoices;
ROLLBACK;

-- … and what nobody began, nobody else reads on.
BEGIN;
DECLARE invoices CURSOR FOR SELECT id, tenant FROM invoice ORDER BY id;
FETCH 1 FROM invoices;
SELECT pat_auth.pat_login(:'token');
FETCH 1 FROM invoices;
\echo :SQLSTATE
ROLLBACK;

-- ROLLBACK TO takes the identity back, and with it what the cursor may show.
BEGIN;
DECLARE invoices CURSOR FOR SELECT id, tenant FROM invoice ORDER BY id;
SAVEPOINT before;
SELECT pat_auth.pat_login(:'token');
FETCH 1 FROM invoices;
ROLLBACK TO before;
FETCH 1 FROM invoices;
\echo :SQLSTATE
ROLLBACK;

-- A cursor that touches no protected rows does not care.
BEGIN;
SELECT pat_auth.pat_login(:'token');
DECLARE numbers CURSOR FOR SELECT number FROM generate_series(1, 3) AS number;
FETCH 1 FROM numbers;
SELECT pat_auth.pat_logout();
FETCH 1 FROM numbers;
COMMIT;

-- R30: the right is withdrawn while the cursor is open. (Here by the superuser in the same session; the isolation tests
-- have other sessions do it.)
BEGIN;
SELECT pat_auth.pat_login(:'token');
DECLARE invoices CURSOR FOR SELECT id, tenant FROM invoice ORDER BY id;
FETCH 1 FROM invoices;
RESET SESSION AUTHORIZATION;
UPDATE pat_auth.role SET available_for_pat = false WHERE application = 'erp' AND name = 'invoice_reader';
SET SESSION AUTHORIZATION regress_app;
FETCH 1 FROM invoices;
\echo :SQLSTATE
ROLLBACK;

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
