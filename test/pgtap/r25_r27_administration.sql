-- Tokens of the built-in application administration (R25 to R27).
\set file r25_r27_administration
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE invoice (tenant text, note text);
INSERT INTO invoice VALUES ('acme', 'a1');
GRANT SELECT ON invoice TO :"client";
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', NULL, 'tenant') \g /dev/null

-- R25
SELECT is(acting.create_token('licence', 'acme/mia', 'administration', '{licensing}'), 'created', 'R25: a token of the application administration');
SELECT is(acting.create_token('both', 'acme/mia', 'administration', '{licensing,health_check_advanced}'), 'created', 'R25: with both its roles');
SELECT is(acting.create_token('health', 'acme/dan', 'administration', '{health_check_advanced}'), 'created', 'R25: a developer''s');
SELECT is(acting.create_token('reader', 'acme/mia', 'erp', '{invoice_reader}'), 'created', 'R25: and one of an application');
SELECT is(acting.trial('#licence', $$SELECT row(pat_auth.pat_application(), pat_auth.pat_scopes('administration'))$$), '(administration,{licensing})', 'R25: it has its scope there');
SELECT is(acting.trial('#licence', 'SELECT count(*) FROM invoice'), '0', 'R25: it reaches no application''s data');
SELECT is(acting.trial('#licence', $$SELECT pat_auth.pat_scopes('erp')$$), '{}', 'R25: it has no scope in an application');
SELECT is(acting.trial('#reader', $$SELECT pat_auth.pat_has_scope('administration', 'licensing')$$), 'false', 'R25: a token of an application has no scope in administration');
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, act, result, format('R25: %s does not administer: %s', who, act))
FROM (VALUES ('#both'), ('#reader')) AS tokens (who), (VALUES
    ($$INSERT INTO pat_auth.tenant (name) VALUES ('new')$$, '42501'), ('UPDATE pat_auth.app_user SET is_active = false', '0'),
    ('DELETE FROM pat_auth.administrator', '0'), ('SELECT count(*) FROM pat_auth.token_overview', '0'), ('SELECT count(*) FROM pat_auth.token_events', '0'),
    ($$SELECT pat_auth.pat_allow_application('erp', false)$$, '42501'), ('SELECT pat_auth.pat_revoke({reader})', '42501')) AS acts (act, result) \gexec
SELECT is(acting.trial('superuser', $$SELECT pat_auth.pat_protect('invoice', 'administration', 'licensing', NULL)$$), '42704', 'R25: no table is protected by its roles');
SELECT format('SELECT is(acting.trial(%L, %L), ''55000'', %L)', who, act, format('R25: what is built in stays as it is: %s: %s', who, act))
FROM (VALUES ('acme/mia'), ('superuser')) AS users (who), (VALUES
    ($$UPDATE pat_auth.application SET is_active = false WHERE name = 'administration'$$), ($$DELETE FROM pat_auth.application WHERE name = 'administration'$$),
    ($$UPDATE pat_auth.application SET name = 'administration' WHERE name = 'erp'$$),
    ($$INSERT INTO pat_auth.role (application, name) VALUES ('administration', 'new')$$), ($$DELETE FROM pat_auth.role WHERE application = 'administration'$$),
    ($$SELECT pat_auth.pat_allow_application('administration', false, 'acme')$$)) AS acts (act) \gexec

-- R26
SELECT format('SELECT is(acting.create_token(''tried'', %L, ''administration'', ARRAY[%L]), %L, %L)', who, role, result, format('R26: %s creates a token for %s: %s', who, role, result))
FROM (VALUES
    ('acme/mia', 'licensing', 'created'), ('acme/mia', 'health_check_advanced', 'created'), ('acme/dan', 'health_check_advanced', 'created'),
    ('acme/dan', 'licensing', '42501'), ('acme/ada', 'licensing', '42501'), ('acme/ada', 'health_check_advanced', '42501'),
    ('acme/olga', 'licensing', '42501'), ('acme/olga', 'health_check_advanced', '42501'), ('acme/ugo', 'licensing', '42501'),
    ('acme/ugo', 'health_check_advanced', '42501'), ('acme/alice', 'licensing', '42501'), ('acme/alice', 'health_check_advanced', '42501')) AS acts (who, role, result) \gexec
SELECT is(acting.trial('superuser', $$INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'readers', 'administration', 'licensing')$$), '55000',
    'R26: its roles come with an administrator role, not through a group');
SELECT is(acting.trial('acme/mia', $$SELECT pat_auth.pat_assign_role('acme', 'alice', 'administration', 'licensing')$$), '55000', 'R26: nor by a task');
-- Who may run a task: as a user who signed in, and under a token.
SELECT format('SELECT is(CASE WHEN outcome LIKE ''{%%'' THEN ''done'' ELSE outcome END, %L, %L) FROM acting.trial(%L, %L) AS outcome', result,
    format('R26: %s() by %s: %s', task, who, result), who, format('SELECT pat_auth.%s()', task))
FROM (VALUES
    ('none', 'done', '28000', '28000'), ('acme/alice', 'done', '42501', '42501'), ('#reader', 'done', '42501', '42501'),
    ('acme/ada', 'done', '42501', '42501'), ('acme/olga', 'done', '42501', '42501'), ('acme/ugo', 'done', '42501', '42501'),
    ('acme/dan', 'done', 'done', '42501'), ('#health', 'done', 'done', '42501'), ('acme/mia', 'done', 'done', 'done'),
    ('#licence', 'done', '42501', 'done'), ('#both', 'done', 'done', 'done'), ('superuser', 'done', 'done', 'done')
) AS users (who, health_check, health_check_advanced, licensing),
    LATERAL (VALUES ('health_check', health_check), ('health_check_advanced', health_check_advanced), ('licensing', licensing)) AS tasks (task, result) \gexec
SELECT is(acting.use_token('health'), 'dan', 'R26: a developer''s token works');
SELECT is(acting.outcome('acme/mia', $$DELETE FROM pat_auth.administrator WHERE user_name = 'dan'$$), '1', 'R26: the developer is one no longer');
SELECT is(acting.use_token('health'), '28000', 'R26: the role is checked on each use');
SELECT is(acting.trial('#health', 'SELECT pat_auth.health_check_advanced()'), '28000', 'R26: by the task, too');
SELECT is(acting.status_of('health', 'acme/dan'), 'permissions_changed', 'R26: R17 applies');
SELECT is(acting.outcome('acme/mia', $$INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role, application) VALUES ('acme', 'dan', 'developer', 'crm')$$), '1', 'R26: he becomes one again');
SELECT is(acting.use_token('health'), 'dan', 'R26: and the token works again');

-- R27
UPDATE pat_auth.application SET allow_personal_access_tokens = false WHERE application_id > 0;
SELECT is(acting.create_token('more', 'acme/mia', 'administration', '{licensing}'), 'created', 'R27: no application''s permission is needed');
SELECT is(acting.use_token('licence'), 'mia', 'R27: nor for the use');
UPDATE pat_auth.application SET allow_personal_access_tokens = true WHERE application_id > 0;
SELECT is(acting.outcome('acme/ugo', $$SELECT pat_auth.pat_allow_user('acme', 'mia', false)$$), 'true', 'R27: the user''s permission is taken away');
SELECT is(acting.create_token('none', 'acme/mia', 'administration', '{licensing}'), '42501', 'R27: it is needed for creating');
SELECT is(acting.use_token('licence'), '28000', 'R27: and for using');
SELECT is(acting.status_of('licence', 'acme/mia'), 'blocked', 'R27: the status says so');
\ir include/end.sql
