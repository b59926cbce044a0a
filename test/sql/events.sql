-- R28: every act leaves an event: who, as which identity, what, when, on which token.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SELECT coalesce(max(event_id), 0) AS last_event FROM pat_auth.token_event \gset
SET SESSION AUTHORIZATION regress_backend;

-- The life of a token.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'events', ARRAY['invoice_reader'], :'today'::date + 30) \gset
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT name, scopes FROM pat_auth.pat_edit(:token_id, name => 'renamed', scopes => ARRAY['invoice_writer']);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT pat_auth.pat_revoke(:token_id, 'leaked');
-- Revoking it again is no act.
SELECT pat_auth.pat_revoke(:token_id, 'leaked again');
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_delete(:token_id);
COMMIT;

-- What is rolled back has not happened.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT count(*) FROM pat_auth.pat_create('erp', 'lost', ARRAY['invoice_reader'], :'today'::date + 30);
ROLLBACK;

-- The owner reads those of his own tokens, also after it is gone.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT act, token_id = :token_id AS is_it, tenant, user_name, application, actor_tenant, actor_user, actor_token_id,
    database_role, occurred_at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS is_new
FROM pat_auth.token_events WHERE event_id > :last_event ORDER BY event_id;
SELECT act, jsonb_pretty(details #- '{expires_at}' #- '{old,expires_at}' #- '{new,expires_at}') AS details
FROM pat_auth.token_events WHERE event_id > :last_event ORDER BY event_id;
SELECT act, (details ->> 'expires_at')::timestamptz = (:'today'::date + 31)::timestamp AT TIME ZONE 'UTC' AS date
FROM pat_auth.token_events WHERE event_id > :last_event AND act = 'token_created';
COMMIT;

-- Acts on the set-up: by an administrator, one event a change, with old and new values.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_allow_application('crm', false);
SELECT pat_auth.pat_allow_application('crm', true);
SELECT pat_auth.pat_allow_user('acme', 'carol', true);
SELECT pat_auth.pat_allow_user('acme', 'carol', false);
SELECT pat_auth.pat_assign_role('acme', 'carol', 'crm', 'invoice_reader');
SELECT pat_auth.pat_unassign_role('acme', 'carol', 'crm', 'invoice_reader');
INSERT INTO pat_auth.tenant (name) VALUES ('initech');
UPDATE pat_auth.tenant SET is_active = false WHERE name = 'initech';
DELETE FROM pat_auth.tenant WHERE name = 'initech';
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_allow_role('erp', 'invoice_clerk', true);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'owner');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_clerk', true);
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'dev');
SELECT pat_auth.pat_allow_role('erp', 'invoice_clerk', false);
COMMIT;

-- A main administrator reads all of them. (The values without ids and what did not change.)
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT act, tenant, user_name, application, actor_user,
    (SELECT string_agg(format('%s: %s > %s', key, details -> 'old' ->> key, details -> 'new' ->> key), ', ' ORDER BY key)
     FROM jsonb_object_keys(details -> 'old') AS key
     WHERE details -> 'old' -> key <> details -> 'new' -> key) AS changed
FROM pat_auth.token_events
WHERE event_id > :last_event AND token_id IS NULL
ORDER BY event_id;
COMMIT;

-- A user administrator reads those of his tenant; R24: nobody another tenant's.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'useradmin');
SELECT tenant, count(*) > 0 AS some FROM pat_auth.token_events GROUP BY tenant;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'useradmin');
SELECT count(*) FROM pat_auth.token_events WHERE event_id > :last_event;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'bob');
SELECT count(*) FROM pat_auth.token_events WHERE event_id > :last_event;
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'appadmin');
SELECT count(*) FROM pat_auth.token_events WHERE event_id > :last_event;
COMMIT;

-- Append-only, for every role that has access.
DELETE FROM pat_auth.token_events;
\echo :SQLSTATE
DELETE FROM pat_auth.token_event;
\echo :SQLSTATE
UPDATE pat_auth.token_event SET act = 'x';
\echo :SQLSTATE
TRUNCATE pat_auth.token_event;
\echo :SQLSTATE
INSERT INTO pat_auth.token_event (occurred_at, act, database_role) VALUES (now(), 'x', 'x');
\echo :SQLSTATE

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
DELETE FROM pat_auth.user_group WHERE personal_user_id IS NOT NULL;
