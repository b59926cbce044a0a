-- The set-up tasks: who may not, and bad input.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SET SESSION AUTHORIZATION regress_backend;

-- Nobody is signed in.
SELECT pat_auth.pat_allow_application('erp', false);
\echo :SQLSTATE
SELECT pat_auth.pat_allow_role('erp', 'invoice_reader', false);
\echo :SQLSTATE
SELECT pat_auth.pat_set_role_available('erp', 'invoice_reader', false);
\echo :SQLSTATE
SELECT pat_auth.pat_allow_user('acme', 'alice', false);
\echo :SQLSTATE
SELECT pat_auth.pat_assign_role('acme', 'alice', 'erp', 'invoice_reader');
\echo :SQLSTATE
SELECT pat_auth.pat_unassign_role('acme', 'alice', 'erp', 'invoice_reader');
\echo :SQLSTATE

-- R1 to R5: who may what; everybody else is told what is missing, and who could.
CREATE FUNCTION pg_temp.try_all(tenant text, user_name text, OUT task text, OUT sqlstate text, OUT message text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql
AS $$
DECLARE
    failure record;
BEGIN
    PERFORM pat_auth.pat_login_user(tenant, user_name);
    FOREACH task IN ARRAY ARRAY[
        'pat_allow_application(''crm'', false)',
        'pat_allow_application(''crm'', false, ''acme'')',
        'pat_allow_role(''erp'', ''invoice_clerk'', true)',
        'pat_allow_role(''crm'', ''invoice_reader'', false)',
        'pat_set_role_available(''erp'', ''invoice_auditor'', true)',
        'pat_set_role_available(''crm'', ''invoice_reader'', false)',
        'pat_allow_user(''acme'', ''carol'', true)',
        'pat_assign_role(''acme'', ''carol'', ''erp'', ''invoice_reader'')',
        'pat_assign_role(''acme'', ''carol'', ''crm'', ''invoice_reader'')',
        'pat_unassign_role(''acme'', ''alice'', ''erp'', ''invoice_reader'')']
    LOOP
        failure := public.failure_of('SELECT pat_auth.' || task);
        sqlstate := coalesce(failure.sqlstate, 'done');
        message := failure.message;
        hint := failure.hint;
        RETURN NEXT;
    END LOOP;
END
$$;
SET client_min_messages = error;
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('acme', 'appadmin');
ROLLBACK;
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('acme', 'owner');
ROLLBACK;
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('acme', 'dev');
ROLLBACK;
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('acme', 'useradmin');
ROLLBACK;
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('acme', 'alice');
ROLLBACK;
-- Another tenant's user administrator may not know of its users.
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('globex', 'useradmin');
ROLLBACK;
-- A main administrator does all but the developer's.
BEGIN;
SELECT task, sqlstate, message FROM pg_temp.try_all('acme', 'main');
ROLLBACK;
-- Each refusal says who could.
BEGIN;
SELECT message, hint FROM pg_temp.try_all('acme', 'alice') WHERE hint <> '' GROUP BY message, hint ORDER BY message;
ROLLBACK;
RESET client_min_messages;

-- R25: a token carries out none, of whatever application.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT token FROM pat_auth.pat_create('administration', 'task', ARRAY['licensing'], ((now() AT TIME ZONE 'UTC')::date + 30)) \gset
COMMIT;
SET pat_auth.token = :'token';
SELECT pat_auth.pat_allow_application('erp', false);
\echo :SQLSTATE
SELECT pat_auth.pat_assign_role('acme', 'alice', 'erp', 'invoice_reader');
\echo :SQLSTATE
RESET pat_auth.token;

-- Nulls.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT task, sqlstate, message
FROM unnest(ARRAY[
    'pat_allow_application(NULL, true)', 'pat_allow_application(''erp'', NULL)',
    'pat_allow_role(NULL, ''invoice_reader'', true)', 'pat_allow_role(''erp'', NULL, true)',
    'pat_allow_role(''erp'', ''invoice_reader'', NULL)',
    'pat_set_role_available(NULL, ''invoice_reader'', true)', 'pat_set_role_available(''erp'', NULL, true)',
    'pat_set_role_available(''erp'', ''invoice_reader'', NULL)',
    'pat_allow_user(NULL, ''alice'', true)', 'pat_allow_user(''acme'', NULL, true)', 'pat_allow_user(''acme'', ''alice'', NULL)',
    'pat_assign_role(NULL, ''alice'', ''erp'', ''invoice_reader'')', 'pat_assign_role(''acme'', NULL, ''erp'', ''invoice_reader'')',
    'pat_assign_role(''acme'', ''alice'', NULL, ''invoice_reader'')', 'pat_assign_role(''acme'', ''alice'', ''erp'', NULL)',
    'pat_unassign_role(NULL, ''alice'', ''erp'', ''invoice_reader'')', 'pat_unassign_role(''acme'', NULL, ''erp'', ''invoice_reader'')',
    'pat_unassign_role(''acme'', ''alice'', NULL, ''invoice_reader'')', 'pat_unassign_role(''acme'', ''alice'', ''erp'', NULL)'
]) AS task
CROSS JOIN LATERAL failure_of('SELECT pat_auth.' || task);

-- Unknown ones, empty ones, quotes, too long, homoglyphs.
SELECT task, sqlstate, message
FROM unnest(ARRAY[
    'pat_allow_application(''unknown'', true)', 'pat_allow_application('''', true)',
    'pat_allow_application(''erp'', true, ''unknown'')', 'pat_allow_application(''erp'', true, '''')',
    'pat_allow_role(''unknown'', ''invoice_reader'', true)', 'pat_set_role_available(''erp'', ''unknown'', true)',
    'pat_set_role_available(''crm'', ''invoice_writer'', true)',
    'pat_allow_user(''acme'', ''unknown'', true)', 'pat_allow_user(''globex'', ''alice'', true)',
    'pat_allow_user(''acme'', ''alice'''' OR true --'', true)', 'pat_allow_user(''acme'', U&''\0430lice'', true)',
    'pat_assign_role(''acme'', ''unknown'', ''erp'', ''invoice_reader'')', 'pat_assign_role(''acme'', ''alice'', ''unknown'', ''invoice_reader'')',
    'pat_assign_role(''acme'', ''alice'', ''erp'', ''unknown'')',
    'pat_unassign_role(''acme'', ''unknown'', ''erp'', ''invoice_reader'')', 'pat_unassign_role(''acme'', ''alice'', ''erp'', ''unknown'')'
]) AS task
CROSS JOIN LATERAL failure_of('SELECT pat_auth.' || task);
-- R26: the roles of administration come with an administrator role, and are not assigned.
SELECT sqlstate IN ('22023', '42501', '42704', '55000') AS is_refused
FROM failure_of('SELECT pat_auth.pat_assign_role(''acme'', ''alice'', ''administration'', ''licensing'')');
SELECT sqlstate, length(message) FROM failure_of('SELECT pat_auth.pat_allow_user(''acme'', repeat(''x'', 1000000), true)');
ROLLBACK;

-- R1, R2: only an allowed role, in an application that allows tokens; with the way out.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_set_role_available('erp', 'invoice_clerk', true);
\echo :SQLSTATE
SELECT pat_auth.pat_allow_application('erp', false);
SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', true);
\echo :SQLSTATE
-- Withdrawing is always possible.
SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', false);
ROLLBACK;
-- For a superuser as well.
RESET SESSION AUTHORIZATION;
SELECT pat_auth.pat_set_role_available('erp', 'invoice_clerk', true);
\echo :SQLSTATE

-- R25, R27: the built-in application stays as it is, for everybody.
SELECT pat_auth.pat_allow_application('administration', false);
\echo :SQLSTATE
SELECT pat_auth.pat_allow_role('administration', 'licensing', false);
\echo :SQLSTATE
SELECT pat_auth.pat_set_role_available('administration', 'licensing', false);
\echo :SQLSTATE

DELETE FROM pat_auth.token;
