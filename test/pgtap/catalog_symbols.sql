-- What the installed library exports: what PostgreSQL looks up by name, and nothing that could collide with another
-- extension in the same backend. psql runs on the server's machine here, so its shell can ask nm.
BEGIN;
\set QUIET on
SELECT plan(2);
\set exported `nm --dynamic --defined-only "$("${PG_CONFIG:-pg_config}" --pkglibdir)/pat_auth.so" | awk '{ print $3 }' | sort | tr '\n' ' '`
SELECT cmp_ok(length(:'exported'), '>', 500, 'nm names symbols');
SELECT set_eq(
    format($$SELECT unnest(string_to_array(trim(%L), ' '))$$, :'exported'),
    $$SELECT unnest('{Pg_magic_func,_PG_init,pat_auth_usage_launcher,pat_auth_usage_writer}'::text[])
    UNION SELECT prosrc FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace AND probin = '$libdir/pat_auth'
    UNION SELECT 'pg_finfo_' || prosrc FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace AND probin = '$libdir/pat_auth'$$,
    'the library exports its SQL functions, all of them, and what the server starts it by');
SELECT * FROM finish();
ROLLBACK;
