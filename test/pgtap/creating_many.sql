-- Very many tokens in one statement, which keeps the tables open from the first to the last: each is whole, and counts
-- at once. And what others added to those tables is served.
\set file creating_many
\ir include/fixture.sql
SELECT no_plan();

CREATE VIEW made AS
SELECT token.token_id, token.name, token.created_at, token.expires_at, token.user_id, token.tenant_id, token.application_id,
    ARRAY(SELECT role.name FROM pat_auth.role WHERE role_id = ANY (scope_ids) ORDER BY role.name) AS scopes
FROM pat_auth.token;
-- Tokens without exactly one event of their creation that tells what the token is.
CREATE VIEW ill_told AS
SELECT made.name FROM made
WHERE (SELECT count(*) FROM pat_auth.token_event AS event
        JOIN pat_auth.app_user ON app_user.user_id = made.user_id
        JOIN pat_auth.application ON application.application_id = made.application_id
        WHERE event.token_id = made.token_id AND event.act = 'token_created' AND event.occurred_at = made.created_at
            AND event.tenant_id = made.tenant_id AND event.user_id = made.user_id AND event.tenant = app_user.tenant
            AND event.user_name = app_user.name AND event.application = application.name
            AND event.actor_tenant = app_user.tenant AND event.actor_user = app_user.name AND event.actor_token_id IS NULL
            AND event.database_role = current_setting('test.database_role')::name AND event.client_address IS NULL
            AND event.details = jsonb_build_object('name', made.name, 'expires_at', made.expires_at, 'scopes', made.scopes)) <> 1;
SELECT set_config('test.database_role', session_user, false) \g /dev/null

SELECT is(acting.outcome('acme/alice', $$
    SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE verified.active), count(DISTINCT created.token), count(DISTINCT created.token_id))
    FROM generate_series(1, 1000) AS number,
        LATERAL pat_auth.pat_create(CASE WHEN number % 3 = 0 THEN 'crm' ELSE 'erp' END, 'token ' || number,
            CASE WHEN number % 3 = 1 THEN ARRAY['invoice_writer', 'invoice_reader'] ELSE ARRAY['invoice_reader'] END, acting.day(1 + number % 300)) AS created,
        LATERAL pat_auth.pat_verify(created.token) AS verified
    $$), '1000 1000 1000 1000', 'R11: a thousand tokens of one statement, each its own, each valid within the statement');
SELECT is((SELECT count(DISTINCT name) FROM made), 1000::bigint, 'R7: each with its name');
SELECT is_empty('TABLE ill_told', 'R28: each has its event, which tells all of it');

-- One that is refused takes the statement along.
SELECT is(acting.outcome('acme/alice', $$
    SELECT count(pat_auth.pat_create('erp', 'token ' || number, ARRAY[CASE WHEN number = 500 THEN 'invoice_auditor' ELSE 'invoice_reader' END], acting.day(1)))
    FROM generate_series(1, 1000) AS number$$), '55000', 'R9: one of a thousand has a role that is not available');
SELECT is((SELECT count(*) FROM made), 1000::bigint, 'R9: none of them was made');
SELECT is_empty($$SELECT FROM pat_auth.token_event WHERE token_id NOT IN (SELECT token_id FROM made)$$, 'R28: and none is told of');

