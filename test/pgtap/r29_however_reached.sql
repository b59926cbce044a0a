-- The rules hold however the database is reached (R29): here by every form of statement. Clients and poolers have
-- tests of their own.
\set file r29_however_reached
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE invoice (tenant text, note text);
INSERT INTO invoice VALUES ('acme', 'a1'), ('acme', 'a2'), ('globex', 'g1');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON invoice TO :"backend", :"client";
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', 'tenant') \g /dev/null
CREATE VIEW invoice_view WITH (security_invoker) AS SELECT * FROM invoice;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice_view TO :"client";
SELECT is(acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R29: a reader''s token');
SELECT is(acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'), 'created', 'R29: a writer''s token');

-- The set-up: one forbidden change in every form.
SELECT format('SELECT is(acting.trial(''acme/ugo'', %L), %L, %L)', act, result, 'R29: refused: ' || act)
FROM (VALUES
    ($$INSERT INTO pat_auth.app_user (tenant, name) SELECT 'globex', 'n' || i FROM generate_series(1, 3) AS i$$, '42501'),
    ($$INSERT INTO pat_auth.app_user (tenant, name) VALUES ('acme', 'new'), ('globex', 'new')$$, '42501'),
    ($$INSERT INTO pat_auth.app_user (tenant, name) VALUES ('globex', 'gina') ON CONFLICT (tenant, name) DO UPDATE SET allow_pat_creation = true$$, '42501'),
    ($$INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'ugo', 'main_administrator') ON CONFLICT DO NOTHING$$, '42501'),
    ($$WITH made AS (INSERT INTO pat_auth.app_user (tenant, name) VALUES ('globex', 'new') RETURNING name) SELECT * FROM made$$, '42501'),
    ($$MERGE INTO pat_auth.app_user AS u USING (VALUES ('globex', 'new')) AS v (tenant, name) ON u.tenant = v.tenant AND u.name = v.name
        WHEN NOT MATCHED THEN INSERT (tenant, name) VALUES (v.tenant, v.name)$$, '42501'),
    ($$UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE tenant = 'globex'$$, '0'),
    ($$UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE CURRENT OF nothing$$, '34000'),
    ($$DO 'BEGIN INSERT INTO pat_auth.app_user (tenant, name) VALUES (''globex'', ''new''); END'$$, '42501'),
    ('TRUNCATE pat_auth.app_user CASCADE', '42501'),
    ('ALTER TABLE pat_auth.app_user DISABLE TRIGGER ALL', '42501'), ('ALTER TABLE pat_auth.app_user DISABLE ROW LEVEL SECURITY', '42501'),
    ('DROP POLICY visible ON pat_auth.app_user', '42501'), ('CREATE FUNCTION pat_auth.mine() RETURNS int LANGUAGE sql AS ''SELECT 1''', '42501'),
    ($$SELECT set_config('session_replication_role', 'replica', true)$$, '42501'), ('SET LOCAL row_security = off', '0'),
    ($$UPDATE pat_auth.app_user SET user_id = 1 WHERE name = 'ugo'$$, '428C9'), ($$UPDATE pat_auth.user_group SET personal_user_id = 1$$, '42501'),
    ($$SELECT nextval('pat_auth.token_token_id_seq')$$, '42501'), ($$SELECT setval('pat_auth.token_token_id_seq', 1)$$, '42501'),
    ('UPDATE pat_auth.token SET revoked_at = NULL', '42501'), ('INSERT INTO pat_auth.token (name) VALUES (''new'')', '42501'), ('DELETE FROM pat_auth.token', '42501'),
    ('SELECT digest_head FROM pat_auth.token', '42501'), ('LOCK TABLE pat_auth.token', '42501'),
    ($$SELECT set_config('pat_auth.signed_in_user', '1', true)$$, '42501')
) AS acts (act, result) \gexec
BEGIN;
SELECT acting.sign_in('acme/ugo') \g /dev/null
PREPARE change (text) AS UPDATE pat_auth.app_user SET is_active = false WHERE tenant = $1;
EXECUTE change ('globex');
DEALLOCATE change;
DECLARE users CURSOR FOR SELECT count(*) AS seen FROM pat_auth.app_user WHERE tenant = 'globex';
FETCH users \gset
COMMIT;
SELECT is((SELECT bool_and(is_active) FROM pat_auth.app_user WHERE tenant = 'globex'), true, 'R29: a prepared statement changes no more');
SELECT is(:'seen'::text, '0', 'R29: a cursor shows no more');

-- An application's table.
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, act, result, format('R29: %s: %s', who, act))
FROM (VALUES
    ('none', 'SELECT count(*) FROM invoice_view', '0'), ('#reader', 'SELECT count(*) FROM invoice_view', '2'),
    ('#reader', 'UPDATE invoice_view SET note = NULL', '0'), ('#reader', $$INSERT INTO invoice_view VALUES ('acme', 'x')$$, '42501'),
    ('#reader', 'WITH gone AS (DELETE FROM invoice RETURNING note) SELECT count(*) FROM gone', '0'),
    ('#reader', $$MERGE INTO invoice USING (VALUES ('acme', 'a1')) AS v (tenant, note) ON invoice.note = v.note WHEN MATCHED THEN DELETE$$, '42501'),
    ('#writer', $$MERGE INTO invoice USING (VALUES ('acme', 'a1')) AS v (tenant, note) ON invoice.note = v.note WHEN MATCHED THEN DELETE$$, '1'),
    ('#writer', $$MERGE INTO invoice USING (VALUES ('globex', 'g1')) AS v (tenant, note) ON invoice.note = v.note WHEN MATCHED THEN DELETE$$, '0'),
    ('#reader', 'SELECT count(*) FROM (SELECT * FROM invoice FOR UPDATE) AS locked', '0'), ('#writer', 'SELECT count(*) FROM (SELECT * FROM invoice FOR UPDATE) AS locked', '2'),
    ('#reader', 'TRUNCATE invoice', '42501'), ('#writer', 'DELETE FROM invoice WHERE tenant = ''globex''', '0')
) AS acts (who, act, result) \gexec

