-- Creating a token (R6 to R10).
\set file r06_r10_creating
\ir include/fixture.sql
SELECT no_plan();

-- R6
SELECT is(acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}'), 'created',
    'R6: a user who signed in interactively creates a token');
SELECT is((SELECT app_user.name FROM pat_auth.token JOIN pat_auth.app_user USING (user_id) JOIN acting.kept_token USING (token_id)),
    'alice', 'R6: he is its owner');
SELECT is(acting.create_token('none', 'none', 'erp', '{invoice_reader}'), '28000', 'R6: nobody creates one without signing in');
SELECT is(acting.create_token('none', 'superuser', 'erp', '{invoice_reader}'), '28000',
    'R6: not even the owner of the extension');
SELECT is(acting.create_token('own', 'acme/mia', 'erp', '{invoice_reader}'), 'created',
    'R6: a main administrator creates a token');
SELECT is((SELECT app_user.name FROM pat_auth.token JOIN pat_auth.app_user USING (user_id) JOIN acting.kept_token USING (token_id)
    WHERE kept_token.name = 'own'), 'mia', 'R6: it is his own, for there is no argument that names somebody else');
SELECT is((SELECT array_agg(oidvectortypes(proargtypes)) FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace AND proname = 'pat_create'),
    ARRAY['text, text, text[], date'], 'R6: pat_create has no form with an owner');
SELECT format('SELECT is(acting.trial(''#reader'', %L), ''42501'', %L)', act, 'R6: a token cannot ' || name || ' tokens')
FROM (VALUES
    ('create', $$SELECT pat_auth.pat_create('erp', 'more', '{invoice_reader}', acting.day(1))$$),
    ('edit', $$SELECT pat_auth.pat_edit({reader}, name => 'mine')$$),
    ('prolong', $$SELECT pat_auth.pat_edit({reader}, expires_on => acting.day(300))$$),
    ('widen', $$SELECT pat_auth.pat_edit({reader}, scopes => '{invoice_reader,invoice_writer}')$$),
    ('delete', $$SELECT pat_auth.pat_delete({reader})$$),
    ('revoke', $$SELECT pat_auth.pat_revoke({reader})$$)) AS acts (name, act) \gexec
SELECT is(acting.trial('#own', $$SELECT pat_auth.pat_revoke({reader})$$), '42501', 'R6: nor can one of a main administrator');

-- R7
SELECT format('SELECT is(acting.trial(''acme/alice'', %L), ''22023'', %L)',
    'SELECT pat_auth.pat_create(' || arguments || ')', 'R7: refused without ' || missing)
FROM (VALUES
    ('an application', $$NULL, 'name', '{invoice_reader}', acting.day(1)$$),
    ('a name', $$'erp', NULL, '{invoice_reader}', acting.day(1)$$),
    ('a name of one character', $$'erp', '', '{invoice_reader}', acting.day(1)$$),
    ('a name that is not blank', $$'erp', ' ', '{invoice_reader}', acting.day(1)$$),
    ('a date', $$'erp', 'name', '{invoice_reader}', NULL$$),
    ('scopes', $$'erp', 'name', NULL, acting.day(1)$$),
    ('one scope', $$'erp', 'name', '{}', acting.day(1)$$),
    ('scopes that are not null', $$'erp', 'name', '{invoice_reader,NULL}', acting.day(1)$$)) AS calls (missing, arguments) \gexec
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_create('shop', 'name', '{invoice_reader}', acting.day(1))$$), '42704',
    'R7: refused for an application that does not exist');
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_create('erp', 'name', '{invoice_reader,invoice_burner}', acting.day(1))$$), '42704',
    'R7: refused with a scope that does not exist');
SELECT is(acting.trial('superuser', $$INSERT INTO pat_auth.token (digest_head, created_at, expires_at, tenant_id, user_id, application_id, digest_tail, scope_ids, name)
    SELECT 1, now(), now(), tenant_id, user_id, application_id, digest_tail, '{}', name FROM pat_auth.token LIMIT 1$$), '23514',
    'R7: the table takes no token without a scope');

