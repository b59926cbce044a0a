-- Installing and removing the extension.
BEGIN;
\set QUIET on
SET LOCAL client_min_messages = warning;
SELECT plan(25);

-- The number of rows of every catalogue. (Statistics come and go by themselves.)
CREATE FUNCTION pg_temp.catalogue_rows() RETURNS TABLE (catalogue text, number bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR catalogue IN
        SELECT oid::regclass::text FROM pg_class
        WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND relname !~ '^pg_statistic'
    LOOP
        EXECUTE 'SELECT count(*) FROM ' || catalogue INTO number;
        RETURN NEXT;
    END LOOP;
END
$$;
CREATE TEMPORARY TABLE before (catalogue text, number bigint);
CREATE TEMPORARY TABLE after (catalogue text, number bigint);
CREATE TEMPORARY TABLE installed (catalogue text, number bigint);

DROP EXTENSION pat_auth;
SELECT hasnt_schema('pat_auth', 'DROP EXTENSION takes the schema');
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE probin LIKE '%/pat\_auth'$$, 'and every function of the library');
-- The library stays loaded, and leaves alone who works in a database without the extension.
CREATE ROLE install_other;
CREATE TABLE public.installed_other (number integer);
CREATE SCHEMA pat_auth
    CREATE TABLE role (name text);
GRANT USAGE ON SCHEMA pat_auth TO install_other;
GRANT ALL ON public.installed_other, pat_auth.role TO install_other;
SET LOCAL ROLE install_other;
SELECT lives_ok('LOCK TABLE public.installed_other, pat_auth.role', 'without the extension tables are locked as ever');
SELECT lives_ok('SELECT FROM public.installed_other, pat_auth.role FOR UPDATE', 'and rows');
SELECT lives_ok('CREATE TEMPORARY TABLE kept AS SELECT number FROM public.installed_other', 'and temporary tables made');
RESET ROLE;
DROP SCHEMA pat_auth CASCADE;
DROP TABLE public.installed_other, kept;
DROP ROLE install_other;
INSERT INTO before SELECT * FROM pg_temp.catalogue_rows();
CREATE EXTENSION pat_auth;
INSERT INTO installed SELECT * FROM pg_temp.catalogue_rows();
DROP EXTENSION pat_auth;
INSERT INTO after SELECT * FROM pg_temp.catalogue_rows();
SELECT bag_eq('TABLE after', 'TABLE before', 'CREATE and DROP EXTENSION leave every catalogue as it was');
SELECT cmp_ok((SELECT count(*) FROM installed JOIN before USING (catalogue) WHERE installed.number > before.number), '>', 10::bigint,
    'of which CREATE EXTENSION writes more than ten');

-- A schema of that name, made by somebody before, is not built upon.
CREATE SCHEMA pat_auth;
CREATE FUNCTION pat_auth.is_name(name text) RETURNS boolean LANGUAGE sql RETURN true;
SELECT throws_ok('CREATE EXTENSION pat_auth', '42P06', 'schema "pat_auth" already exists', 'an existing schema is refused');
SELECT throws_ok('CREATE EXTENSION pat_auth SCHEMA pat_auth', NULL, NULL, 'also when it is named');
SELECT is_empty($$SELECT extname FROM pg_extension WHERE extname = 'pat_auth'$$, 'and then the extension is not there');
SELECT results_eq($$SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace$$,
    ARRAY['pat_auth.is_name(text)'], 'the schema has what it had');
SELECT is_empty($$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace$$, 'and nothing else');
DROP SCHEMA pat_auth CASCADE;

-- Whatever a backslash means in a string.
CREATE EXTENSION pat_auth;
CREATE TEMPORARY TABLE definition AS
SELECT oid::regclass::text AS view, pg_get_viewdef(oid) AS query FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind = 'v';
DROP EXTENSION pat_auth;
SET LOCAL standard_conforming_strings = off;
SET LOCAL escape_string_warning = off;
CREATE EXTENSION pat_auth;
SET LOCAL standard_conforming_strings = on;
SELECT bag_eq($$SELECT oid::regclass::text, pg_get_viewdef(oid) FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind = 'v'$$,
    'TABLE definition', 'views are the same where standard_conforming_strings is off');
DROP EXTENSION pat_auth;

-- Where it goes, and who may install it.
SELECT throws_ok('CREATE EXTENSION pat_auth SCHEMA public', '0A000', NULL, 'it cannot be put into another schema');
CREATE ROLE install_user;
SELECT format('GRANT CREATE ON DATABASE %I TO install_user', current_database()) \gexec
SET LOCAL ROLE install_user;
SELECT throws_ok('CREATE EXTENSION pat_auth', '42501', NULL, 'it is not trusted: CREATE on the database is not enough');
RESET ROLE;
CREATE EXTENSION pat_auth;
SELECT is((SELECT extrelocatable FROM pg_extension WHERE extname = 'pat_auth'), false, 'it is not relocatable');
SELECT throws_ok('ALTER EXTENSION pat_auth SET SCHEMA public', '0A000', NULL, 'so it cannot be moved');
SELECT is((SELECT extversion FROM pg_extension WHERE extname = 'pat_auth'),
    (SELECT default_version FROM pg_available_extensions WHERE name = 'pat_auth'), 'its version is the control file''s');
SELECT is((SELECT setting FROM pg_settings WHERE name = 'search_path'), '"$user", public', 'installing leaves the search path alone');

-- A protected table holds on to it, and is closed, not opened, when it goes nevertheless.
INSERT INTO pat_auth.tenant (name) VALUES ('acme');
INSERT INTO pat_auth.application (name) VALUES ('erp');
INSERT INTO pat_auth.role (application, name) VALUES ('erp', 'reader');
CREATE TABLE invoice (tenant text);
INSERT INTO invoice VALUES ('acme');
ALTER TABLE invoice OWNER TO install_user;
SELECT pat_auth.pat_grant_access('install_user') \g /dev/null
SET LOCAL ROLE install_user;
SELECT pat_auth.pat_protect('invoice', 'erp', 'reader', NULL, 'tenant') \g /dev/null
RESET ROLE;
SELECT throws_ok('DROP EXTENSION pat_auth', '2BP01', NULL, 'DROP EXTENSION is refused while a table is protected');
SELECT lives_ok('DROP EXTENSION pat_auth CASCADE', 'CASCADE drops it');
SET LOCAL ROLE install_user;
SELECT is((SELECT count(*) FROM invoice), 0::bigint, 'the table that was protected then shows no row, to its owner either');
SELECT throws_ok('INSERT INTO invoice VALUES (''acme'')', '42501', NULL, 'and takes none');
RESET ROLE;
SELECT is_empty($$SELECT polname FROM pg_policy WHERE polpermissive$$, 'for no policy that permits anything stays behind');
SELECT hasnt_schema('pat_auth', 'and the schema, with its tables');

SELECT * FROM finish();
ROLLBACK;
