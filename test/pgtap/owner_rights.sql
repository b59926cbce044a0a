-- What runs with the rights of the extension's owner runs nothing of anybody else's: neither with our trigger functions
-- on a table of his, nor by COPY into a table that his search_path finds, nor with the types of a table that is kept in
-- step. Each attempt is of a role that would be superuser afterwards.
\set file owner_rights
\ir include/fixture.sql
SELECT plan(27);

CREATE ROLE owner_rights_maker;
SELECT pat_auth.pat_grant_access('owner_rights_maker') \g /dev/null
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO owner_rights_maker', current_database()) \gexec
CREATE FUNCTION pg_temp.is_superuser() RETURNS boolean LANGUAGE sql AS
    $$SELECT rolsuper FROM pg_roles WHERE rolname = 'owner_rights_maker'$$;
-- What runs as somebody else than its maker makes him superuser.
CREATE SCHEMA made AUTHORIZATION owner_rights_maker;
SET ROLE owner_rights_maker;
CREATE FUNCTION made.take_over() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    ALTER ROLE owner_rights_maker SUPERUSER;
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END $$;
CREATE FUNCTION made.take_over_by_trigger() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM made.take_over(); RETURN new; END$$;
CREATE TYPE made.key AS ENUM ('acme', 'x');
CREATE FUNCTION made.as_text(made.key) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM made.take_over(); RETURN 'x'; END$$;
CREATE FUNCTION made.as_json(made.key) RETURNS json LANGUAGE plpgsql AS $$BEGIN PERFORM made.take_over(); RETURN '1'; END$$;
CREATE CAST (made.key AS text) WITH FUNCTION made.as_text(made.key);
CREATE CAST (made.key AS json) WITH FUNCTION made.as_json(made.key);

