-- The error boundary between C++ and PostgreSQL (src/server/guard.h), through a module of test functions that is
-- compiled with it: test/module.
BEGIN;
\set QUIET on
SET LOCAL client_min_messages = warning;
CREATE SCHEMA boundary;
CREATE FUNCTION boundary.raise(way text, layers integer) RETURNS integer
    LANGUAGE c AS 'pat_auth_boundary_test', 'boundary_raise';
CREATE FUNCTION boundary.direct() RETURNS void LANGUAGE c AS 'pat_auth_boundary_test', 'boundary_direct';
CREATE FUNCTION boundary.execute(sql text) RETURNS bigint LANGUAGE c AS 'pat_auth_boundary_test', 'boundary_execute';
CREATE FUNCTION boundary.objects(OUT constructed bigint, OUT destroyed bigint)
    LANGUAGE c AS 'pat_auth_boundary_test', 'boundary_objects';
CREATE FUNCTION boundary.catch(way text, layers integer, times integer,
        OUT current_context bigint, OUT all_contexts bigint, OUT error_context bigint, OUT heap bigint)
    LANGUAGE c AS 'pat_auth_boundary_test', 'boundary_catch';
CREATE FUNCTION boundary.seen(way text, layers integer,
        OUT kind text, OUT what text, OUT what_after_release text, OUT is_intact boolean,
        OUT state text, OUT message text, OUT detail text, OUT hint text, OUT schema_name text, OUT table_name text,
        OUT column_name text, OUT datatype_name text, OUT constraint_name text, OUT internal_query text,
        OUT cursor_position integer, OUT internal_position integer)
    LANGUAGE c AS 'pat_auth_boundary_test', 'boundary_seen';

