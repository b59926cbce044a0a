-- The audit trail (R28).
\set file r28_audit
\ir include/fixture.sql
SELECT no_plan();

-- What the last acts left: act, the object's tenant, user and application, and who acted.
CREATE FUNCTION last_events(after bigint) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', act, coalesce(tenant, '-') || '/' || coalesce(user_name, '-'), coalesce(application, '-'),
        'by', coalesce(actor_tenant || '/' || actor_user, '-')), E'\n' ORDER BY event_id), 'nothing')
    FROM pat_auth.token_event WHERE event_id > after
$$;
CREATE FUNCTION newest_event() RETURNS bigint LANGUAGE sql AS $$ SELECT coalesce(max(event_id), 0) FROM pat_auth.token_event $$;

SELECT is(acting.create_token('report', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R28: a token');
SELECT is(last_events(0), 'token_created acme/alice erp by acme/alice', 'R28: setting up by the extension''s owner leaves no event, creating a token one');

CREATE TABLE act (step serial, who text, statement text, events text);
INSERT INTO act (who, statement, events) VALUES
    ('acme/alice', $$SELECT pat_auth.pat_edit({report}, name => 'edited')$$, 'token_edited acme/alice erp by acme/alice'),
    ('acme/ugo', $$SELECT pat_auth.pat_revoke({report}, 'leaked')$$, 'token_revoked acme/alice erp by acme/ugo'),
    ('acme/mia', $$SELECT pat_auth.pat_revoke({report}, 'again')$$, 'nothing'),
    ('acme/alice', $$SELECT pat_auth.pat_delete({report})$$, 'token_deleted acme/alice erp by acme/alice'),
    ('acme/mia', $$INSERT INTO pat_auth.tenant (name) VALUES ('new')$$, 'tenant_inserted new/- - by acme/mia'),
    ('acme/mia', $$UPDATE pat_auth.tenant SET is_active = false WHERE name = 'new'$$, 'tenant_updated new/- - by acme/mia'),
    ('acme/mia', $$UPDATE pat_auth.tenant SET is_active = false WHERE name = 'new'$$, 'nothing'),
    ('acme/mia', $$DELETE FROM pat_auth.tenant WHERE name = 'new'$$, 'tenant_deleted new/- - by acme/mia'),
    ('acme/ada', $$INSERT INTO pat_auth.application (name) VALUES ('new')$$, 'application_inserted -/- new by acme/ada'),
    ('acme/ada', $$SELECT pat_auth.pat_allow_application('new', true)$$, 'application_updated -/- new by acme/ada'),
    ('acme/ada', $$SELECT pat_auth.pat_allow_application('new', false, 'globex')$$, 'application_tenant_inserted globex/- new by acme/ada'),
    ('acme/ada', $$SELECT pat_auth.pat_allow_application('new', true, 'globex')$$, 'application_tenant_updated globex/- new by acme/ada'),
    ('acme/ada', $$DELETE FROM pat_auth.application_tenant$$, 'application_tenant_deleted globex/- new by acme/ada'),
    ('acme/ada', $$DELETE FROM pat_auth.application WHERE name = 'new'$$, 'application_deleted -/- new by acme/ada'),
    ('acme/dan', $$INSERT INTO pat_auth.role (application, name) VALUES ('erp', 'new')$$, 'role_inserted -/- erp by acme/dan'),
    ('acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'new', true)$$, 'role_updated -/- erp by acme/dan'),
    ('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'new', true)$$, 'role_updated -/- erp by acme/olga'),
    ('acme/dan', $$DELETE FROM pat_auth.role WHERE name = 'new'$$, 'role_deleted -/- erp by acme/dan'),
    ('acme/ugo', $$INSERT INTO pat_auth.app_user (tenant, name) VALUES ('acme', 'new')$$, 'app_user_inserted acme/new - by acme/ugo'),
    ('acme/ugo', $$SELECT pat_auth.pat_allow_user('acme', 'new', true)$$, 'app_user_updated acme/new - by acme/ugo'),
    ('acme/ugo', $$INSERT INTO pat_auth.user_group (tenant, name) VALUES ('acme', 'new')$$, 'user_group_inserted acme/- - by acme/ugo'),
    ('acme/ugo', $$UPDATE pat_auth.user_group SET name = 'old' WHERE name = 'new'$$, 'user_group_updated acme/- - by acme/ugo'),
    ('acme/ugo', $$INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'old', 'new')$$, 'user_group_member_inserted acme/new - by acme/ugo'),
    ('acme/ugo', $$UPDATE pat_auth.user_group_member SET ends_on = acting.day() WHERE user_name = 'new'$$, 'user_group_member_updated acme/new - by acme/ugo'),
    ('acme/ugo', $$DELETE FROM pat_auth.user_group_member WHERE user_name = 'new'$$, 'user_group_member_deleted acme/new - by acme/ugo'),
    ('acme/olga', $$INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'old', 'erp', 'invoice_reader')$$, 'user_group_role_inserted acme/- erp by acme/olga'),
    ('acme/olga', $$UPDATE pat_auth.user_group_role SET role = 'invoice_writer' WHERE user_group = 'old'$$, 'user_group_role_updated acme/- erp by acme/olga'),
    ('acme/olga', $$DELETE FROM pat_auth.user_group_role WHERE user_group = 'old'$$, 'user_group_role_deleted acme/- erp by acme/olga'),
    ('acme/ugo', $$DELETE FROM pat_auth.user_group WHERE name = 'old'$$, 'user_group_deleted acme/- - by acme/ugo'),
    ('acme/mia', $$INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'new', 'user_administrator')$$, 'administrator_inserted acme/new - by acme/mia'),
    ('acme/mia', $$UPDATE pat_auth.administrator SET administrator_role = 'application_administrator' WHERE user_name = 'new'$$, 'administrator_updated acme/new - by acme/mia'),
    ('acme/mia', $$DELETE FROM pat_auth.administrator WHERE user_name = 'new'$$, 'administrator_deleted acme/new - by acme/mia'),
    ('acme/ugo', $$DELETE FROM pat_auth.app_user WHERE name = 'new'$$, 'app_user_deleted acme/new - by acme/ugo'),
    ('superuser', $$SELECT pat_auth.pat_allow_user('acme', 'bob', true)$$, 'app_user_updated acme/bob - by -'),
    ('superuser', $$UPDATE pat_auth.app_user SET allow_pat_creation = false WHERE name = 'bob'$$, 'app_user_updated acme/bob - by -');
SELECT test FROM act, LATERAL (VALUES
    (1, format('SELECT unalike(acting.outcome(%L, %L), ''_____'', %L) WHERE set_config(''test.newest_event'', newest_event()::text, false) IS NOT NULL', who, act.statement, format('R28: %s: %s', who, act.statement))),
    (2, format('SELECT is(last_events(current_setting(''test.newest_event'')::bigint), %L, %L)', events, format('R28: leaves %s', events)))) AS steps (number, test)
ORDER BY step, number \gexec

-- Each row of one statement, each with old and new values.
SELECT newest_event() AS newest \gset
SELECT is(acting.outcome('acme/ugo', $$UPDATE pat_auth.app_user SET ends_on = acting.day(9) WHERE name IN ('alice', 'bob')$$), '2', 'R28: two users in one statement');
SELECT is((SELECT array_agg(user_name || (details -> 'new' ->> 'ends_on') ORDER BY user_name) FROM pat_auth.token_event WHERE event_id > :newest),
    ARRAY['alice' || acting.day(9), 'bob' || acting.day(9)], 'R28: leave an event each, with the new values');
SELECT is((SELECT array_agg(details -> 'old' ->> 'name' ORDER BY user_name) FROM pat_auth.token_event WHERE event_id > :newest), ARRAY['alice', 'bob'], 'R28: and the old ones');
SELECT is((SELECT details FROM pat_auth.token_event WHERE act = 'token_edited') #>> '{old,name}', 'report', 'R28: of an edit the old name');
SELECT is((SELECT details FROM pat_auth.token_event WHERE act = 'token_edited') #>> '{new,name}', 'edited', 'R28: and the new one');
SELECT is((SELECT details ->> 'reason' FROM pat_auth.token_event WHERE act = 'token_revoked'), 'leaked', 'R28: of a revocation the reason');
SELECT is((SELECT token_id FROM pat_auth.token_event WHERE act = 'token_deleted'), (SELECT token_id FROM acting.kept_token WHERE name = 'report'), 'R28: on which token');
SELECT ok((SELECT bool_and(occurred_at BETWEEN now() - interval '5 minutes' AND now()) FROM pat_auth.token_event), 'R28: when');
SELECT is((SELECT count(*) FROM pat_auth.token_event WHERE details ?| ARRAY['digest_head', 'digest_tail', 'token'] OR details::text ~ 'pat_[0-9A-Za-z]{60}'), 0::bigint, 'R28: never a secret');
-- A refused act leaves none, as it changed nothing.
SELECT newest_event() AS newest \gset
SELECT is(acting.outcome('acme/alice', $$SELECT pat_auth.pat_allow_user('acme', 'alice', false)$$), '42501', 'R28: a refused act');
SELECT is(last_events(:newest), 'nothing', 'R28: changed nothing, so there is no event');

-- The database role is the session's, whatever role is set.
SELECT newest_event() AS newest \gset
SET SESSION AUTHORIZATION :"backend";
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'ugo') \g /dev/null
UPDATE pat_auth.app_user SET ends_on = NULL WHERE name IN ('alice');
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT is((SELECT database_role::text FROM pat_auth.token_event WHERE event_id > :newest), :'backend', 'R28: as which database role');

-- Append-only.
SELECT format('SELECT is(acting.trial(%L, %L), ''42501'', %L)', who, act, format('R28: append-only: %s is refused %s', who, act))
FROM (VALUES ('acme/mia'), ('acme/ugo'), ('acme/alice'), ('none')) AS users (who), (VALUES
    ($$UPDATE pat_auth.token_event SET act = 'none'$$), ('DELETE FROM pat_auth.token_event'), ('TRUNCATE pat_auth.token_event'),
    ($$INSERT INTO pat_auth.token_event (occurred_at, act, database_role) VALUES (now(), 'none', 'none')$$)) AS acts (act) \gexec
SELECT format('SELECT isnt(acting.trial(%L, %L), %L, %L)', 'acme/mia', act, '1', 'R28: nor through the view: ' || act)
FROM (VALUES ($$UPDATE pat_auth.token_events SET act = 'none'$$), ('DELETE FROM pat_auth.token_events')) AS acts (act) \gexec

-- Who reads it.
SELECT is(acting.create_token('alices', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R28: a token in acme');
SELECT is(acting.create_token('ginas', 'globex/gina', 'erp', '{invoice_reader}'), 'created', 'R28: a token in globex');
SELECT is(acting.trial('acme/mia', 'SELECT count(*) FROM pat_auth.token_events'), (SELECT count(*)::text FROM pat_auth.token_event), 'R28: a main administrator reads every event');
SELECT is(acting.trial('acme/ugo', $$SELECT array_agg(DISTINCT tenant) FROM pat_auth.token_events$$), '{acme}', 'R28: a user administrator his tenant''s');
SELECT is(acting.trial('acme/ugo', $$SELECT count(*) FROM pat_auth.token_events$$),
    (SELECT count(*)::text FROM pat_auth.token_event JOIN pat_auth.tenant USING (tenant_id) WHERE name = 'acme'), 'R28: all of them');
SELECT is(acting.trial('globex/uma', $$SELECT array_agg(DISTINCT tenant) FROM pat_auth.token_events$$), '{globex}', 'R28: the other one the other''s');
SELECT is(acting.trial('acme/alice', $$SELECT string_agg(act, ' ' ORDER BY event_id) FROM pat_auth.token_events$$),
    'token_created token_edited token_revoked token_deleted token_created', 'R28: an owner those of his own tokens, deleted ones too');
SELECT format('SELECT is(acting.trial(%L, ''SELECT count(*) FROM pat_auth.token_events''), ''0'', %L)', who, 'R28: ' || who || ' reads none')
FROM (VALUES ('acme/ada'), ('acme/olga'), ('acme/dan'), ('acme/bob'), ('#alices'), ('none')) AS users (who) \gexec
-- The address that pat_login was told comes back with the token, when a savepoint is rolled back that signed out.
BEGIN;
SELECT pat_auth.pat_login(token, '203.0.113.9') FROM acting.kept_token WHERE name = 'alices' \g /dev/null
SAVEPOINT signed_in;
SELECT pat_auth.pat_logout() \g /dev/null
UPDATE pat_auth.role SET description = 'without' WHERE name = 'invoice_reader' AND application = 'crm';
SELECT is((SELECT client_address FROM pat_auth.token_event ORDER BY event_id DESC LIMIT 1), NULL::inet, 'R28: after pat_logout an event has no told address');
ROLLBACK TO signed_in;
UPDATE pat_auth.role SET description = 'with' WHERE name = 'invoice_reader' AND application = 'crm';
COMMIT;
SELECT is((SELECT client_address || ' ' || actor_user FROM pat_auth.token_event ORDER BY event_id DESC LIMIT 1), '203.0.113.9/32 alice', 'R28: and with the identity it has it again');
-- Who acts under a token, in an application's own table of users, is told apart from who has signed in.
CREATE TABLE own_user (tenant text, name text);
GRANT INSERT ON own_user TO PUBLIC;
SELECT pat_auth.pat_sync_users('own_user', 'tenant', 'name') \g /dev/null
SELECT is(acting.outcome('#alices', $$INSERT INTO own_user VALUES ('acme', 'newcomer')$$), '1', 'R28: a user is made under a token');
SELECT is((SELECT concat_ws(' ', act, actor_user, actor_token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'alices')) FROM pat_auth.token_event ORDER BY event_id DESC LIMIT 1),
    'app_user_inserted alice t', 'R28: the event names it');
SELECT is(acting.trial('acme/alice', $$INSERT INTO own_user VALUES ('acme', 'other')$$), '1', 'R28: and signed in');
SELECT is(acting.outcome('acme/alice', $$INSERT INTO own_user VALUES ('acme', 'other')$$), '1', 'R28: another one');
SELECT is((SELECT concat_ws(' ', act, actor_user, actor_token_id) FROM pat_auth.token_event ORDER BY event_id DESC LIMIT 1), 'app_user_inserted alice', 'R28: it names none');
DROP TABLE own_user;
-- R28: a change of very many rows ends, also in a session that changed a few before: a plan for few of them takes hours.
INSERT INTO pat_auth.app_user (tenant, name) SELECT 'acme', 'one of many ' || number FROM generate_series(1, 9000) AS number;
UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE name = 'one of many 1';
SET statement_timeout = '60s';
UPDATE pat_auth.app_user SET allow_pat_creation = NOT allow_pat_creation WHERE name LIKE 'one of many %';
RESET statement_timeout;
SELECT is((SELECT count(*)::integer FROM pat_auth.token_event WHERE user_name LIKE 'one of many %' AND act = 'app_user_updated'), 9001, 'R28: each of very many users that a statement changes has its event');
\ir include/end.sql
