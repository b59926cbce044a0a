-- The same through a pooler in transaction mode, where the token has to come
-- with each transaction. In extended mode pgbench sends its variables as bind
-- parameters:
--
--   pgbench -n -M extended -D token="$TOKEN" -c 4 -T 10 -f read_invoices_pooled.sql
--
-- What -D is given, others on the machine can read in the list of processes:
-- tokens for tests only.
BEGIN;
SELECT set_config('pat_auth.token', :token, true);
SELECT pat_auth.pat_require_scope('erp', 'invoice_reader');
SELECT id, customer, amount FROM invoice ORDER BY id;
COMMIT;
