-- health_check (R26) tells what was switched off of all that the rules hang on.
\set file health
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE acting.damage (number integer GENERATED ALWAYS AS IDENTITY, statement text, object text);
INSERT INTO acting.damage (statement, object) VALUES
    ('ALTER TABLE pat_auth.role DISABLE TRIGGER guard', 'trigger guard on pat_auth.role'),
    ('ALTER TABLE pat_auth.tenant ENABLE TRIGGER updated', 'trigger updated on pat_auth.tenant'),
    ('ALTER TABLE pat_auth.token DISABLE TRIGGER changed', 'trigger changed on pat_auth.token'),
    ('ALTER TABLE pat_auth.token DISABLE TRIGGER truncated', 'trigger truncated on pat_auth.token'),
    ('ALTER TABLE pat_auth.token_usage DISABLE TRIGGER keep_local', 'trigger keep_local on pat_auth.token_usage'),
    ('ALTER TABLE pat_auth.role_token_count ENABLE TRIGGER keep_local', 'trigger keep_local on pat_auth.role_token_count'),
    ('ALTER TABLE pat_auth.app_user DISABLE ROW LEVEL SECURITY', 'row-level security of pat_auth.app_user'),
    ('ALTER TABLE pat_auth.token_event DISABLE ROW LEVEL SECURITY', 'row-level security of pat_auth.token_event'),
    ('ALTER TABLE pat_auth.token_usage DISABLE ROW LEVEL SECURITY', 'row-level security of pat_auth.token_usage'),
    ('ALTER TABLE pat_auth.role_token_count DISABLE ROW LEVEL SECURITY', 'row-level security of pat_auth.role_token_count'),
    ('ALTER POLICY visible ON pat_auth.administrator RENAME TO hidden', 'policy hidden on pat_auth.administrator, which is not ours, policy visible on pat_auth.administrator'),
    ('CREATE POLICY everybody ON pat_auth.token USING (true)', 'policy everybody on pat_auth.token, which is not ours'),
    ('CREATE RULE silent AS ON INSERT TO pat_auth.token_event DO INSTEAD NOTHING', 'rule silent on pat_auth.token_event, which is not ours'),
    ('CREATE FUNCTION pat_auth.own() RETURNS integer LANGUAGE sql RETURN 1', 'function pat_auth.own() in language sql');

-- What a query of an administrator's gives while the statement is in force.
CREATE FUNCTION acting.told(statement text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE statement;
    answer := acting.trial('acme/mia', query);
    RAISE SQLSTATE 'P0999';
EXCEPTION WHEN SQLSTATE 'P0999' THEN
    RETURN answer;
END
$$;

SELECT is(acting.trial('acme/mia', 'SELECT pat_auth.health_check() ->> ''status'''), 'ok', 'R26: all is as installed');
SELECT is(acting.trial('acme/mia', 'SELECT pat_auth.health_check_advanced() ->> ''damaged_objects'''), '[]', 'R26: nothing is damaged');
SELECT format('SELECT is(acting.told(%L, %L), %L, %L)', statement,
    'SELECT concat_ws(''|'', pat_auth.health_check() ->> ''status'', pat_auth.health_check() ->> ''objects_intact'',
        (SELECT string_agg(object, '', '') FROM json_array_elements_text(pat_auth.health_check_advanced() -> ''damaged_objects'') AS object))',
    'damaged|false|' || object, 'R26: told: ' || statement)
FROM acting.damage ORDER BY number \gexec

-- Settings that log what tokens may be in.
SELECT is(acting.trial('acme/mia', 'SELECT pat_auth.health_check_advanced() ->> ''settings_that_log_tokens'''), '[]', 'R26: by default statements are not logged');
SELECT format('SELECT matches(acting.told(%L, %L), %L, %L)', 'SET LOCAL ' || setting,
    'SELECT pat_auth.health_check_advanced() ->> ''settings_that_log_tokens'''::text, split_part(setting, ' ', 1), 'R26: told: ' || setting)
FROM unnest(ARRAY['log_statement = ddl', 'log_min_duration_statement = 0', 'log_min_duration_sample = 0', 'log_transaction_sample_rate = 0.1',
    'log_parameter_max_length_on_error = 10', 'debug_print_parse = on', 'debug_print_rewritten = on', 'debug_print_plan = on']) AS setting \gexec

\ir include/end.sql
