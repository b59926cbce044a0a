-- fetch
\set number random(1, :readers)
SELECT token, invoice_id FROM bench.reader WHERE number = :number \gset

-- time: ours
\startpipeline
BEGIN;
SELECT set_config('pat_auth.token', :token, true);
SELECT customer, amount FROM invoice WHERE id = :invoice_id;
COMMIT;
\endpipeline
