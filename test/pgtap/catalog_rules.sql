-- What holds for every object of the extension, those to come included: each assertion asks the catalogues for the
-- objects that break it, and names them.
BEGIN;
\set QUIET on
SET LOCAL client_min_messages = warning;
SELECT plan(42);

CREATE TEMPORARY VIEW our_function AS
SELECT pg_proc.*, oid::regprocedure::text AS signature FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace;
CREATE TEMPORARY VIEW our_relation AS
SELECT pg_class.*, oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace;
CREATE TEMPORARY VIEW our_column AS
SELECT our_relation.relkind, our_relation.name AS relation, attrelid, attnum, attname, attacl
FROM our_relation JOIN pg_attribute ON attrelid = our_relation.oid
WHERE relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped;
CREATE TEMPORARY VIEW member AS
SELECT identity.*
FROM pg_depend, pg_identify_object(classid, objid, 0) AS identity
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pat_auth');

-- Tables without rows, that are only invalidated.
CREATE TEMPORARY TABLE marker AS SELECT unnest('{pat_auth.rights_generation,pat_auth.token_generation}'::text[]) AS name;

SELECT cmp_ok((SELECT count(*) FROM our_function), '>', 30::bigint, 'there are functions to look at');
SELECT cmp_ok((SELECT count(*) FROM our_relation WHERE relkind = 'r'), '>', 10::bigint, 'there are tables to look at');
SELECT cmp_ok((SELECT count(*) FROM our_relation WHERE relkind = 'v'), '>', 2::bigint, 'there are views to look at');

-- The schema
SELECT is_empty($$
    SELECT privilege_type FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
    WHERE nspname = 'pat_auth' AND grantee <> nspowner$$, 'the schema is nobody''s but its owner''s');
SELECT is((SELECT nspowner FROM pg_namespace WHERE nspname = 'pat_auth'),
    (SELECT extowner FROM pg_extension WHERE extname = 'pat_auth'), 'the schema''s owner is the extension''s');
SELECT ok(EXISTS (SELECT FROM member WHERE type = 'schema' AND identity = 'pat_auth'), 'the schema belongs to the extension');
SELECT isnt(obj_description('pat_auth'::regnamespace, 'pg_namespace'), NULL, 'the schema has a comment');
SELECT is_empty($$SELECT defaclobjtype, defaclacl FROM pg_default_acl WHERE defaclnamespace = 'pat_auth'::regnamespace$$,
    'no default privileges are set in it');

-- All objects
SELECT is_empty($$SELECT type, identity FROM member WHERE schema IS DISTINCT FROM 'pat_auth' AND type <> 'schema'$$,
    'the extension has no object outside its schema');
SELECT is_empty($$
    SELECT signature FROM our_function
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = our_function.oid AND deptype = 'e')$$,
    'every function in the schema belongs to the extension');
SELECT is_empty($$
    SELECT name FROM our_relation WHERE relkind NOT IN ('i', 'I', 't')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = our_relation.oid AND deptype = 'e')$$,
    'every table, view and sequence in it belongs to the extension');
SELECT is_empty($$
    SELECT typname FROM pg_type WHERE typnamespace = 'pat_auth'::regnamespace AND typrelid = 0 AND typelem = 0$$,
    'it has no types but those of its tables and views');
SELECT is_empty($$
    SELECT oid::text FROM pg_operator WHERE oprnamespace = 'pat_auth'::regnamespace
    UNION ALL SELECT oid::text FROM pg_opclass WHERE opcnamespace = 'pat_auth'::regnamespace
    UNION ALL SELECT oid::text FROM pg_collation WHERE collnamespace = 'pat_auth'::regnamespace
    UNION ALL SELECT oid::text FROM pg_conversion WHERE connamespace = 'pat_auth'::regnamespace
    UNION ALL SELECT oid::text FROM pg_statistic_ext WHERE stxnamespace = 'pat_auth'::regnamespace$$,
    'it has no operators, operator classes, collations, conversions or extended statistics');
SELECT is_empty($$
    SELECT signature FROM our_function WHERE proowner <> (SELECT extowner FROM pg_extension WHERE extname = 'pat_auth')
    UNION ALL
    SELECT name FROM our_relation WHERE relowner <> (SELECT extowner FROM pg_extension WHERE extname = 'pat_auth')$$,
    'the extension''s owner owns every function and relation');

-- Functions
SELECT is_empty($$
    SELECT signature, grantee::regrole FROM our_function, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    WHERE grantee <> proowner$$, 'no function is granted to PUBLIC or anybody');
SELECT is_empty($$SELECT signature FROM our_function WHERE proleakproof$$, 'no function is leakproof');
SELECT is_empty($$SELECT signature FROM our_function WHERE prosecdef$$, 'no function is SECURITY DEFINER');
SELECT is_empty($$SELECT signature, lanname FROM our_function JOIN pg_language ON pg_language.oid = prolang
    WHERE lanname NOT IN ('c', 'sql')$$, 'every function is of language C or SQL');
