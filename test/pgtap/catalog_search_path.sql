-- No function of ours, no trigger, policy, view or constraint finds its objects through the caller's search path. The
-- caller's path begins with a schema that has, for every function and operator of PostgreSQL, one of the same name and
-- the same arguments: a trap that notes that it was called, and raises. Types are trapped by domains that accept no
-- value, tables by empty ones.
\set file catalog_search_path
\ir include/fixture.sql
SELECT plan(19);

CREATE SCHEMA trap;
CREATE SCHEMA hostile;
GRANT USAGE ON SCHEMA trap, hostile TO PUBLIC;
-- A sequence remembers beyond a rollback.
CREATE SEQUENCE trap.sprung;
GRANT ALL ON SEQUENCE trap.sprung TO PUBLIC;

-- Statements one after the other, as a role, with that path: 'done', or what went wrong.
CREATE FUNCTION trap.run(database_role text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    state text;
    message text;
BEGIN
    BEGIN
        PERFORM pg_catalog.set_config('role', database_role, true);
        PERFORM pg_catalog.set_config('search_path', 'hostile, pg_catalog', true);
        FOREACH statement IN ARRAY statements LOOP
            EXECUTE statement;
        END LOOP;
        PERFORM pg_catalog.set_config('search_path', 'public', true);
        PERFORM pg_catalog.set_config('role', 'none', true);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        RETURN concat_ws(' ', state, message, 'in', statement);
    END;
    RETURN 'done';
END
$$;
-- Once on the ordinary path, so that its own expressions have their plans.
SELECT trap.run('none', 'SELECT 1') \g /dev/null

SET check_function_bodies = off;
DO $$
DECLARE
    shadowed record;
    body constant text := quote_literal('BEGIN PERFORM pg_catalog.nextval(''trap.sprung''); RAISE ''sprung''; END');
BEGIN
    FOR shadowed IN
        SELECT proname, oidvectortypes(proargtypes) AS arguments, pg_get_function_result(oid) AS result
        FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'a', 'w') AND provariadic = 0
            AND 'void'::regtype <> ALL (proargtypes::oid[])
            AND NOT EXISTS (SELECT FROM pg_type WHERE oid = ANY (proargtypes::oid[] || prorettype)
                AND typtype = 'p' AND typname !~ '^(any.+|record|_record|void)$')
    LOOP
        EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS %s', shadowed.proname,
            shadowed.arguments, CASE WHEN shadowed.result ~ '^(TABLE|SETOF record)' THEN 'SETOF record' ELSE shadowed.result END, body);
    END LOOP;
    FOR shadowed IN
        SELECT oprname, oid, format_type(nullif(oprleft, 0), NULL) AS left_type, oprright::regtype AS right_type, oprresult::regtype AS result
        FROM pg_operator
        WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprcode <> 0
    LOOP
        EXECUTE format('CREATE FUNCTION hostile.operator_%s(%s) RETURNS %s LANGUAGE plpgsql AS %s', shadowed.oid,
            concat_ws(', ', shadowed.left_type, shadowed.right_type), shadowed.result, body);
        EXECUTE format('CREATE OPERATOR hostile.%s (%s RIGHTARG = %s, FUNCTION = hostile.operator_%s)', shadowed.oprname,
            'LEFTARG = ' || shadowed.left_type || ',', shadowed.right_type, shadowed.oid);
    END LOOP;
    FOR shadowed IN
        SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typelem = 0
    LOOP
        EXECUTE format('CREATE DOMAIN hostile.%I AS pg_catalog.%1$I CHECK (false)', shadowed.typname);
    END LOOP;
    FOR shadowed IN
        SELECT relname FROM pg_class
        WHERE relnamespace IN ('pat_auth'::regnamespace, 'pg_catalog'::regnamespace) AND relkind IN ('r', 'v')
            AND relname NOT IN (SELECT typname FROM pg_type WHERE typnamespace = 'hostile'::regnamespace)
    LOOP
        EXECUTE format('CREATE TABLE hostile.%I ()', shadowed.relname);
        EXECUTE format('GRANT ALL ON hostile.%I TO PUBLIC', shadowed.relname);
    END LOOP;
END
$$;
SET check_function_bodies = on;

