-- Setting up: which roles, applications and users may have tokens, and who decides (R1 to R5).
-- Every administrator role against every table: administration_matrix.sql.
\set file r01_r05_set_up
\ir include/fixture.sql
SELECT no_plan();

-- R1
SELECT is(acting.outcome('acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_deleter', true)$$), 'true',
    'R1: a developer of the application allows a role');
SELECT is((SELECT (allowed_for_pat, available_for_pat) FROM pat_auth.role WHERE (application, name) = ('erp', 'invoice_deleter')),
    (true, false), 'R1: allowing a role does not make it available');
SELECT is(acting.trial('acme/dan', $$SELECT pat_auth.pat_allow_role('crm', 'invoice_reader', false)$$), '42501',
    'R1: a developer of one application decides nothing in another');
SELECT format('SELECT is(acting.trial(%L, %L), ''42501'', %L)', who,
    $$SELECT pat_auth.pat_allow_role('erp', 'invoice_deleter', false)$$, 'R1: ' || who || ', no developer, does not allow roles')
FROM (VALUES ('acme/mia'), ('acme/ada'), ('acme/olga'), ('acme/ugo'), ('acme/alice')) AS users (who) \gexec
SELECT is(acting.outcome('acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_deleter', false)$$), 'true',
    'R1: the developer withdraws the allowance');
SELECT is(acting.refusal('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_deleter', true)$$),
    '55000 role "invoice_deleter" of application "erp" is not allowed for tokens',
    'R1: a role that is not allowed cannot be made available, and the reason is given');
SELECT is(acting.trial('acme/mia', $$UPDATE pat_auth.role SET available_for_pat = true WHERE (application, name) = ('erp', 'invoice_deleter')$$),
    '55000', 'R1: nor by DML, nor by a main administrator');
SELECT is(acting.trial('superuser', $$UPDATE pat_auth.role SET available_for_pat = true WHERE (application, name) = ('erp', 'invoice_deleter')$$),
    '23514', 'R1: nor by the owner of the extension: the table itself holds it');
SELECT is(acting.outcome('acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_writer', false)$$), 'true',
    'R1: a developer withdraws the allowance of an available role');
SELECT is((SELECT available_for_pat FROM pat_auth.role WHERE (application, name) = ('erp', 'invoice_writer')), false,
    'R1: withdrawing the allowance withdrew the availability');
SELECT is(acting.outcome('acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_writer', true)$$), 'true',
    'R1: allowed again');
SELECT is((SELECT available_for_pat FROM pat_auth.role WHERE (application, name) = ('erp', 'invoice_writer')), false,
    'R1: the availability does not come back by itself');

-- R2
SELECT is(acting.trial('acme/mia', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true)$$), 'true',
    'R2: a main administrator makes a role available');
SELECT is(acting.outcome('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true)$$), 'true',
    'R2: an owner of the application makes a role available');
SELECT is(acting.trial('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', false)$$), 'true',
    'R2: and withdraws that');
SELECT is(acting.trial('acme/olga', $$SELECT pat_auth.pat_set_role_available('crm', 'invoice_reader', false)$$), '42501',
    'R2: the owner of one application decides nothing in another');
SELECT format('SELECT is(acting.trial(%L, %L), ''42501'', %L)', who,
    format($$SELECT pat_auth.pat_set_role_available('erp', %L, %L)$$, role, available),
    format('R2: %s does not set the availability of %s to %s', who, role, available))
FROM (VALUES ('acme/ada'), ('acme/ugo'), ('acme/dan'), ('acme/alice')) AS users (who),
    (VALUES ('invoice_auditor', true), ('invoice_reader', false)) AS acts (role, available) \gexec
SELECT is(acting.trial('acme/dan', $$INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat) VALUES ('erp', 'new', true, true)$$), '42501',
    'R2: a developer makes no role that is available from the start');
SELECT is(acting.trial('acme/dan', $$UPDATE pat_auth.role SET allowed_for_pat = true, available_for_pat = true WHERE (application, name) = ('erp', 'invoice_deleter')$$), '42501',
    'R2: nor does he allow and make available in one');
SELECT is(acting.trial('acme/dan', $$UPDATE pat_auth.role SET application = 'crm' WHERE (application, name) = ('erp', 'invoice_deleter')$$), '55000',
    'R2: nor move a role to an application of others');
