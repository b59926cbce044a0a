-- what: pat_create with its event, fsync on, pipelined
-- beside: an empty flushed transaction
-- reach: ratio <= 1.2
-- role: bench_backend

-- fetch
\set number random(1, :users)
SELECT tenant, user_name, first_application AS application FROM bench.owner WHERE number = :number \gset

-- time: ours
\startpipeline
BEGIN;
SELECT pat_auth.pat_login_user(:tenant, :user_name);
SELECT * FROM pat_auth.pat_create(:application, 'bench', ARRAY['invoice_reader', 'order_reader', 'item_reader'], current_date + 30);
COMMIT;
\endpipeline

-- fetch
\set number random(1, :users)
SELECT tenant, user_name, first_application AS application FROM bench.owner WHERE number = :number \gset

-- include: empty_flushed
