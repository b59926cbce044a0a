-- Revoking, deleting, and who sees what (R21 to R24).
\set file r21_r24_revoking_overview
\ir include/fixture.sql
SELECT no_plan();

SELECT format('SELECT is(acting.create_token(%L, %L, ''erp'', ''{invoice_reader}''), ''created'', %L)', name, who, 'R21: a token of ' || who)
FROM (VALUES ('alices', 'acme/alice'), ('other', 'acme/alice'), ('adas', 'acme/ada'), ('olgas', 'acme/olga'), ('ginas', 'globex/gina')) AS tokens (name, who) \gexec

-- R21
SELECT format('SELECT is(acting.trial(%L, ''SELECT pat_auth.pat_revoke({%s})''), %L, %L)', who, token, result, format('R21: %s revokes %s token: %s', who, token, result))
FROM (VALUES
    ('acme/mia', 'alices', 'true'), ('acme/mia', 'ginas', 'true'), ('acme/ugo', 'alices', 'true'), ('globex/uma', 'ginas', 'true'),
    ('acme/ada', 'alices', '42704'), ('acme/olga', 'alices', '42704'), ('acme/dan', 'alices', '42704'), ('acme/bob', 'alices', '42704'),
    ('acme/alice', 'alices', '42501'), ('acme/ada', 'adas', '42501'), ('acme/olga', 'olgas', '42501'),
    ('none', 'alices', '28000'), ('#alices', 'alices', '42501')) AS acts (who, token, result) \gexec
SELECT is(acting.outcome('acme/ugo', $$SELECT pat_auth.pat_revoke({alices}, 'leaked')$$), 'true', 'R21: with a reason');
SELECT is(acting.use_token('alices'), '28000', 'R21: in force at once');
SELECT is(acting.use_token('other'), 'alice', 'R21: for that token alone');
SELECT is(acting.trial('acme/alice', 'SELECT revoke_reason FROM pat_auth.my_tokens WHERE token_id = {alices}'), 'leaked', 'R21: the owner reads the reason');
SELECT revoked_at FROM pat_auth.token WHERE revoked_at IS NOT NULL \gset
SELECT is(acting.outcome('acme/mia', $$SELECT pat_auth.pat_revoke({alices}, 'again')$$), 'true', 'R21: revoking is idempotent');
SELECT is((SELECT row(revoked_at, revoke_reason) FROM pat_auth.token WHERE revoked_at IS NOT NULL), row(:'revoked_at'::timestamptz, 'leaked'::text),
    'R21: the second revocation changes nothing');
SELECT is((SELECT count(*) FROM pat_auth.token_event WHERE act = 'token_revoked'), 1::bigint, 'R21: and is no event');
SELECT is(acting.trial('acme/mia', 'SELECT pat_auth.pat_revoke(999999)'), '42704', 'R21: a token that does not exist');
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace AND proname ~ 'unrevoke|reactivate|restore'), 0::bigint,
    'R21: nothing takes a revocation back');

-- R22
SELECT format('SELECT is(acting.trial(%L, ''SELECT pat_auth.pat_delete({other})''), %L, %L)', who, result, format('R22: %s deletes alice''s token: %s', who, result))
FROM (VALUES ('acme/alice', 'true'), ('acme/mia', '42501'), ('acme/ugo', '42501'), ('acme/ada', '42704'), ('acme/olga', '42704'), ('acme/dan', '42704'),
    ('acme/bob', '42704'), ('globex/uma', '42704'), ('#other', '42501'), ('none', '28000'), ('superuser', '28000')) AS acts (who, result) \gexec
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({other})'), 'true', 'R22: the owner deletes a token');
SELECT is(acting.use_token('other'), '28000', 'R22: it is refused');
SELECT is(acting.trial('acme/alice', 'SELECT pat_auth.pat_delete({other})'), '42704', 'R22: there is nothing to delete or to bring back');
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_edit({other}, name => 'back')$$), '42704', 'R22: nor to edit');
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({alices})'), 'true', 'R22: a revoked token, too');
SELECT is(acting.use_token('alices'), '28000', 'R22: which does not revive it');
SELECT is(acting.trial('acme/mia', 'SELECT string_agg(act, '' '' ORDER BY event_id) FROM pat_auth.token_events WHERE token_id = {alices}'),
    'token_created token_revoked token_deleted', 'R22: the audit trail keeps what happened');