-- Who may change no role locks none either, by an UPDATE that changes nothing.
SELECT format('SELECT is(acting.trial(%L, %L), ''42501'', %L)', who, act, format('R2: %s does not write a role as it was: %s', who, act))
FROM (VALUES ('acme/ada'), ('acme/ugo'), ('acme/alice'), ('globex/gina')) AS users (who),
    (VALUES ($$UPDATE pat_auth.role SET description = description WHERE application = 'erp'$$),
        ($$SELECT pat_auth.pat_allow_role('erp', 'invoice_reader', true)$$),
        ($$SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', true)$$)) AS acts (act) \gexec
SELECT is(acting.trial('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', true)$$), 'true', 'R2: an owner may');
SELECT is(acting.trial('acme/dan', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_reader', true)$$), 'true', 'R1: a developer may');
-- R5, R12: who may give nobody a role does not give it by another's name.
SELECT is(acting.trial('acme/dan', $$UPDATE pat_auth.role SET name = 'other' WHERE (application, name) = ('erp', 'invoice_deleter')$$), '1',
    'a developer renames a role that nobody has');
SELECT is(acting.refusal('acme/dan', $$UPDATE pat_auth.role SET name = 'other' WHERE (application, name) = ('erp', 'invoice_reader')$$),
    '42501 not allowed to change the name of a role that somebody has', 'R5: but none that users have');
SELECT is(acting.refusal('acme/ada', $$UPDATE pat_auth.application SET name = 'other' WHERE name = 'erp'$$),
    '42501 not allowed to change the name of an application', 'R12: an application administrator gives no application another''s name');
SELECT is(acting.trial('acme/mia', $$UPDATE pat_auth.application SET name = 'other' WHERE name = 'erp'$$), '1', 'a main administrator renames one');
SELECT acting.set_up($$UPDATE pat_auth.application SET allow_personal_access_tokens = false WHERE name = 'erp'$$) \g /dev/null
SELECT is(acting.refusal('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', true)$$),
    '55000 application "erp" does not allow tokens',
    'R2: refused while the application does not allow tokens, with that reason');
SELECT is(acting.refusal('acme/mia', $$UPDATE pat_auth.role SET available_for_pat = true WHERE (application, name) = ('erp', 'invoice_auditor')$$),
    '55000 application "erp" does not allow tokens', 'R2: so is plain DML');
SELECT is(acting.refusal('superuser', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', true)$$),
    '55000 application "erp" does not allow tokens', 'R2: so is the task when the owner of the extension carries it out');
SELECT is(acting.trial('superuser', $$SELECT pat_auth.pat_allow_role('erp', 'invoice_reader', true)$$), 'true',
    'R1: allowing a role that is available does not depend on the application');
SELECT is(acting.trial('acme/olga', $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', false)$$), 'true',
    'R2: withdrawing is possible while the application does not allow tokens');
SELECT acting.set_up($$UPDATE pat_auth.application SET allow_personal_access_tokens = true WHERE name = 'erp'$$) \g /dev/null

-- R3
SELECT is(acting.trial('acme/mia', $$INSERT INTO pat_auth.application (name) VALUES ('shop')$$), '1',
    'R3: a main administrator adds an application');
SELECT is(acting.outcome('acme/ada', $$INSERT INTO pat_auth.application (name) VALUES ('shop')$$), '1',
    'R3: an application administrator adds an application');
SELECT is((SELECT allow_personal_access_tokens FROM pat_auth.application WHERE name = 'shop'), false,
    'R3: tokens are off by default');
SELECT is(acting.trial('acme/mia', $$SELECT pat_auth.pat_allow_application('shop', true)$$), 'true',
    'R3: a main administrator allows tokens in an application');
SELECT is(acting.outcome('acme/ada', $$SELECT pat_auth.pat_allow_application('shop', true)$$), 'true',
    'R3: an application administrator allows tokens in an application');
SELECT is((SELECT allow_personal_access_tokens FROM pat_auth.application WHERE name = 'shop'), true, 'R3: they are on now');
SELECT format('SELECT is(acting.trial(%L, %L), ''42501'', %L)', who, act, format('R3: %s is refused %s', who, act))
FROM (VALUES ('acme/olga'), ('acme/ugo'), ('acme/dan'), ('acme/alice')) AS users (who),
    (VALUES ($$SELECT pat_auth.pat_allow_application('erp', false)$$),
        ($$SELECT pat_auth.pat_allow_application('erp', false, 'acme')$$),
        ($$UPDATE pat_auth.application SET allow_personal_access_tokens = false WHERE name = 'erp'$$)) AS acts (act) \gexec
SELECT is(acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}'), 'created',
    'R3: with no decision of its own a tenant inherits the application''s');
SELECT is(acting.create_token('foreign_reader', 'globex/gina', 'erp', '{invoice_reader}'), 'created', 'R3: so does another one');
SELECT is(acting.outcome('acme/ada', $$SELECT pat_auth.pat_allow_application('erp', false, 'acme')$$), 'true',
    'R3: an application administrator switches tokens off for one tenant');
SELECT is(acting.use_token('reader'), '28000', 'R3: switched off for the tenant, its tokens are blocked');
SELECT is(acting.use_token('foreign_reader'), 'gina', 'R3: the other tenant''s tokens are not');
SELECT is(acting.outcome('acme/mia', $$SELECT pat_auth.pat_allow_application('erp', true, 'acme')$$), 'true',
    'R3: a main administrator takes that back');
SELECT is(acting.use_token('reader'), 'alice', 'R3: then they work');
SELECT is(acting.outcome('acme/ada', $$SELECT pat_auth.pat_allow_application('erp', false)$$), 'true',
    'R3: switched off for the application');
SELECT is(acting.use_token('reader'), '28000', 'R3: a tenant''s own decision does not widen the application''s');

-- R4
SELECT is(acting.use_token('foreign_reader'), '28000', 'R4: switched off, the application''s tokens are refused');
SELECT is(acting.status_of('reader', 'acme/alice'), 'blocked', 'R4: their status is blocked');
SELECT is(acting.create_token('none', 'globex/gina', 'erp', '{invoice_reader}'), '55000', 'R4: creation is blocked');
SELECT is(acting.outcome('acme/ada', $$SELECT pat_auth.pat_allow_application('erp', true)$$), 'true', 'R4: switched on again');
SELECT is(acting.use_token('reader'), 'alice', 'R4: the tokens work again');
SELECT is(acting.use_token('foreign_reader'), 'gina', 'R4: all of them');
SELECT acting.set_up($$SELECT pat_auth.pat_allow_application('erp', false, 'acme')$$) \g /dev/null
SELECT is(acting.create_token('none', 'acme/alice', 'erp', '{invoice_reader}'), '55000',
    'R4: switched off for the tenant, creation is blocked there');
SELECT is(acting.create_token('foreign_reader', 'globex/gina', 'erp', '{invoice_reader}'), 'created', 'R4: and nowhere else');
SELECT acting.set_up($$SELECT pat_auth.pat_allow_application('erp', true, 'acme')$$) \g /dev/null

-- R5: users, groups, memberships
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, act, result, format('R5: %s %s: %s', who, act, result))
FROM (VALUES
    ('acme/mia', 'acme', '1'), ('acme/mia', 'globex', '1'), ('acme/ugo', 'acme', '1'), ('acme/ugo', 'globex', '42501'),
    ('globex/uma', 'globex', '1'), ('globex/uma', 'acme', '42501'), ('acme/ada', 'acme', '42501'),
    ('acme/olga', 'acme', '42501'), ('acme/dan', 'acme', '42501'), ('acme/alice', 'acme', '42501')) AS users (who, tenant, result),
    LATERAL (VALUES
        (format('INSERT INTO pat_auth.app_user (tenant, name) VALUES (%L, ''new'')', tenant)),
        (format('INSERT INTO pat_auth.user_group (tenant, name) VALUES (%L, ''new'')', tenant))) AS acts (act) \gexec
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('acme', 'carol'), ('globex', 'gus');
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, act, result, format('R5: %s %s: %s', who, act, result))
FROM (VALUES
    ('acme/mia', 'acme', '1'), ('acme/mia', 'globex', '1'), ('acme/ugo', 'acme', '1'), ('acme/ugo', 'globex', '42501'),
    ('acme/ada', 'acme', '42501'), ('acme/olga', 'acme', '42501'), ('acme/dan', 'acme', '42501'),
    ('acme/carol', 'acme', '42501')) AS users (who, tenant, result),
    LATERAL (SELECT format('INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES (%L, ''readers'', %L)',
        tenant, CASE tenant WHEN 'acme' THEN 'carol' ELSE 'gus' END)) AS acts (act) \gexec
SELECT is(acting.trial('acme/ugo', $$UPDATE pat_auth.app_user SET tenant = 'globex' WHERE (tenant, name) = ('acme', 'carol')$$), '42501',
    'R5: a user administrator moves no user to another tenant');
SELECT is(acting.trial('acme/ugo', $$UPDATE pat_auth.app_user SET name = 'max' WHERE (tenant, name) = ('acme', 'mia')$$), '42501',
    'R5: nor does he decide whom a main administrator''s sign-in finds');
SELECT is(acting.trial('acme/ugo', $$INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'ugo', 'main_administrator')$$),
    '42501', 'R5: nor does he make himself main administrator');

