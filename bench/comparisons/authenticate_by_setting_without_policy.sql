-- what: BEGIN; authenticate by pat_auth.token; indexed query; COMMIT, pipelined
-- beside: the same with three set_config calls that verify nothing, and no policy
-- reach: ratio
-- role: bench_api

-- include: authenticate

-- include: setting

-- time: beside
\startpipeline
BEGIN;
SELECT set_config('application.tenant', :tenant, true), set_config('application.user', :user_name, true), set_config('application.scopes', :scopes, true);
SELECT customer, amount FROM invoice_unconfined WHERE id = :invoice_id;
COMMIT;
\endpipeline