-- All that PL/pgSQL can say of an error. The context only as far as it is the error's own.
CREATE FUNCTION boundary.diagnose(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; message text; detail text; hint text; context text;
    "schema" text; "table" text; "column" text; datatype text; "constraint" text;
BEGIN
    EXECUTE sql;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT, "schema" = SCHEMA_NAME, "table" = TABLE_NAME,
        "column" = COLUMN_NAME, datatype = PG_DATATYPE_NAME, "constraint" = CONSTRAINT_NAME;
    RETURN concat_ws('|', state, message, detail, hint, split_part(context, E'\n', 1), "schema", "table", "column",
        datatype, "constraint");
END
$$;
-- How often the error's context names that function: an error that is raised again must not collect it again.
CREATE FUNCTION boundary.context_lines(sql text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    context text;
BEGIN
    EXECUTE sql;
    RETURN 0;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
    RETURN (SELECT count(*) FROM regexp_matches(context, 'context_lines\(text\)', 'g'));
END
$$;

SELECT plan(46);

-- An error of the server goes through C++ frames and comes out whole.
\set whole '23514|the primary message|the detail|the hint|the context|the schema|the table|the column|the data type|the constraint'
SELECT is(boundary.diagnose('SELECT boundary.direct()'), :'whole', 'an error jumps over an entry and stays whole');
SELECT is(boundary.diagnose(format('SELECT boundary.raise(''server'', %s)', layers)), :'whole',
    format('every field of an error survives %s layers of C++ and server', layers))
FROM unnest(ARRAY[0, 1, 2, 50]) AS layers;
SELECT is(boundary.context_lines('SELECT boundary.raise(''server'', 3)'), 1, 'its context is collected once');
SELECT is(boundary.raise('none', layers), 42, format('a result comes back through %s layers', layers))
FROM unnest(ARRAY[0, 3]) AS layers;

-- Exceptions become errors of the server.
SELECT throws_ok('SELECT boundary.raise(''runtime_error'', ' || layers || ')', 'XX000', 'the words of the exception',
    format('an exception becomes an internal error with its words, %s layers', layers))
FROM unnest(ARRAY[0, 1, 5]) AS layers;
SELECT throws_ok('SELECT boundary.raise(''bad_alloc'', ' || layers || ')', '53200', 'out of memory',
    format('std::bad_alloc becomes out_of_memory, %s layers', layers))
FROM unnest(ARRAY[0, 1, 5]) AS layers;
SELECT throws_ok('SELECT boundary.raise(''int'', ' || layers || ')', 'XX000', 'unexpected exception',
    format('what is no std::exception becomes an internal error, %s layers', layers))
FROM unnest(ARRAY[0, 1, 5]) AS layers;
SELECT matches(boundary.diagnose('SELECT boundary.raise(''long'', 1)'), '^XX000\|x{100,255}(\||$)',
    'the words of 10,000 characters are cut, and no more');
SELECT is(boundary.context_lines('SELECT boundary.raise(''runtime_error'', 3)'), 1,
    'an exception''s context is collected once, too');

-- What C++ sees, and what is left of the server's stacks.
SELECT is(seen::text, ROW('ServerError', 'the primary message', 'error of the server', true, '23514', 'the primary message',
    'the detail', 'the hint', 'the schema', 'the table', 'the column', 'the data type', 'the constraint',
    'the internal query', 7, 3)::text, format('C++ catches the whole error, %s layers', layers))
FROM unnest(ARRAY[0, 2]) AS layers, boundary.seen('server', layers) AS seen;
SELECT is((kind, what, is_intact), ('std::runtime_error'::text, 'the words of the exception'::text, true),
    'an exception passes call_server as it is, and the server''s handlers are restored')
FROM boundary.seen('runtime_error', 0);
SELECT is((kind, is_intact), ('std::bad_alloc'::text, true), 'so does std::bad_alloc') FROM boundary.seen('bad_alloc', 0);
SELECT is((kind, is_intact), ('int'::text, true), 'so does what is no std::exception') FROM boundary.seen('int', 0);
SELECT is((kind, state, message, is_intact), ('ServerError'::text, '53200'::text, 'out of memory'::text, true),
    'an exception that went through an entry is an error of the server for the C++ above')
FROM boundary.seen('bad_alloc', 1);
SELECT is((kind, is_intact), ('nothing'::text, true), 'without a failure nothing is caught') FROM boundary.seen('none', 2);

-- Errors that the server itself makes, in the middle of its own work.
CREATE TABLE boundary.item (number integer CONSTRAINT item_number PRIMARY KEY CONSTRAINT item_positive CHECK (number > 0));
INSERT INTO boundary.item VALUES (1);
SELECT is(boundary.execute('INSERT INTO boundary.item VALUES (2), (3)'), 2::bigint, 'SQL runs through the guard');
SELECT is(boundary.diagnose($$SELECT boundary.execute('INSERT INTO boundary.item VALUES (1)')$$),
    '23505|duplicate key value violates unique constraint "item_number"|Key (number)=(1) already exists.||'
    'SQL statement "INSERT INTO boundary.item VALUES (1)"|boundary|item|||item_number', 'a real unique violation stays whole');
SELECT is(boundary.diagnose($$SELECT boundary.execute('INSERT INTO boundary.item VALUES (0)')$$),
    '23514|new row for relation "item" violates check constraint "item_positive"|Failing row contains (0).||'
    'SQL statement "INSERT INTO boundary.item VALUES (0)"|boundary|item|||item_positive', 'so does a check violation');
SELECT throws_ok($$SELECT boundary.execute('SELECT 1 +')$$, '42601', NULL, 'so does a syntax error');
SELECT throws_ok($$SELECT boundary.execute('SELECT boundary.execute(''SELECT boundary.raise(''''bad_alloc'''', 2)'')')$$,
    '53200', 'out of memory', 'SQL within C++ within SQL within C++');
SELECT throws_ok($$SELECT boundary.execute('SELECT 1 FROM boundary.item WHERE number = 1 / (number - 1)')$$, '22012', NULL,
    'an error with a scan open releases it');
SELECT is((SELECT count(*) FROM boundary.item), 3::bigint, 'and the table can be read and dropped afterwards');
DROP TABLE boundary.item;
-- (WHEN OTHERS, and so throws_ok, does not catch a cancellation.)
CREATE FUNCTION boundary.cancelled(sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE sql;
    RETURN 'no error';
EXCEPTION WHEN query_canceled THEN
    RETURN SQLSTATE;
END
$$;
SET LOCAL statement_timeout = '50ms';
SELECT is(boundary.cancelled($$SELECT boundary.execute('SELECT pg_sleep(60)')$$), '57014',
    'a statement is cancelled through the guard');
SET LOCAL statement_timeout = 0;

-- Destructors.
SELECT * FROM boundary.objects() \gset before_
SELECT is(:before_constructed - :before_destroyed, 0, 'every object of all that was destroyed');
SELECT is((SELECT count(*) FROM unnest(ARRAY['server', 'runtime_error', 'bad_alloc', 'int']) AS way,
    boundary.diagnose(format('SELECT boundary.raise(%L, 9)', way)) AS diagnosed WHERE diagnosed <> 'no error'), 4::bigint,
    'four ways to fail below ten objects each');
SELECT is((constructed - :before_constructed, destroyed - :before_destroyed), (40::bigint, 40::bigint),
    'each of the forty is destroyed, once') FROM boundary.objects();

-- 100,000 errors, caught and freed, leave nothing.
SELECT is(grown::text, '(0,0,0,0)',
    format('100,000 errors (%s, %s layers) leave nothing in the memory contexts and the heap', way, layers))
FROM (VALUES ('server', 0), ('runtime_error', 0), ('bad_alloc', 0), ('int', 0), ('server', 1), ('bad_alloc', 1)) AS ways (way, layers),
    boundary.catch(way, layers, 100000) AS grown;
SELECT is((SELECT constructed - destroyed FROM boundary.objects()), 0::bigint, 'nor objects');

-- The same as people meet it: caught by PL/pgSQL.
CREATE FUNCTION boundary.catch_in_sql(way text, times integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. times LOOP
        BEGIN
            PERFORM boundary.raise(way, 2);
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
    END LOOP;
END
$$;
SELECT boundary.catch_in_sql(way, 100) FROM unnest(ARRAY['server', 'int']) AS way \g /dev/null
SELECT sum(used_bytes) AS used FROM pg_backend_memory_contexts \gset before_
SELECT boundary.catch_in_sql('server', 50000), boundary.catch_in_sql('int', 50000) \g /dev/null
SELECT sum(used_bytes) AS used FROM pg_backend_memory_contexts \gset after_
SELECT cmp_ok(:after_used - :before_used, '<', 20000, '100,000 errors caught in PL/pgSQL leave the backend''s memory as it was');
SELECT is((SELECT total_bytes FROM pg_backend_memory_contexts WHERE name = 'ErrorContext'), 8192::bigint,
    'and its context of errors has not grown');

SELECT * FROM finish();
ROLLBACK;