-- R5: which roles a user has
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who,
    format('SELECT pat_auth.pat_assign_role(%L, %L, %L, ''invoice_reader'')', tenant, user_name, application),
    result, format('R5: %s assigns a role of %s to %s of %s: %s', who, application, user_name, tenant, result))
FROM (VALUES
    ('acme/mia', 'acme', 'carol', 'erp', 'true'), ('acme/mia', 'globex', 'gus', 'crm', 'true'),
    ('acme/ugo', 'acme', 'carol', 'erp', 'true'), ('acme/ugo', 'acme', 'carol', 'crm', 'true'), ('acme/ugo', 'globex', 'gus', 'erp', '42704'),
    ('acme/olga', 'acme', 'carol', 'erp', 'true'), ('acme/olga', 'globex', 'gus', 'erp', 'true'), ('acme/olga', 'acme', 'carol', 'crm', '42501'),
    ('acme/ada', 'acme', 'carol', 'erp', '42501'), ('acme/dan', 'acme', 'carol', 'erp', '42501'),
    ('acme/carol', 'acme', 'carol', 'erp', '42501'), ('none', 'acme', 'carol', 'erp', '28000')
) AS acts (who, tenant, user_name, application, result) \gexec
SELECT is(acting.outcome('acme/olga', $$SELECT pat_auth.pat_assign_role('acme', 'carol', 'erp', 'invoice_reader')$$), 'true',
    'R5: an owner of the application gives a user a role');
