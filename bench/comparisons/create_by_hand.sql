-- what: the rows that pat_create writes, by an INSERT without rules, fsync on, pipelined
-- beside: an empty flushed transaction
-- reach: ratio
-- role: bench_backend
-- clients: 1

-- fetch
\set number random(1, :users)
SELECT tenant, user_name, application, tenant_id, user_id, application_id, scope_ids FROM opponent.creator WHERE number = :number \gset

-- time: ours
\startpipeline
BEGIN;
SELECT 1;
WITH made AS (INSERT INTO opponent.created (digest_head, digest_tail, created_at, expires_at, tenant_id, user_id, application_id, scope_ids, name) SELECT opponent.digest_head(digest), substr(digest, 9), clock_timestamp(), (current_date + 31)::timestamp AT TIME ZONE 'UTC', :tenant_id, :user_id, :application_id, :scope_ids, 'bench' FROM (SELECT sha256(uuid_send(gen_random_uuid())) AS digest OFFSET 0) AS new RETURNING token_id, created_at, expires_at, tenant_id, user_id) INSERT INTO opponent.created_event (occurred_at, act, token_id, tenant_id, user_id, tenant, user_name, application, actor_tenant, actor_user, database_role, details) SELECT created_at, 'token_created', token_id, tenant_id, user_id, :tenant, :user_name, :application, :tenant, :user_name, session_user, jsonb_build_object('name', 'bench', 'scopes', ARRAY['invoice_reader', 'order_reader', 'item_reader'], 'expires_at', expires_at) FROM made;
COMMIT;
\endpipeline

-- fetch
\set number random(1, :users)
SELECT tenant, user_name, application, tenant_id, user_id, application_id, scope_ids FROM opponent.creator WHERE number = :number \gset

-- include: empty_flushed
