-- A load on what a token may read, for pgbench, which knows nothing of tokens:
--
--   PGOPTIONS="-c pat_auth.token=$TOKEN" pgbench -n -c 4 -T 10 -f read_invoices.sql
--
-- Each transaction verifies the token anew. A refused token (28000) or one
-- without the scope (42501) ends the client with the server's message, and
-- pgbench with exit status 2, or 1 if it could not even connect.
BEGIN;
SELECT pat_auth.pat_require_scope('erp', 'invoice_reader');
SELECT id, customer, amount FROM invoice ORDER BY id;
COMMIT;