SELECT is(acting.trial('acme/carol', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_reader}', 'R5: he has it');
SELECT is(acting.outcome('acme/ugo', $$SELECT pat_auth.pat_unassign_role('acme', 'carol', 'erp', 'invoice_reader')$$), 'true',
    'R5: a user administrator takes it back');
SELECT is(acting.trial('acme/carol', $$SELECT pat_auth.pat_scopes('erp')$$), '{}', 'R5: he has it no longer');
SELECT is(acting.trial('acme/olga', $$INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'writers', 'crm', 'invoice_reader')$$),
    '42501', 'R5: the owner of one application gives no group a role of another');

-- R5: who may create
SELECT is((SELECT allow_pat_creation FROM pat_auth.app_user WHERE (tenant, name) = ('acme', 'carol')), false,
    'R5: users may not create tokens by default');
SELECT is(acting.create_token('none', 'acme/bob', 'erp', '{invoice_reader}'), '42501', 'R5: so creation is refused');
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who,
    format('SELECT pat_auth.pat_allow_user(%L, %L, true)', tenant, user_name), result,
    format('R5: %s allows %s of %s to create tokens: %s', who, user_name, tenant, result))
FROM (VALUES
    ('acme/mia', 'acme', 'bob', 'true'), ('acme/mia', 'globex', 'gus', 'true'), ('acme/ugo', 'acme', 'bob', 'true'),
    ('acme/ugo', 'globex', 'gus', '42704'), ('globex/uma', 'acme', 'bob', '42704'), ('acme/ada', 'acme', 'bob', '42501'),
    ('acme/olga', 'acme', 'bob', '42501'), ('acme/dan', 'acme', 'bob', '42501'), ('acme/bob', 'acme', 'bob', '42501')
) AS acts (who, tenant, user_name, result) \gexec
SELECT is(acting.trial('acme/bob', $$UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE name = 'bob'$$), '42501',
    'R5: nobody allows himself');
SELECT is(acting.outcome('acme/ugo', $$SELECT pat_auth.pat_allow_user('acme', 'alice', false)$$), 'true',
    'R5: a user administrator clears the flag');