-- Our trigger functions.
CREATE TEMPORARY TABLE administrator (tenant text, user_name text, administrator_role text, application text, key made.key);
CREATE TEMPORARY TABLE application (name bigint);
SELECT throws_ok('CREATE TRIGGER own AFTER INSERT ON pg_temp.administrator REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed()', '42501', NULL, 'R29: registry_changed is nobody''s trigger');
SELECT throws_ok('CREATE TRIGGER own BEFORE INSERT ON pg_temp.application
        FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry()', '42501', NULL, 'R29: guard_registry is nobody''s trigger');
RESET ROLE;
SELECT set_eq($$
    SELECT proname FROM pg_proc
    WHERE pronamespace = 'pat_auth'::regnamespace AND prorettype = 'trigger'::regtype
        AND has_function_privilege('owner_rights_maker', oid, 'EXECUTE')$$,
    ARRAY['guard_truncate'], 'of all trigger functions whoever has access may use the one for tables of his own');

-- Even where a DBA has granted them.
GRANT EXECUTE ON FUNCTION pat_auth.registry_changed(), pat_auth.guard_registry(), pat_auth.token_changed(), pat_auth.keep_local() TO owner_rights_maker;
SET ROLE owner_rights_maker;
CREATE TRIGGER own AFTER INSERT ON pg_temp.administrator REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.registry_changed();
CREATE TRIGGER own BEFORE INSERT ON pg_temp.application FOR EACH ROW EXECUTE FUNCTION pat_auth.guard_registry();
CREATE TEMPORARY TABLE token (scope_ids integer[]);
CREATE TRIGGER own AFTER INSERT ON pg_temp.token FOR EACH ROW EXECUTE FUNCTION pat_auth.token_changed();
CREATE TEMPORARY TABLE token_usage (token_id bigint);
CREATE TRIGGER own BEFORE INSERT ON pg_temp.token_usage FOR EACH ROW EXECUTE FUNCTION pat_auth.keep_local();
SELECT throws_ok($$INSERT INTO pg_temp.administrator VALUES ('acme', 'mia', 'main_administrator', NULL, 'x')$$, '39P01', NULL,
    'R28: registry_changed leaves no event of a table that is not ours');
SELECT throws_ok('INSERT INTO pg_temp.application VALUES (4711)', '39P01', NULL, 'guard_registry reads no row of a table that is not ours');
SELECT throws_ok($$INSERT INTO pg_temp.token VALUES ('{1}')$$, '39P01', NULL, 'R28: token_changed counts no token of a table that is not ours');
SELECT throws_ok('INSERT INTO pg_temp.token_usage VALUES (1)', '39P01', NULL, 'keep_local leaves out no row of a table that is not ours');
RESET ROLE;
SELECT is(pg_temp.is_superuser(), false, 'and nothing has run as the owner');
SELECT is((SELECT count(*) FROM pat_auth.token_event WHERE act = 'administrator_inserted'), 0::bigint, 'R28: and there is no event');

-- COPY: a table of his own before ours in his search_path, found by the owner only.
CREATE FUNCTION pg_temp.count_of(name text) RETURNS bigint LANGUAGE sql AS
    $$SELECT count(*) FROM pat_auth.tenant WHERE tenant.name = count_of.name$$;
SELECT format('CREATE SCHEMA %I AUTHORIZATION owner_rights_maker', current_user) \gexec
SET ROLE owner_rights_maker;
CREATE TABLE made.tenant (name text, is_active boolean);
CREATE TRIGGER own BEFORE INSERT ON made.tenant FOR EACH ROW EXECUTE FUNCTION made.take_over_by_trigger();
REVOKE USAGE ON SCHEMA made FROM owner_rights_maker;
RESET ROLE;
SELECT format('CREATE TABLE %I.app_user (tenant text, name text)', current_user) \gexec
SELECT format('ALTER TABLE %I.app_user OWNER TO owner_rights_maker', current_user) \gexec
SELECT format('CREATE TRIGGER own BEFORE INSERT ON %I.app_user FOR EACH ROW EXECUTE FUNCTION made.take_over_by_trigger()', current_user) \gexec
SET SESSION AUTHORIZATION owner_rights_maker;
SET search_path = made, pat_auth;
\set ON_ERROR_STOP off
COPY tenant (name) FROM STDIN;
x
\.
SET search_path = "$user", pat_auth;
COPY app_user (tenant, name) FROM STDIN;
acme	x
\.
\set ON_ERROR_STOP on
RESET search_path;
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM made.tenant), 0::bigint, 'R29: COPY loads the table that the caller''s path finds, under the rules');
SELECT format('SELECT is((SELECT count(*) FROM %I.app_user), 0::bigint, %L)', current_user,
    'R29: so where the path has the name of the role itself') \gexec
SELECT is(pg_temp.is_superuser(), false, 'and nothing has run as the owner');
SET ROLE owner_rights_maker;
GRANT USAGE ON SCHEMA made TO owner_rights_maker;
RESET ROLE;

-- A trigger that a DBA has put on a set-up table runs with the owner's rights in a COPY, so it finds nothing by the
-- caller's search_path.
CREATE FUNCTION pg_temp.of_the_dba() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM take_over(); RETURN new; END$$;
CREATE TRIGGER of_the_dba BEFORE INSERT ON pat_auth.app_user FOR EACH ROW EXECUTE FUNCTION pg_temp.of_the_dba();
GRANT owner_rights_maker TO :"backend";
SET SESSION AUTHORIZATION :"backend";
SET search_path = made, pat_auth;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'mia') \g /dev/null
\set ON_ERROR_STOP off
COPY app_user (tenant, name) FROM STDIN;
acme	copied
\.
\set ON_ERROR_STOP on
COMMIT;
RESET search_path;
RESET SESSION AUTHORIZATION;
SELECT is(pg_temp.is_superuser(), false, 'nor does a trigger of a DBA run what the caller''s path has');
DROP TRIGGER of_the_dba ON pat_auth.app_user;