-- R8. What is a year is said here by PostgreSQL's own calendar: an interval of a year clamps 29 February to the 28th.
SELECT (acting.day() + interval '1 year')::date - acting.day() AS year \gset
SELECT format('SELECT is(acting.create_token(''dated'', ''acme/alice'', ''erp'', ''{invoice_reader}'', %s), %L, %L)', days, result,
    format('R8: %s: %s', name, result))
FROM (VALUES
    ('today', 0, '22023'), ('yesterday', -1, '22023'), ('a year ago', -365, '22023'),
    ('tomorrow', 1, 'created'), ('in two days', 2, 'created'),
    ('the day before the same date next year', :year - 1, 'created'), ('the same date next year', :year, 'created'),
    ('the day after the same date next year', :year + 1, '22023'), ('in ten years', 3650, '22023')) AS dates (name, days, result) \gexec
SELECT is(acting.trial('acme/alice', format('SELECT pat_auth.pat_create(''erp'', ''name'', ''{invoice_reader}'', %L)', date)), '22023',
    'R8: ' || date || ' is refused')
FROM (VALUES ('infinity')) AS dates (date);
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_create('erp', 'name', '{invoice_reader}', '-infinity')$$), '22023',
    'R8: -infinity is refused');
SELECT is((SELECT expires_at FROM acting.kept_token JOIN pat_auth.token USING (token_id) WHERE kept_token.name = 'reader'),
    (acting.day(31)::timestamp AT TIME ZONE 'UTC'), 'R8: a token works through the end of its date, UTC');
SET TIME ZONE 'Pacific/Kiritimati';
SELECT is(acting.create_token('east', 'acme/alice', 'erp', '{invoice_reader}', 1), 'created', 'R8: far east of UTC the days are UTC''s');
SELECT is((SELECT expires_at FROM acting.kept_token JOIN pat_auth.token USING (token_id) WHERE kept_token.name = 'east'),
    (acting.day(2)::timestamp AT TIME ZONE 'UTC'), 'R8: and so is the end of the date');
SET TIME ZONE 'Etc/GMT+12';
SELECT is(acting.create_token('west', 'acme/alice', 'erp', '{invoice_reader}', 1), 'created', 'R8: far west of UTC the days are UTC''s');
SELECT is(acting.create_token('none', 'acme/alice', 'erp', '{invoice_reader}', :year + 1), '22023', 'R8: the last one, too');
RESET TIME ZONE;
SELECT is(acting.trial('acme/alice', format('SELECT expires_at FROM pat_auth.pat_edit({reader}, expires_on => acting.day(%s))', :year + 1)), '22023',
    'R8: an edit has the same bound, from the day of the edit');
SELECT is(acting.trial('acme/alice', 'SELECT expires_at FROM pat_auth.pat_edit({reader}, expires_on => acting.day())'), '22023',
    'R8: at its other end, too');
-- Later the clock alone counts.
UPDATE pat_auth.token SET created_at = now() - interval '3 years', expires_at = now() + interval '2 years'
WHERE token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'west');
SELECT is(acting.use_token('west'), 'alice', 'R8: the bound is checked when the date is given, later the clock alone counts');
UPDATE pat_auth.token SET expires_at = clock_timestamp() WHERE token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'west');
SELECT is(acting.use_token('west'), '28000', 'R8: at the end of its date a token no longer works');
UPDATE pat_auth.token SET expires_at = clock_timestamp() + interval '1 minute' WHERE token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'west');
SELECT is(acting.use_token('west'), 'alice', 'R8: before it, it does');

-- R9
SELECT format('SELECT is(acting.refusal(''acme/alice'', %L), %L, %L)',
    format($$SELECT pat_auth.pat_create('erp', 'name', ARRAY['invoice_reader', %L], acting.day(1))$$, role), result, 'R9: a scope must be ' || must)
