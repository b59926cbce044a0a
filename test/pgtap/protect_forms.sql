-- pat_protect() with every combination of its arguments: what each kind of statement does under each kind of identity,
-- against what the arguments say; and that the policies cost the same for one row and for a thousand.
\set file protect_forms
\ir include/fixture.sql
SELECT no_plan();

SELECT acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null
SELECT acting.create_token('writer', 'acme/alice', 'erp', '{invoice_writer}') \g /dev/null
SELECT acting.create_token('both', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}') \g /dev/null
SELECT acting.create_token('crm', 'acme/alice', 'crm', '{invoice_reader}') \g /dev/null

-- What each statement gives to somebody of acme, alice, who may read or write or both, when `reach` of the four rows
-- are his. 'own' and 'other' in a statement's name: whether its row would be his.
CREATE TABLE acting.statement (name text, statement text);
INSERT INTO acting.statement VALUES
    ('SELECT', 'SELECT count(*) FROM form'),
    ('SELECT FOR UPDATE', 'SELECT count(*) FROM (SELECT FROM form FOR UPDATE) AS locked'),
    ('INSERT own', 'INSERT INTO form VALUES (5, ''acme'', ''alice'')'),
    ('INSERT other', 'INSERT INTO form VALUES (5, ''globex'', ''gina'')'),
    ('INSERT RETURNING', 'WITH made AS (INSERT INTO form VALUES (5, ''acme'', ''alice'') RETURNING id) SELECT count(*) FROM made'),
    ('INSERT ON CONFLICT own', 'INSERT INTO form VALUES (1, ''acme'', ''alice'') ON CONFLICT (id) DO UPDATE SET note = ''x'''),
    ('INSERT ON CONFLICT other', 'INSERT INTO form VALUES (3, ''acme'', ''alice'') ON CONFLICT (id) DO UPDATE SET note = ''x'''),
    ('UPDATE all', 'UPDATE form SET note = ''x'''),
    ('UPDATE WHERE', 'UPDATE form SET note = ''x'' WHERE id > 0'),
    ('UPDATE FROM', 'UPDATE form SET note = ''x'' FROM (VALUES (1)) AS given (number) WHERE number = id'),
    ('UPDATE RETURNING', 'WITH changed AS (UPDATE form SET note = ''x'' RETURNING id) SELECT count(*) FROM changed'),
    ('UPDATE away', 'UPDATE form SET tenant = ''globex'', owner = ''gina'''),
    ('DELETE all', 'DELETE FROM form'),
    ('DELETE WHERE', 'DELETE FROM form WHERE id > 0'),
    ('MERGE UPDATE', 'MERGE INTO form USING (VALUES (1)) AS given (number) ON number = id WHEN MATCHED THEN UPDATE SET note = ''x'''),
    ('MERGE DELETE', 'MERGE INTO form USING (VALUES (1)) AS given (number) ON number = id WHEN MATCHED THEN DELETE'),
    ('MERGE INSERT own', 'MERGE INTO form USING (VALUES (5)) AS given (number) ON number = id WHEN NOT MATCHED THEN INSERT VALUES (5, ''acme'', ''alice'')'),
    ('MERGE INSERT other', 'MERGE INTO form USING (VALUES (5)) AS given (number) ON number = id WHEN NOT MATCHED THEN INSERT VALUES (5, ''globex'', ''gina'')'),
    ('TRUNCATE', 'TRUNCATE form');
CREATE FUNCTION acting.expected(statement text, reads boolean, writes boolean, reach bigint, owned boolean) RETURNS text
LANGUAGE sql AS $$
    SELECT CASE
        WHEN statement = 'SELECT' THEN CASE WHEN reads THEN reach::text ELSE '0' END
        WHEN statement IN ('UPDATE all', 'DELETE all') THEN CASE WHEN writes THEN reach::text ELSE '0' END
        WHEN statement IN ('UPDATE WHERE', 'DELETE WHERE', 'UPDATE RETURNING', 'SELECT FOR UPDATE')
            THEN CASE WHEN reads AND writes THEN reach::text ELSE '0' END
        WHEN statement = 'UPDATE FROM' THEN CASE WHEN reads AND writes THEN '1' ELSE '0' END
        WHEN statement = 'UPDATE away' THEN CASE WHEN NOT writes THEN '0' WHEN owned THEN '42501' ELSE reach::text END
        WHEN statement IN ('INSERT own', 'MERGE INSERT own') THEN CASE WHEN writes THEN '1' ELSE '42501' END
        WHEN statement IN ('INSERT other', 'MERGE INSERT other') THEN CASE WHEN writes AND NOT owned THEN '1' ELSE '42501' END
        WHEN statement IN ('INSERT RETURNING', 'INSERT ON CONFLICT own') THEN CASE WHEN reads AND writes THEN '1' ELSE '42501' END
        WHEN statement = 'INSERT ON CONFLICT other' THEN CASE WHEN reads AND writes AND NOT owned THEN '1' ELSE '42501' END
        WHEN statement IN ('MERGE UPDATE', 'MERGE DELETE') THEN CASE WHEN NOT reads THEN '0' WHEN writes THEN '1' ELSE '42501' END
        WHEN statement = 'TRUNCATE' THEN CASE WHEN writes AND NOT owned THEN '0' ELSE '42501' END
    END
$$;

CREATE TABLE form (id integer PRIMARY KEY, tenant text, owner text, note text);
INSERT INTO form VALUES (1, 'acme', 'alice'), (2, 'acme', 'bob'), (3, 'globex', 'gina'), (4, 'globex', 'alice');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON form TO :"client";