-- The trap works.
SELECT cmp_ok((SELECT count(*) FROM pg_proc WHERE pronamespace = 'hostile'::regnamespace), '>', 2500::bigint, 'functions are shadowed');
SELECT cmp_ok((SELECT count(*) FROM pg_operator WHERE oprnamespace = 'hostile'::regnamespace), '>', 700::bigint, 'operators are');
SELECT cmp_ok((SELECT count(*) FROM pg_type WHERE typnamespace = 'hostile'::regnamespace AND typtype = 'd'), '>', 40::bigint, 'types are');
SELECT matches(trap.run(:'client', statement), expected, 'the trap catches ' || statement)
FROM (VALUES
    ('SELECT ''a''::pg_catalog.text = ''a''', 'sprung'),
    ('SELECT pg_catalog.array_length(ARRAY[1], 1) + array_length(ARRAY[1], 1)', 'sprung'),
    ('SELECT 1::text', '23514')) AS statements (statement, expected);
SELECT setval('trap.sprung', 1, false) \g /dev/null

-- An application's tables, and tokens.
CREATE SCHEMA application;
CREATE TABLE application.invoice (tenant text, user_name text, amount integer);
CREATE TABLE application.note (words text);
INSERT INTO application.invoice VALUES ('acme', 'alice', 1), ('globex', 'gina', 2);
GRANT USAGE ON SCHEMA application TO PUBLIC;
GRANT ALL ON application.invoice, application.note TO PUBLIC;
ALTER TABLE application.invoice OWNER TO :"backend";
ALTER TABLE application.note OWNER TO :"backend";
SELECT acting.create_token('writer', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'),
    acting.create_token('lost', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null

SELECT is(trap.run('none',
    format('SELECT pat_auth.pat_grant_access(%L, true)', :'backend'),
    format('SELECT pat_auth.pat_revoke_access(%L)', :'client'),
    format('SELECT pat_auth.pat_grant_access(%L)', :'client')), 'done', 'a DBA gives and takes access on that path');
SELECT is(trap.run(:'backend',
    $$SELECT pat_auth.pat_protect('application.invoice', 'erp', 'invoice_reader', 'invoice_writer', 'tenant', 'user_name')$$,
    $$SELECT pat_auth.pat_protect('application.note', 'erp', 'invoice_reader', NULL)$$,
    $$SELECT pat_auth.pat_unprotect('application.note')$$,
    $$SELECT pat_auth.pat_protect('application.note', 'erp', 'invoice_reader', 'invoice_writer')$$),
    'done', 'an owner protects his tables on it');
SELECT is(trap.run(:'backend',
    $$SELECT pat_auth.pat_login_user('acme', 'mia')$$,
    $$SELECT pat_auth.pat_tenant(), pat_auth.pat_user(), pat_auth.pat_application(), pat_auth.pat_token_id()$$,
    $$SELECT pat_auth.pat_scopes('erp'), pat_auth.pat_has_scope('erp', 'invoice_reader'), pat_auth.pat_require_scope('erp', 'invoice_reader')$$,
    $$SELECT pat_auth.identity_user_id(), pat_auth.identity_tenant(), pat_auth.identity_user(), pat_auth.identity_is('developer'),
        pat_auth.identity_applications('developer'), pat_auth.identity_administered_tenant_id()$$,
    $$SELECT pat_auth.tenant_with_scope('erp', 'invoice_reader'), pat_auth.user_with_scope('erp', 'invoice_reader'),
        pat_auth.tenant_with_scope_as_bigint('erp', 'invoice_reader'), pat_auth.tenant_with_scope_as_uuid('erp', 'invoice_reader'),
        pat_auth.user_with_scope_as_bigint('erp', 'invoice_reader'), pat_auth.user_with_scope_as_uuid('erp', 'invoice_reader'),
        pat_auth.restrictive_policies_decide()$$,
    $$INSERT INTO pat_auth.tenant (name) VALUES ('initech')$$,
    $$INSERT INTO pat_auth.app_user (tenant, name) VALUES ('initech', 'peter'), ('initech', 'milton')$$,
    $$INSERT INTO pat_auth.user_group (tenant, name) VALUES ('initech', 'readers')$$,
    $$INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('initech', 'readers', 'peter')$$,
    $$INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('initech', 'readers', 'erp', 'invoice_reader')$$,
    $$INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('initech', 'peter', 'user_administrator')$$,
    $$UPDATE pat_auth.app_user SET allow_pat_creation = true$$,
    $$UPDATE pat_auth.tenant SET name = 'initrode' WHERE name OPERATOR(pg_catalog.=) 'initech'$$,
    $$SELECT pat_auth.pat_allow_application('crm', false)$$,
    $$SELECT pat_auth.pat_allow_application('crm', true)$$,
    $$SELECT pat_auth.pat_allow_application('crm', false, 'initrode')$$,
    $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', true)$$,
    $$SELECT pat_auth.pat_allow_user('initrode', 'milton', true)$$,
    $$SELECT pat_auth.pat_assign_role('initrode', 'milton', 'erp', 'invoice_reader')$$,
    $$SELECT pat_auth.pat_unassign_role('initrode', 'milton', 'erp', 'invoice_reader')$$,
    $$DELETE FROM pat_auth.user_group WHERE name OPERATOR(pg_catalog.=) 'sellers'$$,
    $$DELETE FROM pat_auth.app_user WHERE name OPERATOR(pg_catalog.=) 'milton'$$,
    (SELECT format('SELECT pat_auth.pat_revoke(%s, ''lost'')', token_id) FROM acting.kept_token WHERE name = 'lost'),
    'SELECT pat_auth.health_check(), pat_auth.health_check_advanced(), pat_auth.licensing()',
    'TABLE pat_auth.token_overview', 'TABLE pat_auth.token_events', 'TABLE pat_auth.my_tokens', 'TABLE pat_auth.tenant',
    'TABLE pat_auth.application', 'TABLE pat_auth.application_tenant', 'TABLE pat_auth.role', 'TABLE pat_auth.app_user',
    'TABLE pat_auth.user_group', 'TABLE pat_auth.user_group_member', 'TABLE pat_auth.user_group_role',
    'TABLE pat_auth.administrator'), 'done', 'a main administrator does his work on it');
SELECT is(trap.run(:'backend',
    $$SELECT pat_auth.pat_login_user('acme', 'dan')$$,
    $$SELECT pat_auth.pat_allow_role('erp', 'invoice_deleter', true)$$,
    $$SELECT pat_auth.pat_allow_role('erp', 'invoice_deleter', false)$$), 'done', 'so does a developer');
SELECT is(trap.run(:'backend',
    $$SELECT pat_auth.pat_login_user('acme', 'alice')$$,
    format($$SELECT pat_auth.pat_create('erp', 'report', '{invoice_reader}', %L)$$, acting.day(30)),
    (SELECT format($$SELECT pat_auth.pat_edit(%s, 'renamed', '{invoice_reader,invoice_writer}', %L)$$, token_id, acting.day(60))
        FROM acting.kept_token WHERE name = 'writer'),
    (SELECT format('SELECT pat_auth.pat_delete(%s)', token_id) FROM acting.kept_token WHERE name = 'lost'),
    'TABLE pat_auth.my_tokens', 'TABLE pat_auth.token_events', 'SELECT pat_auth.pat_logout()'), 'done', 'so does a user');
SELECT is(trap.run(:'client',
    format('SELECT * FROM pat_auth.pat_verify(%L)', token),
    format('SELECT pat_auth.pat_login(%L, ''192.0.2.1'')', token),
    $$INSERT INTO application.invoice VALUES ('acme', 'alice', 3)$$,
    'UPDATE application.invoice SET amount = 4',
    'TABLE application.invoice',
    'DELETE FROM application.invoice',
    'TRUNCATE application.note'), 'done', 'so does the holder of a token')
FROM acting.kept_token WHERE name = 'writer';
SELECT matches(trap.run(:'client', format('SELECT pat_auth.pat_login(%L)', token)), '^28000 invalid personal access token',
    'and one whose token was deleted is refused')
FROM acting.kept_token WHERE name = 'lost';

-- All of that did what it should.
SELECT results_eq($$SELECT tenant, user_name, amount FROM application.invoice$$, $$VALUES ('globex', 'gina', 2)$$,
    'the token''s holder changed his owner''s rows and no others');
SELECT results_eq($$SELECT name FROM pat_auth.app_user WHERE tenant = 'initrode' AND allow_pat_creation$$, ARRAY['peter'],
    'the new tenant has the user that is left');
SELECT results_eq($$SELECT name FROM pat_auth.token ORDER BY name$$, ARRAY['renamed', 'report'], 'the tokens are there');

-- Installing, too.
DROP EXTENSION pat_auth CASCADE;
SELECT is(trap.run('none', 'CREATE EXTENSION pat_auth'), 'done', 'CREATE EXTENSION works on that path');
SELECT bag_eq($$SELECT name FROM pat_auth.role$$, ARRAY['health_check_advanced', 'licensing'], 'and makes what it should');

SELECT is(is_called, false, 'the trap was never sprung') FROM trap.sprung;

\ir include/end.sql
