-- When tokens were last used, and who is told. What the server does with it in time, test/server/last_used.test tries.
\set file last_used
\ir include/fixture.sql
SELECT no_plan();

-- What is shown of a kept token's last use.
CREATE FUNCTION acting.last_used_at(kept_name text, identity text, view text DEFAULT 'my_tokens') RETURNS text LANGUAGE sql AS $$
    SELECT acting.trial(identity, format('SELECT last_used_at FROM pat_auth.%I WHERE token_id = {%s}', view, kept_name))
$$;
-- Whether that lies after a moment.
CREATE FUNCTION acting.was_used_after(moment timestamptz, kept_name text, identity text, view text DEFAULT 'my_tokens')
RETURNS boolean LANGUAGE sql AS $$
    SELECT acting.last_used_at(kept_name, identity, view)::timestamptz BETWEEN moment AND clock_timestamp()
$$;

SELECT is(acting.create_token('alices', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a token of alice');
SELECT is(acting.create_token('other', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'another one');
SELECT is(acting.create_token('read', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a third one');
SELECT is(acting.create_token('long', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a fourth one');
SELECT is(acting.create_token('revoked', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a fifth one');
SELECT is(acting.create_token('ginas', 'globex/gina', 'erp', '{invoice_reader}'), 'created', 'one of gina');
SELECT is(acting.last_used_at('alices', 'acme/alice'), NULL, 'a new token was never used');

-- A use
SELECT clock_timestamp() AS start \gset
SELECT is(acting.use_token('alices'), 'alice', 'a token is used in a transaction that is rolled back');
SELECT ok(acting.was_used_after(:'start', 'alices', 'acme/alice'), 'the use counts all the same');
SELECT is(acting.last_used_at('other', 'acme/alice'), NULL, 'R16: another token of the user was not used');
SELECT is((SELECT count(*) FROM pat_auth.pat_verify((SELECT token FROM acting.kept_token WHERE name = 'other')) WHERE active), 1::bigint, 'a token is verified');
SELECT ok(acting.was_used_after(:'start', 'other', 'acme/alice'), 'that is a use, too');

SELECT token AS read FROM acting.kept_token WHERE name = 'read' \gset
BEGIN READ ONLY;
SELECT pat_auth.pat_login(:'read') \g /dev/null
COMMIT;
SELECT ok(acting.was_used_after(:'start', 'read', 'acme/alice'), 'a use in a READ ONLY transaction counts');

-- Every statement is a use, not only the first of a long transaction. (Within a second, one counts for all.)
SELECT token AS long FROM acting.kept_token WHERE name = 'long' \gset
BEGIN;
SELECT pat_auth.pat_login(:'long') \g /dev/null
SELECT pg_sleep(1.1), clock_timestamp() AS later \gset
SELECT pat_auth.pat_user() \g /dev/null
COMMIT;
SELECT ok(acting.was_used_after(:'later', 'long', 'acme/alice'), 'a later statement of the transaction counts');

-- What is refused is no use.
SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({revoked})'), 'true', 'a token is revoked');
SELECT is(acting.use_token('revoked'), '28000', 'R14: it is refused');
SELECT is((SELECT active FROM pat_auth.pat_verify((SELECT token FROM acting.kept_token WHERE name = 'revoked'))), false, 'pat_verify says no');
SELECT is(acting.last_used_at('revoked', 'acme/alice'), NULL, 'what was refused is no use');

-- Who is told
SELECT is(acting.use_token('ginas'), 'gina', 'gina''s token is used');
SELECT ok(acting.was_used_after(:'start', 'ginas', 'globex/gina'), 'R24: she is told');
SELECT ok(acting.was_used_after(:'start', 'ginas', 'globex/uma', 'token_overview'), 'R23: so is the user administrator of her tenant');
SELECT ok(acting.was_used_after(:'start', 'ginas', 'acme/mia', 'token_overview'), 'R23: and the main administrator');
SELECT format('SELECT is(acting.trial(%L, ''SELECT count(pat_auth.token_last_used_at({ginas}, NULL))''), %L, %L)', who, told, format('R24: %s asks the views'' function itself: %s', who, told))
FROM (VALUES ('globex/gina', '1'), ('globex/uma', '1'), ('acme/mia', '1'), ('superuser', '1'),
    ('acme/alice', '0'), ('acme/ugo', '0'), ('acme/ada', '0'), ('acme/olga', '0'), ('#alices', '0'), ('#ginas', '0'), ('none', '0')) AS readers (who, told) \gexec

-- The later of the table and the memory
SELECT is(acting.trial('superuser', format('SELECT pat_auth.token_last_used_at({%s}, %L) %s', name, stored, shown)), 'true', format('the later one is shown: %s', description))
FROM (VALUES
    ('ginas', '-infinity', '> ' || quote_literal(:'start'), 'the memory''s'),
    ('ginas', 'infinity', '= ''infinity''', 'the table''s'),
    ('revoked', '-infinity', '= ''-infinity''', 'the only one')) AS later (name, stored, shown, description);
SELECT is(pat_auth.token_last_used_at(NULL, now()), now(), 'no token: what the table has');
SELECT is(pat_auth.token_last_used_at(NULL, NULL), NULL, 'no token, nothing in the table: nothing');

-- Counted by licensing(): what waits in memory, and what is in the table. In crm nothing else is used.
SELECT is(acting.create_token('licence', 'acme/mia', 'administration', '{licensing}'), 'created', 'R26: a token for licensing');
SELECT is(acting.create_token('crm ' || days, 'acme/alice', 'crm', '{invoice_reader}'), 'created', format('one last used %s days ago', days))
FROM (VALUES (0.5), (6), (29), (89), (91)) AS uses (days) ORDER BY days;
SELECT is(acting.create_token('crm now', 'acme/alice', 'crm', '{invoice_reader}'), 'created', 'one to be used now');
SELECT is(acting.create_token('crm never', 'acme/alice', 'crm', '{invoice_reader}'), 'created', 'one that is not used');
INSERT INTO pat_auth.token_usage SELECT token_id, now() - substr(name, 5)::numeric * interval '1 day' FROM acting.kept_token WHERE name ~ '^crm [0-9]';
SELECT is(acting.use_token('crm now'), 'alice', 'it is used');
SELECT is(acting.trial('#licence', $$SELECT application -> 'tokens_used_in_days' FROM json_array_elements(pat_auth.licensing() -> 'tenants') AS tenant,
        json_array_elements(tenant -> 'applications') AS application WHERE tenant ->> 'tenant' = 'acme' AND application ->> 'application' = 'crm'$$),
    '{"1" : 2, "7" : 3, "30" : 4, "90" : 5}', 'R26: licensing counts tokens used in 1, 7, 30 and 90 days');

-- Deleting a token deletes what is known of its use.
INSERT INTO pat_auth.token_usage SELECT token_id, now() FROM acting.kept_token WHERE name = 'other' ON CONFLICT DO NOTHING;
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({other})'), 'true', 'R22: a token is deleted');
SELECT is((SELECT count(*) FROM pat_auth.token_usage JOIN acting.kept_token USING (token_id) WHERE name = 'other'), 0::bigint, 'and its last use with it');

-- The setting
SELECT is((SELECT row(setting, unit, context, min_val, max_val)::text FROM pg_settings WHERE name = 'pat_auth.last_used_interval'), '(10,s,sighup,0,3600)',
    'pat_auth.last_used_interval: 10 seconds, up to an hour, by the configuration');
SELECT is(acting.trial('none', 'SELECT set_config(''pat_auth.last_used_interval'', ''0'', false)'), '55P02', 'nobody switches it off in his session');

\ir include/end.sql
