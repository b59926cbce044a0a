-- pat_sync_users(): an application's own table of users, kept in step.
\set QUIET on
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off

CREATE SCHEMA erp;
CREATE TABLE erp.person (customer bigint NOT NULL, login uuid NOT NULL, note text, PRIMARY KEY (customer, login) DEFERRABLE);
CREATE TABLE erp.member (tenant text, name text, PRIMARY KEY (tenant, name));

-- A person's key in short: the last digit of a uuid.
CREATE FUNCTION erp.id(digit integer) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('00000000-0000-4000-8000-00000000000' || digit)::uuid;
CREATE VIEW erp.synced AS
    SELECT tenant || '/' || right(name, 1) || CASE WHEN is_active THEN '' ELSE ' (inactive)' END AS person
    FROM pat_auth.app_user;

SELECT plan(68);

INSERT INTO erp.person VALUES (1, erp.id(1)), (1, erp.id(2)), (2, erp.id(1));
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.person', 'customer', 'login')$$, 'a table with bigint and uuid keys is taken up');
SELECT set_eq('SELECT person FROM erp.synced', ARRAY['1/1', '1/2', '2/1'], 'the users that there are become users');
SELECT set_eq('SELECT name FROM pat_auth.tenant', ARRAY['1', '2'], 'and their tenants tenants');
SELECT is((SELECT bool_or(allow_pat_creation) FROM pat_auth.app_user), false, 'R5: who is not allowed to create tokens by that');

INSERT INTO erp.person SELECT 3, erp.id(digit) FROM generate_series(1, 3) AS digit;
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('3/1'), ('3/2'), ('3/3')$$, 'an INSERT of many rows adds each');
SELECT is((SELECT count(*) FROM pat_auth.token_event WHERE act = 'app_user_inserted' AND tenant = '3'), 3::bigint, 'R28: each with its event');

CREATE TEMPORARY TABLE before AS SELECT user_id, name FROM pat_auth.app_user WHERE tenant = '1';
UPDATE erp.person SET login = erp.id(4) WHERE customer = 1 AND login = erp.id(1);
SELECT is((SELECT app_user.name FROM pat_auth.app_user JOIN before USING (user_id) WHERE before.name = erp.id(1)::text), erp.id(4)::text,
    'a changed key renames the user, who stays the same one');
UPDATE erp.person SET login = CASE login WHEN erp.id(2) THEN erp.id(4) ELSE erp.id(2) END WHERE customer = 1;
SELECT results_eq('SELECT right(app_user.name, 1) FROM pat_auth.app_user JOIN before USING (user_id) ORDER BY before.name', ARRAY['2', '4'],
    'two users who swap their keys in one statement keep their ids');
SELECT is((SELECT count(*) FROM erp.person WHERE customer = 1), 2::bigint, 'the source has them too');
UPDATE erp.person SET note = 'changed';
SELECT is((SELECT count(*) FROM pat_auth.app_user WHERE NOT is_active), 0::bigint, 'a change of other columns changes no user');

UPDATE erp.person SET customer = 2 WHERE customer = 3 AND login = erp.id(3);
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('2/3'), ('3/3 (inactive)')$$, 'who moves to another tenant is another user there, the old one is inactive');

DELETE FROM erp.person WHERE customer = 3;
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('3/1 (inactive)'), ('3/2 (inactive)')$$, 'DELETE deactivates');
INSERT INTO erp.person VALUES (3, erp.id(1));
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('3/1')$$, 'who comes back is active again');
UPDATE pat_auth.app_user SET is_active = false WHERE tenant = '1';
INSERT INTO erp.person VALUES (1, erp.id(9));
SELECT is((SELECT count(*) FROM pat_auth.app_user WHERE tenant = '1' AND NOT is_active), 2::bigint,
    'whom an administrator deactivated stays so while others come');