-- A database role that was granted nothing, and one that lost it.
CREATE ROLE r29_stranger;
GRANT SELECT ON invoice TO r29_stranger;
SET ROLE r29_stranger;
SELECT throws_ok('SELECT count(*) FROM invoice', '42501', NULL, 'R29: a role without access reads no protected table');
SELECT throws_ok('SELECT pat_auth.pat_user()', '42501', NULL, 'R29: and calls nothing');
RESET ROLE;
REVOKE SELECT ON invoice FROM r29_stranger;
DROP ROLE r29_stranger;
SELECT is(acting.trial('none', $$SELECT pat_auth.pat_login_user('acme', 'mia')$$), '42501', 'R29: a role that may not sign users in cannot become one');
SELECT is(acting.trial('none', format('SELECT pat_auth.pat_grant_access(%L, true)', :'client')), '42501', 'R29: nor give itself that');

-- A client's own statements, row_security and COPY among them. (psql does not keep the SQLSTATE of a COPY that fails
-- at its rows, so what counts is what is there afterwards. Nor does every release of it skip rows that stand below a COPY
-- that was refused: they come from a program.)
SELECT coalesce(max(event_id), 0) AS before_copy FROM pat_auth.token_event \gset
\set ON_ERROR_STOP off
\set VERBOSITY sqlstate
SET SESSION AUTHORIZATION :"backend";
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
SET LOCAL row_security = off;
SELECT count(*) FROM pat_auth.app_user \g /dev/null
\set row_security :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
\copy pat_auth.app_user (tenant, name) from program 'echo globex,copied_elsewhere' (format csv)
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
\copy pat_auth.app_user (tenant, name) from program 'echo acme,copied_with_another; echo globex,copied_elsewhere' (format csv)
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
\copy pat_auth.app_user (tenant, name, user_id) from program 'echo acme,copied_with_id,7' (format csv)
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice') \g /dev/null
\copy pat_auth.app_user (tenant, name) from program 'echo acme,copied_by_alice' (format csv)
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
\copy pat_auth.app_user (tenant, name, allow_pat_creation) from program 'echo acme,copied,t' (format csv)
COMMIT;
BEGIN;
\copy pat_auth.app_user (tenant, name) from program 'echo acme,copied_by_nobody' (format csv)
COMMIT;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
COPY pat_auth.app_user (tenant, name) TO '/dev/null';
\set copy_to_file :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
\o /dev/null
COPY pat_auth.token TO stdout;
\o
\set copy_of_tokens :SQLSTATE
ROLLBACK;
RESET SESSION AUTHORIZATION;
\set ON_ERROR_STOP on
\set VERBOSITY default
SELECT is(:'row_security'::text, '42501', 'R29: row_security = off shows no more');
SELECT is((SELECT array_agg(row(tenant, name, allow_pat_creation)::text) FROM pat_auth.app_user WHERE name LIKE 'copied%'), ARRAY['(acme,copied,t)'],
    'R29: COPY writes what the rules give, and nothing else');
SELECT is((SELECT array_agg(concat_ws(' ', act, tenant, user_name, actor_tenant, actor_user)) FROM pat_auth.token_event WHERE event_id > :before_copy),
    ARRAY['app_user_inserted acme copied acme ugo'], 'R29: and leaves an event of that');
SELECT is(:'copy_to_file'::text, '42501', 'R29: COPY reads and writes no file of the server');
SELECT is(:'copy_of_tokens'::text, '42501', 'R29: COPY reads no table of tokens');
SET SESSION AUTHORIZATION :"backend";
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
\copy (SELECT name FROM pat_auth.app_user WHERE tenant = 'globex') to '/dev/null'
\set copied :ROW_COUNT
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT is(:'copied'::text, '0', 'R29: COPY shows no more');

-- Outside the rules: the extension's owner and superusers.
SELECT max(event_id) AS newest FROM pat_auth.token_event \gset
SELECT is(acting.outcome('superuser', $$INSERT INTO pat_auth.tenant (name) VALUES ('initech')$$), '1', 'R29: they set up without an identity');
COPY pat_auth.app_user (tenant, name, ends_on) FROM stdin;
initech	ivan	2001-01-01
\.
SELECT is((SELECT ends_on FROM pat_auth.app_user WHERE name = 'ivan'), '2001-01-01'::date, 'R29: COPY loads for them');
SELECT lives_ok($$INSERT INTO pat_auth.token (token_id, digest_head, created_at, expires_at, tenant_id, user_id, application_id, digest_tail, scope_ids, name)
    OVERRIDING SYSTEM VALUE SELECT token_id + 1000, 0, created_at - interval '9 years', expires_at - interval '3 years', tenant_id, user_id, application_id,
        digest_tail, scope_ids, name FROM pat_auth.token LIMIT 1$$, 'R29: loading a dump does not mind the clock');
SELECT is((SELECT max(event_id) FROM pat_auth.token_event), :newest::bigint, 'R29: nor does it write events');
SELECT is(acting.trial('superuser', $$SELECT pat_auth.pat_assign_role('initech', 'ivan', 'crm', 'invoice_reader')$$), 'true', 'R29: the one-call tasks need no identity of them');
\ir include/end.sql