FROM (VALUES
    ('allowed', 'invoice_deleter', '55000 role "invoice_deleter" of application "erp" is not allowed for tokens'),
    ('available', 'invoice_auditor', '55000 role "invoice_auditor" of application "erp" is not available for tokens')
) AS scopes (must, role, result) \gexec
SELECT is(acting.refusal('globex/gina', $$SELECT pat_auth.pat_create('erp', 'name', '{invoice_reader,invoice_writer}', acting.day(1))$$),
    '42501 user "gina" does not have role "invoice_writer" of application "erp"', 'R9: a scope must be among the user''s own roles');
SELECT is(acting.create_token('both', 'acme/alice', 'erp', '{invoice_writer,invoice_reader,invoice_writer}'), 'created', 'R9: all that are can be given');
SELECT is(acting.trial('#both', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_reader,invoice_writer}', 'R9: each once');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name, begins_on, ends_on) VALUES
    ('acme', 'writers', 'mia', NULL, acting.day(-1)), ('acme', 'writers', 'ada', acting.day(1), NULL),
    ('acme', 'writers', 'olga', acting.day(), acting.day());
SELECT is(acting.create_token('none', 'acme/mia', 'erp', '{invoice_writer}'), '42501', 'R9: a role of a membership that has ended is not among them');
SELECT is(acting.create_token('none', 'acme/ada', 'erp', '{invoice_writer}'), '42501', 'R9: nor one of a membership that has not begun');
SELECT is(acting.create_token('today', 'acme/olga', 'erp', '{invoice_writer}'), 'created', 'R9: both ends of a membership are included');

-- R10
SELECT token, substr(token, 16, 43) AS secret FROM acting.kept_token WHERE name = 'reader' \gset
SELECT matches(:'token'::text, '^pat_[0-9A-Za-z]{60}$', 'R10: the token is returned by the call that makes it');
SELECT format('SELECT is((SELECT count(*) FROM %s AS row WHERE row::text LIKE ''%%%s%%''), 0::bigint, %L)', oid::regclass, :'secret',
    format('R10: %s does not have it', oid::regclass))
FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v') AND relname NOT LIKE '%\_generation' \gexec
SELECT is(acting.trial('acme/alice', format('SELECT count(*) FROM pat_auth.my_tokens AS row WHERE row::text LIKE ''%%%s%%''', :'secret')), '0',
    'R10: my_tokens does not show it to its owner');
SELECT is(acting.trial('acme/mia', format('SELECT count(*) FROM pat_auth.token_overview AS row WHERE row::text LIKE ''%%%s%%''', :'secret')), '0',
    'R10: nor token_overview to an administrator');
SELECT is(acting.trial('acme/mia', format('SELECT count(*) FROM pat_auth.token_events AS row WHERE row::text LIKE ''%%%s%%''', :'secret')), '0',
    'R10: nor does token_events');
SELECT is((SELECT count(*) FROM pat_auth.token AS row WHERE row::text ~ 'pat_[0-9A-Za-z]{60}'), 0::bigint, 'R10: no token''s text is stored');
SELECT is((SELECT int8send(digest_head) || digest_tail FROM pat_auth.token JOIN acting.kept_token USING (token_id) WHERE kept_token.name = 'reader'),
    sha256(:'token'::bytea), 'R10: what is stored is its SHA-256');
SELECT is(acting.trial('#reader', $$SELECT current_setting('pat_auth.token')$$), '********', 'R10: the setting gives a mask');
SELECT is(acting.trial('#reader', $$SELECT count(*) FROM pg_settings WHERE name LIKE 'pat\_auth.token' OR setting ~ '[0-9a-f]{64}'$$), '0',
    'R10: pg_settings has neither text nor digest');
SELECT is((SELECT coalesce(message, '') || coalesce(detail, '') || coalesce(hint, '') FROM
    acting.attempt('none', format('SELECT pat_auth.pat_login(%L)', left(:'token', -1) || CASE right(:'token', 1) WHEN 'a' THEN 'b' ELSE 'a' END), false)),
    'invalid personal access token', 'R10: no error has it');
\ir include/end.sql
