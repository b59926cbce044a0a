-- Using a token (R11 to R16).
\set file r11_r16_using
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE invoice (tenant text, owner text, note text);
INSERT INTO invoice VALUES ('acme', 'alice', 'a1'), ('acme', 'bob', 'a2'), ('globex', 'gina', 'g1');
CREATE TABLE lead (tenant text, note text);
INSERT INTO lead VALUES ('acme', 'l1');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON invoice, lead TO :"backend", :"client";
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', 'tenant') \g /dev/null
SELECT pat_auth.pat_protect('lead', 'crm', 'invoice_reader', NULL, 'tenant') \g /dev/null

SELECT is(acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R11: a reader''s token');
SELECT is(acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'), 'created', 'R11: a writer''s token');
SELECT is(acting.create_token('seller', 'acme/alice', 'crm', '{invoice_reader}'), 'created', 'R11: a token of another application');

-- R11
SELECT is(acting.trial('none', 'SELECT count(*) FROM invoice'), '0', 'R11: with no identity there is no row');
SELECT is(acting.trial('none', $$SELECT pat_auth.pat_scopes('erp')$$), '{}', 'R11: nor a scope');
SELECT is(acting.trial('#reader', 'SELECT row(pat_auth.pat_tenant(), pat_auth.pat_user(), pat_auth.pat_application(), pat_auth.pat_token_id() = {reader})'),
    '(acme,alice,erp,t)', 'R11: under a token the transaction acts as its owner, without his credentials');
SELECT is(acting.trial('#reader', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_reader}', 'R11: limited to its scopes');
SELECT is(acting.trial('#reader', $$SELECT pat_auth.pat_has_scope('erp', 'invoice_writer')$$), 'false', 'R11: not to its owner''s roles');
-- One call site that is asked about one scope after another, and about the same one under one identity after another.
CREATE FUNCTION public.scopes_had(VARIADIC names text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    had text := '';
BEGIN
    FOREACH name IN ARRAY names LOOP
        had := concat_ws(' ', had, CASE WHEN pat_auth.pat_has_scope('erp', name) THEN name END);
    END LOOP;
    RETURN ltrim(had);
END
$$;
SELECT is(acting.trial('#reader', $$SELECT public.scopes_had('invoice_reader', 'invoice_writer', 'invoice_reader')$$), 'invoice_reader invoice_reader',
    'R11: a function that asks about one scope after another is told of each');
SELECT is(acting.trial('#reader', $$SELECT public.scopes_had('invoice_writer', 'invoice_reader')$$), 'invoice_reader', 'R11: in whichever order');
CREATE FUNCTION public.scope_until_logout() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    had text := '';
BEGIN
    FOR round IN 1 .. 3 LOOP
        IF round = 3 THEN
            PERFORM pat_auth.pat_logout();
        END IF;
        had := concat_ws(' ', had, pat_auth.pat_has_scope('erp', 'invoice_reader'));
    END LOOP;
    RETURN ltrim(had);
END
$$;
SELECT is(acting.trial('#reader', 'SELECT public.scope_until_logout()'), 't t f', 'R11: or about one scope, with the identity and then with none');
SELECT is(acting.refusal('#reader', $$SELECT pat_auth.pat_require_scope('erp', 'invoice_writer')$$),
    '42501 scope "invoice_writer" of application "erp" is required', 'R11: a scope that it lacks is refused by name');
SELECT is(acting.trial('#reader', $$SELECT string_agg(note, ',' ORDER BY note) FROM invoice$$), 'a1,a2', 'R11: it reads its tenant''s rows');
SELECT is(acting.trial('#reader', $$UPDATE invoice SET note = 'x'$$), '0', 'R11: a reader''s token updates nothing');
SELECT is(acting.trial('#reader', 'DELETE FROM invoice'), '0', 'R11: deletes nothing');
SELECT is(acting.trial('#reader', $$INSERT INTO invoice VALUES ('acme', 'alice', 'x')$$), '42501', 'R11: inserts nothing');
SELECT is(acting.trial('#reader', 'TRUNCATE invoice'), '42501', 'R11: and does not truncate');
SELECT is(acting.trial('#writer', $$UPDATE invoice SET note = note || '!'$$), '2', 'R11: a writer''s token updates its tenant''s rows');
SELECT is(acting.trial('#writer', $$INSERT INTO invoice VALUES ('acme', 'alice', 'x')$$), '1', 'R11: inserts into its tenant');
SELECT is(acting.trial('#writer', $$INSERT INTO invoice VALUES ('globex', 'alice', 'x')$$), '42501', 'R11: not into another');
SELECT is(acting.trial('#writer', $$UPDATE invoice SET tenant = 'globex'$$), '42501', 'R11: and moves no row there');
SELECT is(acting.trial('#writer', 'TRUNCATE invoice'), '42501', 'R11: no token truncates a table of several tenants');
DELETE FROM pat_auth.user_group_member WHERE (tenant, user_group, user_name) = ('acme', 'writers', 'alice');
SELECT is(acting.use_token('writer'), '28000', 'R11: limited to the owner''s rights now');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'writers', 'alice');
SELECT is(acting.use_token('writer'), 'alice', 'R11: whatever they are');
SELECT is(acting.trial('none', $$SELECT (pat_auth.pat_verify('{reader!}')).active$$), 'true', 'R11: pat_verify finds it active');
SELECT is(acting.trial('none', $$SELECT row(v.active, v.tenant, v.user_name, v.application, v.scopes) FROM pat_auth.pat_verify('{reader!}') AS v$$),
    '(t,acme,alice,erp,{invoice_reader})', 'R11: and says for whom and what');

-- R14, the whole digest counts: a stored digest that differs behind its head, by which it is found, is another secret.
UPDATE pat_auth.token SET digest_tail = set_byte(digest_tail, byte, get_byte(digest_tail, byte) # 1)
FROM acting.kept_token, (VALUES (23)) AS last (byte) WHERE kept_token.name = 'seller' AND token.token_id = kept_token.token_id;
SELECT is(acting.trial('superuser', $$SELECT (pat_auth.pat_verify('{seller!}')).active$$), 'false', 'R14: a token is refused that has only the digest''s head right');
UPDATE pat_auth.token SET digest_tail = set_byte(digest_tail, byte, get_byte(digest_tail, byte) # 1)
FROM acting.kept_token, (VALUES (23)) AS last (byte) WHERE kept_token.name = 'seller' AND token.token_id = kept_token.token_id;
SELECT is(acting.trial('superuser', $$SELECT (pat_auth.pat_verify('{seller!}')).active$$), 'true', 'R14: and valid again with the whole');

-- R12
SELECT is(acting.trial('#reader', $$SELECT pat_auth.pat_has_scope('crm', 'invoice_reader')$$), 'false',
    'R12: a token of erp has no scope in crm though the role has the same name');
SELECT is(acting.trial('acme/alice', $$SELECT pat_auth.pat_has_scope('crm', 'invoice_reader')$$), 'true', 'R12: its owner has that role');
SELECT is(acting.trial('#reader', $$SELECT pat_auth.pat_scopes('crm')$$), '{}', 'R12: its scopes there are empty');
SELECT is(acting.trial('#reader', 'SELECT count(*) FROM lead'), '0', 'R12: it reads no row of crm');
SELECT is(acting.trial('#seller', 'SELECT count(*) FROM lead'), '1', 'R12: a token of crm does');
SELECT is(acting.trial('#seller', 'SELECT count(*) FROM invoice'), '0', 'R12: and reads no row of erp');
SELECT is(acting.trial('acme/mia', $$SELECT pat_auth.pat_create('crm', 'name', '{invoice_reader}', acting.day(1))$$), '42501',
    'R12: having the role in erp gives no token of crm');

-- R13. Passwords and sign-in methods are the backend's business; here is what the database knows of them.
ALTER ROLE :"backend" PASSWORD 'changed';
ALTER ROLE :"client" PASSWORD 'changed';
SELECT is(acting.use_token('reader'), 'alice', 'R13: a changed password does not touch it');
SELECT pat_auth.pat_grant_access(:'backend', false) \g /dev/null
SELECT is(acting.trial('acme/alice', 'SELECT 1'), '42501', 'R13: the user''s sign-in method is withdrawn');
SELECT is(acting.use_token('reader'), 'alice', 'R13: the token works on');
SELECT pat_auth.pat_grant_access(:'backend', true) \g /dev/null
UPDATE pat_auth.app_user SET name = 'alicia' WHERE (tenant, name) = ('acme', 'alice');
SELECT is(acting.use_token('reader'), 'alicia', 'R13: nor does a changed user name');
UPDATE pat_auth.app_user SET name = 'alice' WHERE (tenant, name) = ('acme', 'alicia');

-- R14. One token each, made unusable in one way each.
SELECT format('SELECT is(acting.create_token(%L, ''acme/alice'', ''erp'', ''{invoice_reader}''), ''created'', %L)', name, 'R14: a token to be ' || name)
FROM unnest(ARRAY['revoked', 'deleted', 'expired', 'altered']) AS name \gexec
SELECT is(acting.create_token('changed', 'acme/alice', 'erp', '{invoice_writer}'), 'created', 'R14: a token to lose its scope');
SELECT is(acting.create_token('blocked', 'globex/gina', 'erp', '{invoice_reader}'), 'created', 'R14: a token to be blocked');
SELECT is(acting.outcome('acme/mia', $$SELECT pat_auth.pat_revoke({revoked})$$), 'true', 'R14: one is revoked');
SELECT is(acting.outcome('acme/alice', $$SELECT pat_auth.pat_delete({deleted})$$), 'true', 'R14: one is deleted');
UPDATE pat_auth.token SET expires_at = now() WHERE token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'expired');
UPDATE acting.kept_token SET token = left(token, -1) || CASE right(token, 1) WHEN 'a' THEN 'b' ELSE 'a' END WHERE name = 'altered';
DELETE FROM pat_auth.user_group_member WHERE (tenant, user_group, user_name) = ('acme', 'writers', 'alice');
UPDATE pat_auth.app_user SET allow_pat_creation = false WHERE (tenant, name) = ('globex', 'gina');
-- Of the right form, and nobody's: made in another life of the database, then deleted with its row.
INSERT INTO acting.kept_token VALUES ('malformed', 0, 'pat_x'), ('empty', 0, ''), ('foreign', 0, 'ghp_' || repeat('a', 60));
SELECT is(acting.create_token('unknown', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R14: a token to be unknown');
DELETE FROM pat_auth.token WHERE token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'unknown');
SELECT format('SELECT is((SELECT row(state, message, detail, hint) FROM acting.attempt(''none'', %L, false)), row(''28000''::text, ''invalid personal access token''::text, ''''::text, ''''::text), %L)',
    format('SELECT pat_auth.pat_login(''{%s!}'')', name), 'R14: ' || name || ': refused in the same words')
FROM unnest(ARRAY['revoked', 'deleted', 'expired', 'altered', 'changed', 'blocked', 'malformed', 'empty', 'foreign', 'unknown']) AS name \gexec
SELECT format('SELECT is((SELECT row(state, message, detail, hint) FROM acting.attempt(''none'', %L, false)), row(''28000''::text, ''invalid personal access token''::text, ''''::text, ''''::text), %L)',
    format('SELECT set_config(''pat_auth.token'', ''{%s!}'', true), pat_auth.pat_user()', name), 'R14: ' || name || ': the setting gives the same words')
FROM unnest(ARRAY['revoked', 'deleted', 'expired', 'altered', 'changed', 'blocked', 'malformed', 'foreign', 'unknown']) AS name \gexec
SELECT format('SELECT is(acting.trial(''none'', %L), %L, %L)',
    format('SELECT v FROM pat_auth.pat_verify(''{%s!}'') AS v', name), '(f,,,,,,)', 'R14: ' || name || ': pat_verify says no word why')
FROM unnest(ARRAY['revoked', 'deleted', 'expired', 'altered', 'changed', 'blocked', 'malformed', 'empty', 'foreign', 'unknown']) AS name \gexec
SELECT is(acting.trial('none', 'SELECT pat_auth.pat_login(NULL)'), '28000', 'R14: null is refused, too');
SELECT is(acting.trial('acme/mia', 'SELECT string_agg(name || '':'' || status, '' '' ORDER BY name) FROM pat_auth.token_overview WHERE token_id IN ({revoked}, {expired}, {changed}, {blocked})'),
    'blocked:blocked changed:permissions_changed expired:expired revoked:revoked', 'R14: administrators see the true reason');
SELECT is(acting.trial('#expired', 'SELECT count(*) FROM invoice'), '28000', 'R14: a refused token reads nothing');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'writers', 'alice');
UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE (tenant, name) = ('globex', 'gina');

-- R15: each condition alone refuses the token, and it works again when the condition ends.
INSERT INTO pat_auth.tenant (name) VALUES ('initech');
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('initech', 'ruth');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('initech', 'ruth', 'main_administrator');
CREATE TABLE r15 (step serial, condition text, change text, undo text);
INSERT INTO r15 (condition, change, undo) VALUES
    ('the owner is inactive', $$UPDATE pat_auth.app_user SET is_active = false WHERE name = 'alice'$$, $$UPDATE pat_auth.app_user SET is_active = true WHERE name = 'alice'$$),
    ('the tenant is inactive', $$UPDATE pat_auth.tenant SET is_active = false WHERE name = 'acme'$$, $$UPDATE pat_auth.tenant SET is_active = true WHERE name = 'acme'$$),
    ('the application is inactive', $$UPDATE pat_auth.application SET is_active = false WHERE name = 'erp'$$, $$UPDATE pat_auth.application SET is_active = true WHERE name = 'erp'$$),
    ('the owner''s first day is tomorrow', $$UPDATE pat_auth.app_user SET begins_on = acting.day(1) WHERE name = 'alice'$$, $$UPDATE pat_auth.app_user SET begins_on = acting.day() WHERE name = 'alice'$$),
    ('the owner''s last day was yesterday', $$UPDATE pat_auth.app_user SET ends_on = acting.day(-1) WHERE name = 'alice'$$, $$UPDATE pat_auth.app_user SET ends_on = acting.day() WHERE name = 'alice'$$);
SELECT statement FROM r15, LATERAL (VALUES
    (1, format('SELECT lives_ok(%L, %L)', change, 'R15: ' || condition)),
    (2, format('SELECT is(acting.use_token(''reader''), ''28000'', %L)', 'R15: refused while ' || condition)),
    (3, format('SELECT is(acting.trial(''initech/ruth'', %L), ''blocked'', %L)',
        'SELECT status FROM pat_auth.token_overview WHERE token_id = {reader}', 'R15: the status is blocked while ' || condition)),
    (4, format('SELECT lives_ok(%L, %L)', undo, 'R15: no longer: ' || condition)),
    (5, format('SELECT is(acting.use_token(''reader''), ''alice'', %L)', 'R15: works again, no longer: ' || condition))) AS steps (number, statement)
ORDER BY step, number \gexec
SELECT is(acting.trial('acme/alice', 'SELECT 1'), '1', 'R15: both days of the dates are included');

-- R16
SELECT is(acting.create_token('first', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R16: a user holds several tokens');
SELECT is(acting.create_token('second', 'acme/alice', 'erp', '{invoice_writer}'), 'created', 'R16: with differing scopes');
SELECT is(acting.create_token('third', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R16: and with the same ones');
SELECT is(acting.trial('acme/alice', $$SELECT count(*) FROM pat_auth.my_tokens WHERE token_id IN ({first}, {second}, {third}) AND status = 'active'$$), '3',
    'R16: all are active');
SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({first})'), 'true', 'R16: one is revoked');
SELECT is(acting.use_token('first'), '28000', 'R16: that one is refused');
SELECT is(acting.use_token('second'), 'alice', 'R16: the others work');
SELECT is(acting.use_token('third'), 'alice', 'R16: the one of equal scopes, too');
SELECT is(acting.outcome('acme/alice', 'SELECT pat_auth.pat_delete({third})'), 'true', 'R16: one is deleted');
SELECT is(acting.use_token('second'), 'alice', 'R16: the last one works');
SELECT is(acting.trial('#second', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_writer}', 'R16: with its own scopes');
\ir include/end.sql