-- Under the rules, COPY by a name without a schema works as with one.
SET SESSION AUTHORIZATION :"backend";
SET search_path = made, pat_auth;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'mia') \g /dev/null
COPY app_user (tenant, name) FROM STDIN;
acme	copied
\.
COMMIT;
RESET search_path;
RESET SESSION AUTHORIZATION;
REVOKE owner_rights_maker FROM :"backend";
SELECT is((SELECT count(*) FROM pat_auth.app_user WHERE name = 'copied'), 1::bigint, 'a main administrator loads users by COPY into a name without a schema');

-- A table that is kept in step.
CREATE TABLE made.person (tenant text, name text);
ALTER TABLE made.person OWNER TO owner_rights_maker;
SELECT lives_ok($$SELECT pat_auth.pat_sync_users('made.person', 'tenant', 'name')$$, 'a table of somebody else''s is kept in step');
SET ROLE owner_rights_maker;
SELECT lives_ok($$INSERT INTO made.person VALUES ('acme', 'kept')$$, 'its owner writes to it');
ALTER TABLE made.person ALTER tenant TYPE made.key USING 'acme'::made.key;
SELECT throws_ok($$INSERT INTO made.person VALUES ('x', 'other')$$, '22023', NULL, 'not with a type of his own for a key');
SELECT throws_ok('DELETE FROM made.person', '22023', NULL, 'nor does he remove with it');
SELECT throws_ok('TRUNCATE made.person', '22023', NULL, 'or truncate');
ALTER TABLE made.person ALTER tenant TYPE text USING 'acme';
SELECT lives_ok($$INSERT INTO made.person VALUES ('acme', 'other')$$, 'with text again he does');
RESET ROLE;
SELECT is(pg_temp.is_superuser(), false, 'and nothing has run as the owner');
SELECT set_eq($$SELECT name FROM pat_auth.app_user WHERE name IN ('kept', 'other')$$, ARRAY['kept', 'other'], 'the users are there');

-- Planning a query of a table evaluates what is immutable in its indexes and constraints, and in its children's, once a
-- session: so each attempt has one of its own.
SET ROLE owner_rights_maker;
CREATE FUNCTION made.folded() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$BEGIN PERFORM made.take_over_and_count(); RETURN 1; END$$;
CREATE FUNCTION made.take_over_and_count() RETURNS void LANGUAGE plpgsql VOLATILE AS $$BEGIN PERFORM made.take_over(); END$$;
CREATE TABLE made.child () INHERITS (made.person);
CREATE INDEX ON made.child ((made.folded()));
CREATE INDEX ON made.person (name) WHERE made.folded() = 1;
RESET ROLE;
\setenv PGDATABASE :DBNAME
\set as_maker 'psql -X -q -v ON_ERROR_STOP=1 -c "SET SESSION AUTHORIZATION owner_rights_maker" -c '
\set command :as_maker '"INSERT INTO made.person VALUES (\'acme\', \'last\')" && ' :as_maker '"UPDATE ONLY made.person SET name = \'lasting\' WHERE name = \'last\'" && ' :as_maker '"DELETE FROM ONLY made.person WHERE name = \'kept\'" && ' :as_maker '"TRUNCATE made.person" && echo done'
\set done `:command`
SELECT is(:'done'::text, 'done', 'the owner of the table writes it, with functions of his in its indexes');
SELECT is(pg_temp.is_superuser(), false, 'which do not run as the extension''s owner');
SELECT set_eq($$SELECT name, is_active FROM pat_auth.app_user WHERE name IN ('kept', 'other', 'last', 'lasting')$$,
    $$VALUES ('kept', false), ('other', false), ('lasting', false)$$, 'the users are in step');
SELECT format('psql -X -q -v ON_ERROR_STOP=1 -c "SELECT pat_auth.pat_sync_users(''made.person'', ''tenant'', ''name'')" >/dev/null && echo done') AS command \gset
\set done `:command`
SELECT is(:'done'::text, 'done', 'a superuser has the table kept in step anew');
SELECT is(pg_temp.is_superuser(), false, 'and they do not run as he either');

DROP OWNED BY owner_rights_maker CASCADE;
DROP ROLE owner_rights_maker;
\ir include/end.sql