SELECT is(acting.use_token('reader'), '28000', 'R5: cleared, it blocks using');
SELECT is(acting.status_of('reader', 'acme/alice'), 'blocked', 'R5: the status says so');
SELECT is(acting.create_token('none', 'acme/alice', 'erp', '{invoice_reader}'), '42501', 'R5: cleared, it blocks creating');
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_edit({reader}, name => 'other')$$), '42501', 'R5: cleared, it blocks editing');
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_delete({reader})$$), 'true', 'R5: cleared, deleting stays possible');
SELECT is(acting.outcome('acme/ugo', $$SELECT pat_auth.pat_allow_user('acme', 'alice', true)$$), 'true', 'R5: set again');
SELECT is(acting.use_token('reader'), 'alice', 'R5: the tokens work again');

-- R5: a role of one's own comes through a group, of which one has to be a member.
SELECT is(acting.outcome('acme/olga', $$SELECT pat_auth.pat_assign_role('acme', 'bob', 'erp', 'invoice_writer')$$), 'true', 'R5: an owner gives a role');
SELECT is(acting.trial('acme/bob', $$SELECT pat_auth.pat_scopes('erp') @> '{invoice_writer}'$$), 'true', 'R5: the user has it');
SELECT is(acting.outcome('acme/ugo', $$UPDATE pat_auth.user_group_member SET ends_on = acting.day(-1) WHERE user_name = 'bob' AND user_group LIKE 'user:%'$$), '1', 'R5: a user administrator ends the membership');
SELECT is(acting.refusal('acme/olga', $$SELECT pat_auth.pat_assign_role('acme', 'bob', 'erp', 'invoice_auditor')$$),
    (SELECT format('55000 user "bob" is no member of the group "user:%s" today, by which he has roles of his own', user_id) FROM pat_auth.app_user WHERE name = 'bob'),
    'R5: then no role is given that would not reach him');
SELECT is(acting.trial('acme/olga', $$SELECT pat_auth.pat_unassign_role('acme', 'bob', 'erp', 'invoice_writer')$$), 'true',
    'R5: but the one that he has there is taken from him');
SELECT is(acting.outcome('acme/ugo', $$DELETE FROM pat_auth.user_group_member WHERE user_name = 'bob' AND user_group LIKE 'user:%'$$), '1', 'R5: or he takes him out of the group');
SELECT is(acting.trial('acme/mia', $$SELECT pat_auth.pat_assign_role('acme', 'bob', 'erp', 'invoice_auditor')$$), '55000', 'R5: then no role is given either');
SELECT is(acting.outcome('acme/ugo', format($$INSERT INTO pat_auth.user_group (tenant, name) VALUES ('acme', 'user:%s')$$, (SELECT user_id FROM pat_auth.app_user WHERE tenant = 'acme' AND name = 'dan'))), '1', 'R5: a group that happens to have such a name');
SELECT is(acting.outcome('acme/olga', $$SELECT pat_auth.pat_assign_role('acme', 'dan', 'erp', 'invoice_writer')$$), 'true', 'R5: is in nobody''s way');
SELECT is(acting.trial('acme/dan', $$SELECT pat_auth.pat_scopes('erp') @> '{invoice_writer}'$$), 'true', 'R5: the user has the role');

-- The last main administrator
SELECT is(acting.trial('acme/mia', $$DELETE FROM pat_auth.administrator WHERE user_name = 'mia'$$), '55000',
    'R5: the last main administrator cannot be removed');
SELECT is(acting.trial('acme/ugo', $$UPDATE pat_auth.app_user SET is_active = false WHERE name = 'mia'$$), '55000',
    'R5: nor switched off');
-- Where there is none who can act, nobody is in the way of what is done with one who cannot.
SELECT acting.set_up($$UPDATE pat_auth.app_user SET begins_on = acting.day(1) WHERE name = 'mia'$$) \g /dev/null
SELECT is(acting.trial('superuser', $$SELECT pat_auth.pat_allow_user('acme', 'mia', true)$$), 'true',
    'R5: one who begins tomorrow may be allowed to create tokens today');
SELECT is(acting.trial('acme/ugo', $$UPDATE pat_auth.app_user SET begins_on = NULL WHERE name = 'mia'$$), '1', 'R5: or begin today');
SELECT acting.set_up($$UPDATE pat_auth.app_user SET begins_on = NULL, is_active = false WHERE name = 'mia'$$) \g /dev/null
SELECT is(acting.trial('superuser', $$SELECT pat_auth.pat_allow_user('acme', 'mia', true)$$), 'true', 'R5: so may one who is switched off');
\ir include/end.sql
