-- The extension goes as cleanly as it came: last of all tests, as its name says.
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- Not while a table is confined by it.
\set VERBOSITY terse
DROP EXTENSION pat_auth;
\echo :SQLSTATE
\set VERBOSITY default

-- The table stays and, with row-level security on and no policy, shows nothing to anybody but superusers.
SET SESSION AUTHORIZATION regress_owner;
SELECT pat_auth.pat_unprotect('invoice');
SELECT * FROM invoice;
DROP TABLE invoice;
RESET SESSION AUTHORIZATION;
DROP FUNCTION failure_of;
DROP EXTENSION pat_auth;
SELECT count(*) FROM pg_namespace WHERE nspname = 'pat_auth';

-- The roles go unless another database uses them.
REVOKE ALL ON SCHEMA public FROM regress_owner;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['regress_backend', 'regress_app', 'regress_owner', 'regress_nobody'] LOOP
        BEGIN
            EXECUTE format('DROP ROLE %I', name);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            NULL;
        END;
    END LOOP;
END
$$;