SELECT is_empty($$SELECT signature, proconfig FROM our_function JOIN pg_language ON pg_language.oid = prolang
    WHERE lanname <> 'c' AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(proconfig, '{}'))$$,
    'every SQL function pins its search path');
SELECT is_empty($$SELECT signature, proconfig FROM our_function JOIN pg_language ON pg_language.oid = prolang
    WHERE lanname = 'c' AND proconfig IS NOT NULL$$, 'no C function has settings of its own');
SELECT is_empty($$SELECT signature, probin FROM our_function JOIN pg_language ON pg_language.oid = prolang
    WHERE lanname = 'c' AND (probin <> '$libdir/pat_auth' OR prosrc NOT LIKE 'pat\_auth\_%')$$,
    'every C function is the module''s own');
SELECT is_empty($$SELECT signature, prokind FROM our_function WHERE prokind <> 'f'$$,
    'there are no procedures, aggregates or window functions');
SELECT is_empty($$SELECT signature FROM our_function WHERE coalesce(obj_description(oid, 'pg_proc'), '') !~ '\w+ \w+'$$,
    'every function has a comment');
SELECT set_eq($$SELECT signature FROM our_function WHERE provolatile = 'i'$$,
    $$VALUES ('pat_auth.is_name(text)'), ('pat_auth.restrictive_policies_decide()')$$,
    'only what reads nothing at all is IMMUTABLE');
SELECT set_eq($$SELECT signature FROM our_function WHERE proisstrict$$, $$VALUES ('pat_auth.is_name(text)')$$,
    'only is_name is STRICT: the others say what must not be null');
SELECT is_empty($$SELECT signature FROM our_function WHERE provolatile IN ('i', 's') AND proparallel <> 's'$$,
    'readers are PARALLEL SAFE');
SELECT set_eq($$SELECT signature, proparallel::text FROM our_function WHERE provolatile = 'v' AND proparallel <> 'u'$$,
    $$VALUES ('pat_auth.pat_verify(text,inet)', 's'), ('pat_auth.health_check()', 'r'), ('pat_auth.health_check_advanced()', 'r'),
    ('pat_auth.licensing()', 'r')$$,
    'what acts is PARALLEL UNSAFE; what only looks, at the clock or the server''s state too, is not');
SELECT is_empty($$
    SELECT signature, argument FROM our_function, unnest(proargnames) WITH ORDINALITY AS names (argument, number)
    WHERE argument = ''
    UNION ALL
    SELECT signature, NULL FROM our_function WHERE pronargs > 0 AND proargnames IS NULL$$, 'every argument has a name');

-- Tables and sequences
SELECT is_empty($$
    SELECT name, grantee::regrole, privilege_type
    FROM our_relation, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND grantee <> relowner
    UNION ALL
    SELECT relation || '.' || attname, grantee::regrole, privilege_type FROM our_column, aclexplode(attacl)$$,
    'no table, view, sequence or column is granted to PUBLIC or anybody');
SELECT is_empty($$SELECT name, relkind FROM our_relation WHERE relkind NOT IN ('r', 'v', 'S', 'i')$$,
    'there are tables, views, sequences, indexes and nothing else');
SELECT is_empty($$SELECT name FROM our_relation WHERE relpersistence <> 'p'$$, 'every relation survives a crash');
SELECT is_empty($$SELECT name FROM our_relation WHERE relkind = 'r' AND NOT relrowsecurity AND name NOT IN (TABLE marker)$$,
    'every table that holds users'' rows has row-level security');
SELECT is_empty($$SELECT relation, attname FROM our_column WHERE relation IN (TABLE marker)$$, 'the others have not even a column');
SELECT is_empty($$
    SELECT name FROM our_relation WHERE relkind IN ('r', 'v') AND coalesce(obj_description(oid, 'pg_class'), '') !~ '\w+ \w+'
    UNION ALL
    SELECT relation || '.' || attname FROM our_column WHERE coalesce(col_description(attrelid, attnum), '') !~ '\w+ \w+'$$,
    'every table, view and column has a comment');

-- What pg_dump carries: the rows of every table and the state of every sequence, but for what the script itself inserts,
-- and what loading the tokens counts.
SELECT is_empty($$
    SELECT name FROM our_relation
    WHERE relkind IN ('r', 'S') AND name NOT IN (TABLE marker) AND name <> 'pat_auth.role_token_count'
        AND oid <> ALL (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'pat_auth')$$,
    'every table and sequence that holds users'' rows is dumped');
SELECT set_eq($$
    SELECT configured.oid::regclass::text, configured.condition
    FROM pg_extension, unnest(extconfig, extcondition) AS configured (oid, condition)
    WHERE extname = 'pat_auth' AND condition <> ''$$,
    $$VALUES ('pat_auth.application', 'WHERE application_id > 0'), ('pat_auth.role', 'WHERE role_id > 0')$$,
    'whole, but for the rows of the built-in application');

