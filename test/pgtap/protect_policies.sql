-- Protected tables that have policies of the application's own; whom no policy binds; COPY.
\set file protect_policies
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE invoice (id integer PRIMARY KEY, tenant text, kind text);
INSERT INTO invoice VALUES (1, 'acme', 'open'), (2, 'acme', 'secret'), (3, 'globex', 'open'), (4, 'globex', 'secret');
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice TO :"client";
SELECT acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null
SELECT acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}') \g /dev/null

-- The ids that somebody sees, whether he can insert a row of his tenant's, and how many rows he can change.
CREATE FUNCTION acting.reach(who text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', coalesce(acting.trial(who, 'SELECT string_agg(id::text, '','' ORDER BY id) FROM invoice'), '-'),
        acting.trial(who, 'INSERT INTO invoice VALUES (9, ''acme'', ''open'')'), acting.trial(who, 'UPDATE invoice SET kind = ''open'''))
$$;
CREATE FUNCTION acting.policies() RETURNS text[] LANGUAGE sql AS
    $$ SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = 'invoice'::regclass $$;
CREATE FUNCTION acting.protect() RETURNS text LANGUAGE sql AS
    $$ SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', 'tenant')::text $$;

-- None of the application's own.
SELECT acting.protect() \g /dev/null
SELECT is(acting.reach('none'), '- 42501 0', 'R29: without own policies: nobody');
SELECT is(acting.reach('#reader'), '1,2 42501 0', 'R29: without own policies: a reader');
SELECT is(acting.reach('#writer'), '1,2 1 2', 'R29: without own policies: a writer');

-- A permissive one that is there before lets in whom it says; ours alone narrow it.
SELECT pat_auth.pat_unprotect('invoice') \g /dev/null
CREATE POLICY own_all ON invoice USING (true);
SELECT is(acting.reach('none'), '1,2,3,4 1 4', 'the application''s own policy alone lets everybody in');
SELECT acting.protect() \g /dev/null
SELECT is(acting.policies(), '{own_all,pat_auth_delete,pat_auth_insert,pat_auth_select,pat_auth_update}',
    'pat_protect leaves it, and adds no permissive one');
SELECT is(acting.reach('none'), '- 42501 0', 'R29: own permissive policy: nobody');
SELECT is(acting.reach('#reader'), '1,2 42501 0', 'R29: own permissive policy: a reader');
SELECT is(acting.reach('#writer'), '1,2 1 2', 'R29: own permissive policy: a writer');
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'which is no hole');

-- For one command, or one role: what the application does not allow, it does not.
ALTER POLICY own_all ON invoice TO :"backend";
SELECT is(acting.reach('#writer'), '- 42501 0', 'own permissive policy of another role: nothing');
DROP POLICY own_all ON invoice;
CREATE POLICY own_select ON invoice FOR SELECT USING (kind = 'open');
SELECT is(acting.reach('#writer'), '1 42501 0', 'own permissive policy for SELECT: only that, and only its rows');
SELECT is(acting.reach('none'), '- 42501 0', 'R29: and nobody');
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'which is no hole');

-- Added later: void beside pat_auth_access, until pat_protect is called again.
DROP POLICY own_select ON invoice;
SELECT results_eq('SELECT severity, object FROM pat_auth.pat_check()', $$VALUES ('warning', 'policy pat_auth_access on table public.invoice')$$,
    'with the only permissive policy gone nobody gets in, and pat_check says so');
SELECT is(acting.reach('#writer'), '- 42501 0', 'as it is');
SELECT acting.protect() \g /dev/null
SELECT is(acting.reach('#writer'), '1,2 1 2', 'pat_protect again lets in whom its own let through');
CREATE POLICY own_select ON invoice FOR SELECT USING (kind = 'open');
SELECT is(acting.reach('#writer'), '1,2 1 2', 'one that was added later is void');
SELECT results_eq('SELECT severity, object FROM pat_auth.pat_check()', $$VALUES ('notice', 'policy own_select on table public.invoice')$$, 'pat_check says so');
SELECT acting.protect() \g /dev/null
SELECT is(acting.reach('#writer'), '1 42501 0', 'until pat_protect is called again');

-- Restrictive ones narrow with ours, whenever they came.
DROP POLICY own_select ON invoice;
CREATE POLICY own_narrow ON invoice AS RESTRICTIVE USING (kind = 'open');
SELECT acting.protect() \g /dev/null
SELECT is(acting.policies(), '{own_narrow,pat_auth_access,pat_auth_delete,pat_auth_insert,pat_auth_select,pat_auth_update}',
    'a restrictive policy lets nobody in: pat_auth_access is there');
SELECT is(acting.reach('#reader'), '1 42501 0', 'own restrictive policy: a reader');
SELECT is(acting.reach('#writer'), '1 1 1', 'own restrictive policy: a writer');

-- Another call with other arguments takes what the first made, and nothing else.
SELECT pat_auth.pat_protect('invoice', 'crm', 'invoice_reader', NULL) \g /dev/null
SELECT is(acting.reach('#writer'), '- 42501 0', 'R12: for another application: a token of the first has nothing left');
GRANT SELECT ON invoice TO :"backend";
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM invoice'), '2', 'who has the role there reads every tenant''s');
SELECT is((SELECT row(application, read_scope, write_scope, tenant_column, user_column)::text FROM pat_auth.protection), '(crm,invoice_reader,,,)', 'protection tells of the last call');
SELECT is(acting.policies(), '{own_narrow,pat_auth_access,pat_auth_delete,pat_auth_insert,pat_auth_select,pat_auth_update}', 'with the same policies');
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'as they should be');