-- A function that makes tokens, and gives up some of them, beside the same statement's own.
CREATE FUNCTION make_or_not(number integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    made := (pat_auth.pat_create('erp', 'simple ' || number, ARRAY['invoice_reader'], acting.day(1))).token_id;
    PERFORM pat_auth.pat_create('erp', 'kept ' || number, ARRAY['invoice_reader'], acting.day(1));
    BEGIN
        made := (pat_auth.pat_create('erp', 'lost ' || number, ARRAY['invoice_reader'], acting.day(1))).token_id;
        PERFORM pat_auth.pat_create('erp', 'lost ' || number, ARRAY['invoice_reader'], acting.day(1));
        RAISE SQLSTATE 'P0999';
    EXCEPTION WHEN SQLSTATE 'P0999' THEN
        RETURN 'gave up';
    END;
END
$$;
SELECT is(acting.outcome('acme/alice', $$
    SELECT concat_ws(' ', count(pat_auth.pat_create('erp', 'before ' || number, ARRAY['invoice_reader'], acting.day(1))), count(make_or_not(number)),
        count(pat_auth.pat_create('erp', 'after ' || number, ARRAY['invoice_reader'], acting.day(1))))
    FROM generate_series(1, 20) AS number$$), '20 20 20', 'R16: tokens that are made, and some given up, in one statement');
SELECT results_eq($$SELECT split_part(name, ' ', 1), count(*) FROM made WHERE name !~ '^token' GROUP BY 1 ORDER BY min(split_part(name, ' ', 1) COLLATE "C")$$,
    $$VALUES ('after', 20::bigint), ('before', 20::bigint), ('kept', 20::bigint), ('simple', 20::bigint)$$, 'R16: those that were given up are not there, all others are');
SELECT is_empty('TABLE ill_told', 'R28: each has its event');
SELECT is_empty($$SELECT FROM pat_auth.token_event WHERE token_id NOT IN (SELECT token_id FROM made)$$, 'R28: those that were given up have none');

-- The first one of a statement is given up.
CREATE FUNCTION make_none(number integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    made := (pat_auth.pat_create('erp', 'lost ' || number, ARRAY['invoice_reader'], acting.day(1))).token_id;
    RAISE SQLSTATE 'P0999';
EXCEPTION WHEN SQLSTATE 'P0999' THEN
    RETURN 'gave up';
END
$$;
SELECT is(acting.outcome('acme/alice', $$
    SELECT concat_ws(' ', count(make_none(number)), count(pat_auth.pat_create('erp', 'later ' || number, ARRAY['invoice_reader'], acting.day(1))))
    FROM generate_series(1, 20) AS number$$), '20 20', 'R16: the first of a statement is given up, the others are made');
SELECT is((SELECT count(*) FROM made WHERE name LIKE 'later%'), 20::bigint, 'R16: they are there');
SELECT is_empty('TABLE ill_told', 'R28: each has its event');

-- A cursor that makes one at each FETCH, and between two of them another statement does.
BEGIN;
DO 'BEGIN PERFORM acting.sign_in(''acme/alice''); END';
DECLARE maker CURSOR FOR SELECT (pat_auth.pat_create('erp', 'cursor ' || number, ARRAY['invoice_reader'], acting.day(1))).token_id FROM generate_series(1, 3) AS number;
FETCH maker \g /dev/null
SELECT pat_auth.pat_create('erp', 'cursor 4', ARRAY['invoice_reader'], acting.day(1)) \g /dev/null
FETCH maker \g /dev/null
CLOSE maker;
RESET ROLE;
CREATE INDEX between ON pat_auth.token (expires_at); -- refused while anything holds the table open
COMMIT;
SELECT is((SELECT array_agg(name ORDER BY token_id) FROM made WHERE name LIKE 'cursor%'), '{cursor 1,cursor 4,cursor 2}', 'R16: a cursor makes what is fetched');
SELECT is_empty('TABLE ill_told', 'R28: each has its event');

-- What others added: an index, a constraint, triggers, a column.
SELECT is((SELECT count(*) FROM (SELECT FROM pat_auth.token ORDER BY expires_at) AS by_index), (SELECT count(*) FROM pat_auth.token), 'R29: an index that was added has every token');
ALTER TABLE pat_auth.token ADD CONSTRAINT short_lived CHECK (expires_at < created_at + interval '200 days') NOT VALID;
SELECT is(acting.trial('acme/alice', format($$SELECT count(pat_auth.pat_create('erp', 'long', '{invoice_reader}', %L))$$, acting.day(300))), '23514', 'R8: a constraint that was added holds');
SELECT is(acting.trial('acme/alice', format($$SELECT count(pat_auth.pat_create('erp', 'short', '{invoice_reader}', %L))$$, acting.day(100))), '1', 'R8: and lets pass what it lets pass');
ALTER TABLE pat_auth.token DROP CONSTRAINT short_lived;
CREATE FUNCTION path_is_pinned(name text) RETURNS boolean LANGUAGE sql AS $$ SELECT current_setting('search_path') = 'pg_catalog, pg_temp' $$;
REVOKE ALL ON FUNCTION path_is_pinned FROM PUBLIC;
ALTER TABLE pat_auth.token ADD CONSTRAINT pinned CHECK (path_is_pinned(name)) NOT VALID;
SELECT is(acting.trial('acme/alice', format($$SELECT count(pat_auth.pat_create('erp', 'pinned', '{invoice_reader}', %L))$$, acting.day(100))), '1',
    'R29: a constraint that was added is looked at as the owner of the extension, and on his path');
ALTER TABLE pat_auth.token DROP CONSTRAINT pinned;
CREATE TABLE served_tenant (tenant_id integer PRIMARY KEY);
ALTER TABLE pat_auth.token ADD CONSTRAINT served FOREIGN KEY (tenant_id) REFERENCES served_tenant NOT VALID;
SELECT is(acting.trial('acme/alice', $$SELECT count(pat_auth.pat_create('erp', 'served', '{invoice_reader}', acting.day(1)))$$), '23503',
    'R29: so does a foreign key that was added');
ALTER TABLE pat_auth.token DROP CONSTRAINT served;
ALTER TABLE pat_auth.token ADD CONSTRAINT once_a_name UNIQUE (user_id, name, expires_at) DEFERRABLE;
SELECT is(acting.trial('acme/alice', $$SELECT count(pat_auth.pat_create('erp', 'twice', '{invoice_reader}', acting.day(1))) FROM generate_series(1, 2)$$),
    '23505', 'R29: and a deferrable constraint');
ALTER TABLE pat_auth.token DROP CONSTRAINT once_a_name;

CREATE TABLE noticed (number serial, what text, by text, path text);
CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.noticed (what, by, path)
    VALUES (concat_ws(' ', TG_TABLE_NAME, lower(TG_WHEN), lower(TG_LEVEL), CASE WHEN TG_LEVEL = 'ROW' THEN NEW.token_id END), current_user, current_setting('search_path'));
    RETURN NEW;
END
$$;
CREATE TRIGGER notice_before BEFORE INSERT ON pat_auth.token FOR EACH ROW EXECUTE FUNCTION notice();
CREATE TRIGGER notice_after AFTER INSERT ON pat_auth.token_event FOR EACH ROW EXECUTE FUNCTION notice();
CREATE TRIGGER notice_statement AFTER INSERT ON pat_auth.token_event EXECUTE FUNCTION notice();
SELECT is(acting.create_token('noticed', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R28: a token that others'' triggers notice');
SELECT is((SELECT array_agg(what ORDER BY number) FROM noticed), (SELECT ARRAY['token before row ' || token_id, 'token_event after row ' || token_id, 'token_event after statement']
    FROM made WHERE name = 'noticed'), 'R28: each of them fired');
SELECT is((SELECT array_agg(DISTINCT by || ': ' || path) FROM noticed), ARRAY[format('%s: pg_catalog, pg_temp', current_user)],
    'R29: as the owner of the extension, who wrote the row, and on his path');
SELECT is_empty($$SELECT name FROM pat_auth.role WHERE pat_auth.tokens_with_role(role_id) <> (SELECT count(*) FROM pat_auth.token WHERE role_id = ANY (scope_ids))$$,
    'R28: it is counted once, as those before');
DROP TRIGGER notice_before ON pat_auth.token;
DROP TRIGGER notice_after ON pat_auth.token_event;
DROP TRIGGER notice_statement ON pat_auth.token_event;

ALTER TABLE pat_auth.token ADD COLUMN note bigint DEFAULT -1;
ALTER TABLE pat_auth.token_event ADD COLUMN note text;
SELECT is(acting.use_token('noticed'), 'alice', 'R11: with a column that somebody added a token works');
SELECT is(acting.create_token('noted', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R7: and another one is made');
SELECT is(acting.use_token('noted'), 'alice', 'R11: which works too');
SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({noted})'), 'true', 'R21: and is revoked');
SELECT is(acting.use_token('noted'), '28000', 'R20: for good');
SELECT is_empty('TABLE ill_told', 'R28: each has its event');
\ir include/end.sql