-- What is published FOR ALL TABLES, changes of rows included.
SELECT is_empty($$
    SELECT name FROM our_relation
    WHERE relkind = 'r' AND name NOT IN (TABLE marker) AND relreplident <> 'f'
        AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = our_relation.oid AND indisprimary)$$,
    'every table with rows has a replica identity: without one a subscriber could not apply a change');

-- Triggers of ours act whatever session_replication_role says.
SELECT is_empty($$
    SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'A'
        AND (tgrelid IN (SELECT oid FROM our_relation) OR tgfoid IN (SELECT oid FROM our_function))$$,
    'every trigger of ours is ENABLE ALWAYS');
SELECT is_empty($$
    SELECT pg_class.oid::regclass::text FROM pg_class
    WHERE relnamespace = 'pat_auth'::regnamespace AND relkind = 'r'
        AND relname IN ('tenant', 'application', 'application_tenant', 'role', 'app_user', 'user_group', 'user_group_member',
            'user_group_role', 'administrator')
        AND (SELECT array_agg(DISTINCT event ORDER BY event)
            FROM pg_trigger, unnest(ARRAY[4, 8, 16, 32]) AS event
            WHERE tgrelid = pg_class.oid AND tgfoid = 'pat_auth.registry_changed'::regproc AND tgtype & event <> 0 AND tgtype & 1 = 0)
            IS DISTINCT FROM ARRAY[4, 8, 16, 32]$$,
    'INSERT, UPDATE, DELETE and TRUNCATE of every set-up table are made known');
SELECT is_empty($$
    SELECT pg_class.oid::regclass::text FROM pg_class
    WHERE relnamespace = 'pat_auth'::regnamespace AND relkind = 'r'
        AND relname IN ('tenant', 'application', 'application_tenant', 'role', 'app_user', 'user_group', 'user_group_member',
            'user_group_role', 'administrator')
        AND NOT EXISTS (SELECT FROM pg_trigger
            WHERE tgrelid = pg_class.oid AND tgfoid = 'pat_auth.guard_registry'::regproc AND tgtype = 1 | 2 | 4 | 8 | 16)$$,
    'INSERT, UPDATE and DELETE of every row of a set-up table are guarded before they happen');

-- Views
SELECT is_empty($$
    SELECT name FROM our_relation WHERE relkind = 'v' AND NOT coalesce('security_barrier=true' = ANY (reloptions), false)
        AND NOT coalesce('security_barrier' = ANY (reloptions), false)$$, 'every view is a security barrier');
SELECT set_eq($$
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'pat_auth'::regnamespace AND contype = 'f'$$,
    $$VALUES
    ('pat_auth.application_tenant', 'FOREIGN KEY (application) REFERENCES pat_auth.application(name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.application_tenant', 'FOREIGN KEY (tenant) REFERENCES pat_auth.tenant(name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.role', 'FOREIGN KEY (application) REFERENCES pat_auth.application(name) ON UPDATE CASCADE'),
    ('pat_auth.app_user', 'FOREIGN KEY (tenant) REFERENCES pat_auth.tenant(name) ON UPDATE CASCADE'),
    ('pat_auth.user_group', 'FOREIGN KEY (tenant) REFERENCES pat_auth.tenant(name) ON UPDATE CASCADE'),
    ('pat_auth.user_group', 'FOREIGN KEY (personal_user_id) REFERENCES pat_auth.app_user(user_id) ON DELETE CASCADE'),
    ('pat_auth.user_group_member', 'FOREIGN KEY (tenant, user_group) REFERENCES pat_auth.user_group(tenant, name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.user_group_member', 'FOREIGN KEY (tenant, user_name) REFERENCES pat_auth.app_user(tenant, name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.user_group_role', 'FOREIGN KEY (tenant, user_group) REFERENCES pat_auth.user_group(tenant, name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.user_group_role', 'FOREIGN KEY (application, role) REFERENCES pat_auth.role(application, name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.administrator', 'FOREIGN KEY (application) REFERENCES pat_auth.application(name) ON UPDATE CASCADE ON DELETE CASCADE'),
    ('pat_auth.administrator', 'FOREIGN KEY (tenant, user_name) REFERENCES pat_auth.app_user(tenant, name) ON UPDATE CASCADE'),
    ('pat_auth.token', 'FOREIGN KEY (user_id) REFERENCES pat_auth.app_user(user_id)'),
    ('pat_auth.token', 'FOREIGN KEY (application_id) REFERENCES pat_auth.application(application_id)'),
    ('pat_auth.token_usage', 'FOREIGN KEY (token_id) REFERENCES pat_auth.token(token_id) ON DELETE CASCADE')$$,
    'the foreign keys: natural keys follow their rows, tokens hold theirs fast');

SELECT * FROM finish();
ROLLBACK;
