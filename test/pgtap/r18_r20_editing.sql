-- Editing a token (R18 to R20).
\set file r18_r20_editing
\ir include/fixture.sql
SELECT no_plan();

SELECT is(acting.create_token('report', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R18: a token to edit');
SELECT int8send(digest_head) || digest_tail AS digest FROM pat_auth.token \gset

-- R18
SELECT is(acting.outcome('acme/alice', $$SELECT name FROM pat_auth.pat_edit({report}, name => 'monthly report')$$), 'monthly report',
    'R18: the owner changes the name');
SELECT is(acting.outcome('acme/alice', $$SELECT row(name, scopes, expires_at = (acting.day(61)::timestamp AT TIME ZONE 'UTC')) FROM pat_auth.pat_edit({report}, expires_on => acting.day(60))$$),
    '("monthly report",{invoice_reader},t)', 'R18: the expiration date, and what is null stays');
SELECT is(acting.outcome('acme/alice', $$SELECT scopes FROM pat_auth.pat_edit({report}, scopes => '{invoice_writer}')$$), '{invoice_writer}',
    'R18: the scopes, as a whole');
SELECT is(acting.trial('#report', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_writer}', 'R18: in force at once');
SELECT is((SELECT int8send(digest_head) || digest_tail FROM pat_auth.token), :'digest'::bytea, 'R18: the secret stays the same');
SELECT is(acting.use_token('report'), 'alice', 'R18: the same text works');
SELECT is((SELECT oidvectortypes(proargtypes) FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace AND proname = 'pat_edit'),
    'bigint, text, text[], date', 'R18: there is no argument for the application');
SELECT format('SELECT is(acting.trial(''acme/alice'', %L), %L, %L)', 'SELECT pat_auth.pat_edit({report}, ' || argument || ')', result, 'R18: ' || name)
FROM (VALUES
    ('an empty name is refused', $$name => ''$$, '22023'), ('a blank name is refused', $$name => ' '$$, '22023'),
    ('no scopes are refused', $$scopes => '{}'$$, '22023'), ('a null scope is refused', $$scopes => '{NULL}'$$, '22023'),
    ('a scope that is not allowed is refused', $$scopes => '{invoice_deleter}'$$, '55000'),
    ('a scope that is not available is refused', $$scopes => '{invoice_auditor}'$$, '55000'),
    ('a scope that does not exist is refused', $$scopes => '{invoice_burner}'$$, '42704'),
    ('today is refused', $$expires_on => acting.day()$$, '22023'), ('the past is refused', $$expires_on => acting.day(-7)$$, '22023'),
    ('more than a year is refused', $$expires_on => acting.day(367)$$, '22023')) AS edits (name, argument, result) \gexec
SELECT acting.set_up($$DELETE FROM pat_auth.user_group_member WHERE user_group = 'writers' AND user_name = 'alice'$$) \g /dev/null
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_edit({report}, scopes => '{invoice_writer}')$$), '42501', 'R18: a scope that is not the owner''s is refused');
SELECT is(acting.outcome('acme/alice', $$SELECT status FROM pat_auth.pat_edit({report}, name => 'annual report')$$), 'permissions_changed',
    'R18: what is not changed is not checked: a lost scope does not prevent renaming');
SELECT acting.set_up($$INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'writers', 'alice')$$) \g /dev/null
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, $$SELECT pat_auth.pat_edit({report}, name => 'mine')$$, result, 'R18: ' || who || ' does not edit alice''s token')
FROM (VALUES ('acme/mia', '42501'), ('acme/ugo', '42501'), ('acme/ada', '42704'), ('acme/olga', '42704'), ('acme/dan', '42704'),
    ('acme/bob', '42704'), ('globex/uma', '42704'), ('#report', '42501'), ('none', '28000'), ('superuser', '28000')) AS users (who, result) \gexec
SELECT is((SELECT name FROM pat_auth.token), 'annual report', 'R18: it has the name that its owner gave it');

-- R19
UPDATE pat_auth.token SET created_at = now() - interval '40 days', expires_at = now() - interval '10 days';
SELECT is(acting.use_token('report'), '28000', 'R19: an expired token is refused');
SELECT is(acting.outcome('acme/alice', $$SELECT status FROM pat_auth.pat_edit({report}, name => 'weekly report')$$), 'expired',
    'R19: renaming an expired token is allowed and does not revive it');
SELECT is(acting.use_token('report'), '28000', 'R19: renamed, it is refused');
SELECT is(acting.outcome('acme/alice', $$SELECT status FROM pat_auth.pat_edit({report}, scopes => '{invoice_reader}')$$), 'expired',
    'R19: nor do new scopes');
SELECT is(acting.outcome('acme/alice', $$SELECT status FROM pat_auth.pat_edit({report}, expires_on => acting.day(1))$$), 'active',
    'R19: given a new date');
SELECT is(acting.use_token('report'), 'alice', 'R19: it works again');

-- R20
SELECT is(acting.outcome('acme/ugo', 'SELECT pat_auth.pat_revoke({report})'), 'true', 'R20: the token is revoked');
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, 'SELECT pat_auth.pat_edit({report}, ' || argument || ')', result,
    format('R20: %s cannot edit it: %s', who, argument))
FROM (VALUES ('acme/alice', '55000'), ('acme/mia', '42501'), ('acme/ugo', '42501'), ('superuser', '28000')) AS users (who, result),
    (VALUES ($$name => 'again'$$), ($$expires_on => acting.day(30)$$), ($$scopes => '{invoice_reader}'$$)) AS edits (argument) \gexec
SELECT format('SELECT is(acting.trial(%L, ''UPDATE pat_auth.token SET revoked_at = NULL''), ''42501'', %L)', who, 'R20: ' || who || ' cannot reactivate it by DML')
FROM (VALUES ('acme/alice'), ('acme/mia'), ('acme/ugo'), ('none')) AS users (who) \gexec
SELECT is(acting.use_token('report'), '28000', 'R20: it is refused');
SELECT is(acting.status_of('report', 'acme/alice'), 'revoked', 'R20: it stays revoked');
\ir include/end.sql