-- Whom an administrator deactivated stays so whatever becomes of his row.
UPDATE erp.person SET note = 'signed in' WHERE customer = 1;
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('1/2 (inactive)'), ('1/4 (inactive)')$$, 'R15: a change of other columns does not make him active');
UPDATE erp.person SET login = erp.id(6) WHERE customer = 1 AND login = erp.id(4);
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('1/2 (inactive)'), ('1/6 (inactive)')$$, 'R15: nor does another key');
DELETE FROM erp.person WHERE customer = 1 AND login = erp.id(6);
INSERT INTO erp.person VALUES (1, erp.id(6));
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('1/2 (inactive)'), ('1/6 (inactive)')$$, 'R15: nor do leaving and coming back');
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.person', 'customer', 'login')$$, 'the table is taken up again');
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('1/2 (inactive)'), ('1/6 (inactive)')$$, 'R15: nor does that');
DELETE FROM erp.person WHERE customer = 3;
UPDATE pat_auth.app_user SET is_active = true WHERE tenant = '3' AND name = erp.id(1)::text;
UPDATE pat_auth.app_user SET is_active = false WHERE tenant = '3' AND name = erp.id(1)::text;
INSERT INTO erp.person VALUES (3, erp.id(1)), (3, erp.id(2));
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('3/1 (inactive)'), ('3/2')$$, 'R15: nor do they when he was made active and inactive again meanwhile; another comes back');
DELETE FROM erp.person WHERE customer = 3 AND login = erp.id(2);
UPDATE pat_auth.app_user SET is_active = false WHERE tenant = '3' AND name = erp.id(2)::text;
UPDATE pat_auth.app_user SET allow_pat_creation = true WHERE tenant = '3' AND name = erp.id(2)::text;
INSERT INTO erp.person VALUES (3, erp.id(2));
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('3/2 (inactive)')$$, 'R15: nor when he was inactive already, as he had left');
SELECT is((SELECT bool_or(is_active AND left_source) FROM pat_auth.app_user), false, 'of nobody active is it kept that he left');
DELETE FROM pat_auth.app_user WHERE tenant = '3' AND name = erp.id(2)::text;
UPDATE erp.person SET note = 'signed in' WHERE customer = 3;
SELECT set_hasnt('SELECT person FROM erp.synced', $$VALUES ('3/2')$$, 'a change of other columns makes no user, either');
BEGIN;
INSERT INTO erp.person VALUES (8, erp.id(8));
ROLLBACK;
SELECT set_hasnt('SELECT person FROM erp.synced', $$VALUES ('8/8')$$, 'a rollback takes the user back');

-- An unprivileged writer of the application's table needs nothing of ours.
CREATE ROLE sync_users_writer;
GRANT USAGE ON SCHEMA erp TO sync_users_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON erp.person, erp.member TO sync_users_writer;
SET SESSION AUTHORIZATION sync_users_writer;
INSERT INTO erp.person VALUES (5, erp.id(5));
RESET SESSION AUTHORIZATION;
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('5/5')$$, 'a role without access to pat_auth writes the table as before');
SET SESSION AUTHORIZATION sync_users_writer;
SELECT throws_ok($$SELECT pat_auth.pat_sync_users('erp.person', 'customer', 'login')$$, '42501', NULL, 'but does not synchronize tables');
RESET SESSION AUTHORIZATION;

SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.member', 'tenant', 'name')$$, 'a second table, with text keys');
INSERT INTO erp.member VALUES ('acme', 'alice'), ('acme', 'bob');
SELECT set_has('SELECT tenant, name FROM pat_auth.app_user', $$VALUES ('acme', 'alice'), ('acme', 'bob')$$, 'is kept in step too');
UPDATE pat_auth.app_user SET is_active = false WHERE name = 'bob';
INSERT INTO erp.member VALUES ('acme', 'bob') ON CONFLICT (tenant, name) DO UPDATE SET tenant = excluded.tenant;
SELECT set_has('SELECT tenant, name, is_active FROM pat_auth.app_user', $$VALUES ('acme', 'bob', false)$$, 'R15: whom an administrator deactivated stays so, also where his row would be inserted');
TRUNCATE erp.member;
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = 'acme' ORDER BY name$$, $$VALUES ('alice', false), ('bob', false)$$, 'TRUNCATE deactivates');
SELECT last_value AS last FROM pat_auth.app_user_user_id_seq \gset
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.member', 'tenant', 'name')$$, 'calling it again replaces its triggers');
SELECT is((SELECT last_value FROM pat_auth.app_user_user_id_seq), :last::bigint, 'and takes no number for users that there are');

-- A key of one who is gone, taken by another: as if the first came back.
INSERT INTO erp.member VALUES ('acme', 'five'), ('acme', 'seven');
DELETE FROM erp.member WHERE name = 'five';
SELECT lives_ok($$UPDATE erp.member SET name = 'five' WHERE name = 'seven'$$, 'the key of a user who was removed goes to another');
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = 'acme' AND name IN ('five', 'seven') ORDER BY name$$,
    $$VALUES ('five', true), ('seven', false)$$, 'who is then the first, come back');
SELECT user_id AS five FROM pat_auth.app_user WHERE tenant = 'acme' AND name = 'five' \gset
SELECT lives_ok($$UPDATE erp.member SET name = repeat('x', 200) WHERE name = 'five'$$, 'a key of the greatest length');
SELECT is((SELECT name FROM pat_auth.app_user WHERE user_id = :five), repeat('x', 200), 'renames the user, too');