-- R23
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', who, 'SELECT string_agg(tenant || ''/'' || user_name, '' '' ORDER BY token_id) FROM pat_auth.token_overview', result,
    format('R23: %s sees the tokens of %s', who, coalesce(result, 'nobody')))
FROM (VALUES
    ('acme/mia', 'acme/ada acme/olga globex/gina'), ('acme/ugo', 'acme/ada acme/olga'), ('globex/uma', 'globex/gina'),
    ('acme/ada', NULL), ('acme/olga', NULL), ('acme/dan', NULL), ('acme/alice', NULL), ('#adas', NULL), ('none', NULL)) AS users (who, result) \gexec
SELECT is(acting.trial('acme/ugo', 'SELECT row(tenant, user_name, application, name, scopes, status, expires_at > created_at) FROM pat_auth.token_overview WHERE token_id = {adas}'),
    '(acme,ada,erp,adas,{invoice_reader},active,t)', 'R23: owner, application, scopes, status and dates');
SELECT columns_are('pat_auth', 'token_overview', ARRAY['token_id', 'application', 'name', 'scopes', 'status', 'status_detail', 'created_at', 'expires_at',
    'last_used_at', 'revoked_at', 'revoke_reason', 'tenant', 'user_name'], 'R23: no secret and no digest among the columns');
SELECT format('SELECT is(acting.trial(%L, ''SELECT count(*) FROM pat_auth.token''), ''42501'', %L)', who, 'R23: ' || who || ' does not read the table with the digests')
FROM (VALUES ('acme/mia'), ('acme/ugo'), ('acme/alice'), ('none')) AS users (who) \gexec
CREATE FUNCTION leak(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE SQLSTATE 'P0042' USING MESSAGE = value; END $$;
SELECT is(acting.trial('acme/ada', 'SELECT count(*) FROM pat_auth.token_overview WHERE leak(name)'), '0', 'R23: a cheap function of the reader''s is shown no other row');
SELECT is(acting.trial('none', 'SELECT count(*) FROM pat_auth.my_tokens WHERE leak(name)'), '0', 'R23: in my_tokens neither');

-- R24
SELECT format('SELECT is(acting.trial(%L, ''SELECT string_agg(name, '''' '''' ORDER BY token_id) FROM pat_auth.my_tokens''), %L, %L)', who, result,
    format('R24: %s sees his own tokens only', who))
FROM (VALUES ('acme/ada', 'adas'), ('acme/olga', 'olgas'), ('globex/gina', 'ginas'), ('acme/mia', NULL), ('acme/ugo', NULL), ('#adas', NULL), ('none', NULL)) AS users (who, result) \gexec
SELECT is(acting.trial('acme/ugo', 'SELECT pat_auth.pat_revoke({ginas})'), '42704', 'R24: a user administrator never revokes another tenant''s');
SELECT is(acting.trial('globex/uma', 'SELECT pat_auth.pat_revoke({adas})'), '42704', 'R24: in neither direction');
SELECT is(acting.refusal('acme/ugo', 'SELECT pat_auth.pat_revoke({ginas})'), replace('42704 token # does not exist', '#', (SELECT token_id::text FROM acting.kept_token WHERE name = 'ginas')),
    'R24: it answers as one that does not exist');
SELECT is(acting.refusal('acme/ugo', 'SELECT pat_auth.pat_revoke(999999)'), '42704 token 999999 does not exist', 'R24: as one that does not exist does');
SELECT is(acting.trial('acme/bob', $$SELECT pat_auth.token_status(user_id, 0, '{-1}', now(), NULL) FROM generate_series(1, 20) AS user_id LIMIT 1$$), NULL,
    'R24: the views'' functions tell a user nothing of others');
SELECT is(acting.use_token('ginas'), 'gina', 'R24: the foreign token works on');
\ir include/end.sql