-- Each combination, and then one transaction for each identity. A call replaces what the one before made.
SELECT CASE WHEN identity IS NULL THEN format('SELECT pat_auth.pat_protect(''form'', ''erp'', %L, %L, %L, %L)',
        read_scope, write_scope, tenant_column, user_column)
    ELSE format($$SELECT is(array_agg(name || ': ' || acting.trial(%1$L, statement) ORDER BY name),
            array_agg(name || ': ' || acting.expected(name, %2$L, %3$L, %4$s, %5$L) ORDER BY name), %6$L)
        FROM acting.statement$$,
        identity, may_read AND read_scope IS NOT NULL, may_write AND write_scope IS NOT NULL,
        (SELECT count(*) FROM form WHERE (tenant_column IS NULL OR tenant = 'acme') AND (user_column IS NULL OR owner = 'alice')),
        coalesce(tenant_column, user_column) IS NOT NULL,
        format('R29: %s: %s reads, %s writes, of %s, of %s', identity, coalesce(read_scope, 'nobody'),
            coalesce(write_scope, 'nobody'), coalesce('his ' || tenant_column, 'any tenant'), CASE WHEN user_column IS NULL THEN 'any user' ELSE 'himself' END)) END
FROM (VALUES ('invoice_reader'), (NULL)) AS r (read_scope), (VALUES ('invoice_writer'), (NULL)) AS w (write_scope),
    (VALUES ('tenant'), (NULL)) AS t (tenant_column), (VALUES ('owner'), (NULL)) AS u (user_column),
    (VALUES (NULL, NULL::boolean, NULL::boolean), ('none', false, false), ('#reader', true, false), ('#writer', false, true),
        ('#both', true, true), ('#crm', false, false)) AS i (identity, may_read, may_write)
ORDER BY read_scope, write_scope, tenant_column, user_column, identity NULLS FIRST \gexec

SELECT is((SELECT count(*) FROM pg_policies WHERE tablename = 'form'), 5::bigint, 'sixteen calls left the policies of one');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 'form'::regclass), 1::bigint, 'and its trigger');
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'of which none is a hole');

-- The same cost for one row and for a thousand: each reader that the policies name is asked once a query, however many
-- rows are looked at, and an index on the column is used.
CREATE TABLE large (id integer, of_text text, of_integer integer, of_bigint bigint, of_uuid uuid, owner text);
INSERT INTO large SELECT i, 'acme', i % 100, i % 100, gen_random_uuid(), 'alice' FROM generate_series(1, 1000) AS i;
INSERT INTO large SELECT i, 'globex', i % 100, i % 100, gen_random_uuid(), 'gina' FROM generate_series(1, 9000) AS i;
CREATE INDEX ON large (of_text);
CREATE INDEX ON large (of_integer);
CREATE INDEX ON large (of_bigint);
CREATE INDEX ON large (of_uuid);
CREATE INDEX ON large (owner);
GRANT SELECT ON large TO :"client";
ANALYZE large;
CREATE FUNCTION acting.calls(statement text, OUT asked text) LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
BEGIN
    PERFORM set_config('track_functions', 'all', true), set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'off', true);
    PERFORM acting.sign_in('#both');
    SELECT coalesce(jsonb_object_agg(funcname, calls), '{}') INTO before FROM pg_stat_xact_user_functions WHERE schemaname = 'pat_auth';
    EXECUTE statement;
    SELECT string_agg(funcname || ' ' || calls - coalesce((before ->> funcname)::bigint, 0), ', ' ORDER BY funcname) INTO asked
    FROM pg_stat_xact_user_functions WHERE schemaname = 'pat_auth' AND calls > coalesce((before ->> funcname)::bigint, 0);
    PERFORM set_config('role', 'none', true);
END
$$;
CREATE FUNCTION acting.plan(statement text, OUT plan text) LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    PERFORM acting.sign_in('#both');
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        plan := concat(plan, line, E'\n');
    END LOOP;
    PERFORM set_config('role', 'none', true);
END
$$;
SELECT CASE kind WHEN 1 THEN format('SELECT pat_auth.pat_protect(''large'', ''erp'', ''invoice_reader'', ''invoice_writer'', %L, %L)', tenant_column, user_column)
    WHEN 2 THEN format('SELECT is(acting.calls(''SELECT count(*) FROM large''), %L, %L)',
        concat_ws(', ', CASE WHEN coalesce(tenant_column, user_column) IS NULL THEN 'pat_has_scope 1' END,
            'restrictive_policies_decide 1', -- by the planner
            CASE WHEN tenant_column = 'of_text' THEN 'tenant_with_scope 1' WHEN tenant_column = 'of_uuid' THEN 'tenant_with_scope_as_uuid 1'
                WHEN tenant_column IS NOT NULL THEN 'tenant_with_scope_as_bigint 1' END,
            -- No row of another type gets that far.
            CASE WHEN user_column IS NOT NULL AND coalesce(tenant_column, 'of_text') = 'of_text' THEN 'user_with_scope 1' END),
        format('a query of ten thousand rows asks each reader once: tenant %s, user %s', coalesce(tenant_column, 'any'), coalesce(user_column, 'any')))
    ELSE format('SELECT matches(acting.plan(''SELECT * FROM large''), %L, %L)',
        'Index Cond: \((' || coalesce(tenant_column, '') || '|' || coalesce(user_column, '') || ') = ',
        format('and uses an index: tenant %s, user %s', coalesce(tenant_column, 'any'), coalesce(user_column, 'any'))) END
FROM (VALUES ('of_text'), ('of_integer'), ('of_bigint'), ('of_uuid'), (NULL)) AS t (tenant_column), (VALUES ('owner'), (NULL)) AS u (user_column),
    generate_series(1, 3) AS kind
WHERE kind < 3 OR coalesce(tenant_column, user_column) IS NOT NULL
ORDER BY tenant_column, user_column, kind \gexec

\ir include/end.sql