-- Keys are what they are, byte by byte, and not what the column's collation takes for the same.
CREATE COLLATION erp.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE erp.named (tenant text COLLATE erp.any_case, name text COLLATE erp.any_case, PRIMARY KEY (tenant, name));
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.named', 'tenant', 'name')$$, 'a table with keys whose case does not matter');
INSERT INTO erp.named VALUES ('initech', 'peter');
CREATE TEMPORARY TABLE peter AS SELECT user_id FROM pat_auth.app_user WHERE tenant = 'initech' AND name = 'peter';
UPDATE erp.named SET name = 'Peter' WHERE name = 'peter';
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = 'initech'$$, $$VALUES ('Peter', true)$$, 'another case is another name');
SELECT is((SELECT name FROM pat_auth.app_user JOIN peter USING (user_id)), 'Peter', 'of the same user');
INSERT INTO erp.named VALUES ('initech', 'milton');
DELETE FROM erp.named WHERE name = 'PETER';
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = 'initech' ORDER BY name COLLATE "C"$$, $$VALUES ('Peter', false), ('milton', true)$$, 'and who is deleted is deactivated');
ALTER TABLE erp.named DROP CONSTRAINT named_pkey;
INSERT INTO erp.named VALUES ('initech', 'Bill'), ('initech', 'bill');
DELETE FROM erp.named WHERE name::text COLLATE "C" = 'bill';
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE lower(name) = 'bill' ORDER BY name COLLATE "C"$$, $$VALUES ('Bill', true), ('bill', false)$$, 'another who is named alike is not');

-- Many keys at once, into one of a user who had left: nobody is left without a name, and the rest follow.
CREATE TABLE erp.chained (tenant text, name text, PRIMARY KEY (tenant, name) DEFERRABLE);
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.chained', 'tenant', 'name')$$, 'a table whose keys move along');
INSERT INTO erp.chained VALUES ('chain', 'a'), ('chain', 'b'), ('chain', 'c'), ('chain', 'x'), ('chain', 'y');
DELETE FROM erp.chained WHERE name = 'c';
SELECT lives_ok($$UPDATE erp.chained SET name = CASE name WHEN 'a' THEN 'c' WHEN 'b' THEN 'a' WHEN 'x' THEN 'y' ELSE 'x' END$$, 'some into a name that is taken, some not');
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = 'chain' ORDER BY user_id$$,
    $$VALUES ('a', true), ('b', false), ('c', true), ('y', true), ('x', true)$$, 'who had left is back, whose name nobody has is gone, two have swapped');

-- A row that moves to another partition, where a trigger leaves it out: nobody gets the name of another.
CREATE TABLE erp.parted (tenant text, name text, closed boolean) PARTITION BY LIST (closed);
CREATE TABLE erp.parted_open PARTITION OF erp.parted FOR VALUES IN (false);
CREATE TABLE erp.parted_closed PARTITION OF erp.parted FOR VALUES IN (true);
CREATE FUNCTION erp.leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN CASE new.name WHEN ''ann'' THEN NULL ELSE new END; END';
CREATE TRIGGER leave_out BEFORE INSERT ON erp.parted_closed FOR EACH ROW EXECUTE FUNCTION erp.leave_out();
SELECT pat_auth.pat_sync_users('erp.parted', 'tenant', 'name') \g /dev/null
INSERT INTO erp.parted VALUES ('parted', 'ann', false), ('parted', 'ben', false);
UPDATE erp.parted SET closed = true, name = CASE name WHEN 'ben' THEN 'bob' ELSE name END;
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = 'parted' ORDER BY user_id$$,
    $$VALUES ('ann', false), ('ben', false), ('bob', true)$$, 'who is left out is gone, and whose pair is not known is another one');

-- One column for both: each user is a tenant of his own.
CREATE TABLE erp.freelancer (login text PRIMARY KEY);
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.freelancer', 'login', 'login')$$, 'a table of which one column is both keys');
INSERT INTO erp.freelancer VALUES ('vera'), ('walt');
UPDATE erp.freelancer SET login = 'wim' WHERE login = 'walt';
DELETE FROM erp.freelancer WHERE login = 'vera';
SELECT results_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE tenant = name ORDER BY name$$,
    $$VALUES ('vera', false), ('walt', false), ('wim', true)$$, 'is kept in step as well');