-- pat_unprotect: what is left is the application's, with row security on.
SELECT pat_auth.pat_unprotect('invoice') \g /dev/null
SELECT is(acting.policies(), '{own_narrow}', 'pat_unprotect leaves the application''s policies');
SELECT is((SELECT row(relrowsecurity, relforcerowsecurity)::text FROM pg_class WHERE oid = 'invoice'::regclass), '(t,t)', 'and row security on and forced');
SELECT is(acting.reach('#writer'), '- 42501 0', 'R29: so that nobody sees a row');
SELECT throws_ok($$SELECT pat_auth.pat_unprotect('invoice')$$, '55000', NULL, 'it is not taken away twice');
DROP POLICY own_narrow ON invoice;

-- Whom row security does not bind: BYPASSRLS, and what its holder owns. The table's owner it does.
SELECT acting.protect() \g /dev/null
CREATE ROLE protect_policies_owner;
CREATE ROLE protect_policies_bypass BYPASSRLS;
GRANT SELECT ON invoice TO protect_policies_bypass;
ALTER TABLE invoice OWNER TO protect_policies_owner;
GRANT USAGE ON SCHEMA pat_auth TO protect_policies_owner;
GRANT CREATE ON SCHEMA public TO protect_policies_owner, protect_policies_bypass;
SET ROLE protect_policies_bypass;
SELECT is((SELECT count(*) FROM invoice), 4::bigint, 'BYPASSRLS sees all');
SET ROLE protect_policies_owner;
SELECT throws_ok('SELECT count(*) FROM invoice', '42501', NULL, 'R29: the owner without access nothing');
RESET ROLE;
SELECT pat_auth.pat_grant_access('protect_policies_owner') \g /dev/null
SET ROLE protect_policies_owner;
SELECT is((SELECT count(*) FROM invoice), 0::bigint, 'R29: and with access no row without an identity');
SELECT lives_ok('UPDATE invoice SET kind = NULL; DELETE FROM invoice', 'R29: he changes none');
SELECT throws_ok('TRUNCATE invoice', '42501', NULL, 'R29: and truncates nothing');
CREATE VIEW definer_view AS SELECT * FROM invoice;
CREATE FUNCTION definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM invoice);
GRANT SELECT ON definer_view TO PUBLIC;
RESET ROLE;
SELECT is((SELECT count(*) FROM invoice), 4::bigint, 'they are all there');
SELECT is(acting.trial('none', 'SELECT count(*) FROM definer_view'), '0', 'R29: a view of the owner''s is bound as he is');
SELECT is(acting.trial('none', 'SELECT definer()'), '0', 'R29: so is a function');
SELECT is(acting.trial('#reader', 'SELECT definer()'), '2', 'R29: under the caller''s identity');
ALTER VIEW definer_view OWNER TO protect_policies_bypass;
SELECT is(acting.trial('none', 'SELECT count(*) FROM definer_view'), '4', 'a view of a role with BYPASSRLS is not');
SELECT isnt_empty($$SELECT FROM pat_auth.pat_check() WHERE severity = 'critical' AND object = 'view public.definer_view'$$, 'which pat_check says');
DROP VIEW definer_view;
DROP FUNCTION definer();

-- COPY. (psql keeps no SQLSTATE of \copy: what counts is what was copied.)
ALTER TABLE invoice OWNER TO CURRENT_USER;
SELECT token AS reader FROM acting.kept_token WHERE name = 'reader' \gset
SELECT token AS writer FROM acting.kept_token WHERE name = 'writer' \gset
\set ON_ERROR_STOP off
SET SESSION AUTHORIZATION :"client";
\copy invoice to '/dev/null'
\set copied_by_nobody :ROW_COUNT
SET pat_auth.token = :'reader';
\copy invoice to '/dev/null'
\set copied :ROW_COUNT
\copy (SELECT * FROM invoice WHERE tenant <> 'acme') to '/dev/null'
\set copied_of_others :ROW_COUNT
SET row_security = off;
\copy invoice to '/dev/null'
\set copied_with_row_security_off :ROW_COUNT
RESET row_security;
SET pat_auth.token = :'writer';
\copy invoice from program 'printf "9\tacme\topen\n"'
RESET pat_auth.token;
RESET SESSION AUTHORIZATION;
\set ON_ERROR_STOP on
SELECT is(:copied_by_nobody, 0, 'R29: COPY TO gives nobody nothing');
SELECT is(:copied, 2, 'R29: and a token its tenant''s rows');
SELECT is(:copied_of_others, 0, 'R29: and not others''');
SELECT is(:copied_with_row_security_off, 0, 'R29: with row_security = off it is refused');
SELECT is((SELECT count(*) FROM invoice), 4::bigint, 'R29: COPY FROM is refused, with the scope to write too');

DROP OWNED BY protect_policies_owner, protect_policies_bypass;
DROP ROLE protect_policies_owner, protect_policies_bypass;
\ir include/end.sql
