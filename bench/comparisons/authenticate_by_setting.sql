-- what: BEGIN; authenticate by pat_auth.token; indexed query; COMMIT, pipelined
-- beside: the same with three set_config calls that verify nothing, and a policy that trusts them
-- reach: ratio <= 1.15
-- role: bench_api

-- include: authenticate

-- include: setting

-- time: beside
\startpipeline
BEGIN;
SELECT set_config('application.tenant', :tenant, true), set_config('application.user', :user_name, true), set_config('application.scopes', :scopes, true);
SELECT customer, amount FROM invoice_by_setting WHERE id = :invoice_id;
COMMIT;
\endpipeline