SET session_replication_role = replica;
DELETE FROM erp.freelancer WHERE login = 'wim';
RESET session_replication_role;
SELECT is((SELECT is_active FROM pat_auth.app_user WHERE name = 'wim'), false, 'also where other triggers do not fire');
ALTER TABLE erp.freelancer RENAME login TO account;
SELECT throws_ok($$INSERT INTO erp.freelancer VALUES ('xaver')$$, '42704', NULL, 'where the column is renamed nobody writes the table');
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('erp.freelancer', 'account', 'account')$$, 'until it is taken up anew');
INSERT INTO erp.freelancer VALUES ('xaver');
SELECT set_has('SELECT tenant, name, is_active FROM pat_auth.app_user', $$VALUES ('xaver', 'xaver', true)$$, 'under the new name');

-- A trigger that a DBA has put on the users calls a task.
CREATE FUNCTION erp.allow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pat_auth.pat_allow_user(new.tenant, new.name, true); RETURN NULL; END$$;
CREATE TRIGGER allow AFTER INSERT ON pat_auth.app_user FOR EACH ROW EXECUTE FUNCTION erp.allow();
SELECT lives_ok($$INSERT INTO erp.member VALUES ('acme', 'allowed')$$, 'a task within the keeping in step');
SELECT is((SELECT allow_pat_creation FROM pat_auth.app_user WHERE name = 'allowed'), true, 'does its work');
DROP TRIGGER allow ON pat_auth.app_user;

-- Who administers is not for whoever writes that table.
INSERT INTO erp.member VALUES ('acme', 'root'), ('acme', 'second');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'root', 'main_administrator');
SET SESSION AUTHORIZATION sync_users_writer;
SELECT throws_ok($$UPDATE erp.member SET name = 'mallory' WHERE name = 'root'$$, '42501', 'the key of user "root" of tenant "acme" cannot be changed: he is an administrator',
    'R5: it gives nobody an administrator''s rights by another name');
SELECT throws_ok($$DELETE FROM erp.member WHERE name = 'root'$$, '55000', 'the last main administrator cannot be removed', 'R5: nor removes the last main administrator');
RESET SESSION AUTHORIZATION;
SELECT throws_ok('TRUNCATE erp.member', '55000', 'the last main administrator cannot be removed', 'R5: nor by TRUNCATE');
UPDATE pat_auth.app_user SET name = 'renamed' WHERE name = 'root';
SELECT lives_ok($$UPDATE erp.member SET name = 'renamed' WHERE name = 'root'$$, 'once he has his new name, the table follows');
SELECT results_eq($$SELECT is_active, administrator_role FROM pat_auth.app_user JOIN pat_auth.administrator ON user_name = name WHERE name = 'renamed'$$, $$VALUES (true, 'main_administrator')$$, 'and he is who he was');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'second', 'main_administrator');
SELECT lives_ok($$DELETE FROM erp.member WHERE name = 'renamed'$$, 'one of two main administrators leaves');
SELECT is((SELECT is_active FROM pat_auth.app_user WHERE name = 'renamed'), false, 'he is deactivated');
INSERT INTO erp.member VALUES ('acme', 'renamed');
SELECT is((SELECT is_active FROM pat_auth.app_user WHERE name = 'renamed'), false, 'R5: and does not come back as an administrator by whoever writes that table');

-- Who loads the table with triggers off: those of pat_sync_users are not, and what follows a user's name follows it.
INSERT INTO erp.member VALUES ('acme', 'hank');
INSERT INTO pat_auth.user_group (tenant, name) VALUES ('acme', 'loaders');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'loaders', 'hank');
SET session_replication_role = replica;
UPDATE erp.member SET name = 'hank2' WHERE name = 'hank';
SELECT is(current_setting('session_replication_role'), 'replica', 'the setting is what it was');
RESET session_replication_role;
INSERT INTO erp.member VALUES ('acme', 'hank');
SELECT is((SELECT array_agg(user_name) FROM pat_auth.user_group_member WHERE user_group = 'loaders'), ARRAY['hank2'], 'R5: nobody else has his groups');

SELECT throws_ok($$SELECT pat_auth.pat_sync_users('erp.person', 'customer', 'nothing')$$, '42704', NULL, 'no such column');
SELECT throws_ok($$SELECT pat_auth.pat_sync_users('erp.synced', 'person', 'person')$$, '22023', NULL, 'not a table');
SELECT lives_ok($$SELECT pat_auth.pat_unsync_users('erp.person')$$, 'it ends');
DELETE FROM erp.person;
SELECT set_has('SELECT person FROM erp.synced', $$VALUES ('5/5')$$, 'and then nothing follows any more');
SELECT throws_ok($$SELECT pat_auth.pat_unsync_users('erp.person')$$, '55000', NULL, 'it cannot end twice');

SELECT * FROM finish();
REVOKE ALL ON erp.person, erp.member FROM sync_users_writer;
REVOKE ALL ON SCHEMA erp FROM sync_users_writer;
DROP ROLE sync_users_writer;
