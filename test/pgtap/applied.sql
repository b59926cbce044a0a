-- What replication applies, row by row, with session_replication_role = replica (test/server/logical_replication.test
-- has two servers): rows that each database keeps for itself are left out, the others were held to the rules where they
-- were made. Whom the rules bind, that setting does not free.
\set file applied
\ir include/fixture.sql
SELECT no_plan();

SELECT is(acting.create_token('one', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'a token');
INSERT INTO pat_auth.token_usage SELECT token_id, now() FROM acting.kept_token;

CREATE TABLE acting.change (number integer GENERATED ALWAYS AS IDENTITY, statement text, applied text, made text);
INSERT INTO acting.change (statement, applied, made) VALUES
    ($$INSERT INTO pat_auth.application (name) VALUES ('administration')$$, '0', '55000'),
    ($$INSERT INTO pat_auth.role (application, name) VALUES ('administration', 'licensing')$$, '0', '55000'),
    ($$UPDATE pat_auth.application SET is_active = false WHERE name = 'administration'$$, '0', '55000'),
    ($$UPDATE pat_auth.application SET name = 'administration' WHERE name = 'erp'$$, '0', '55000'),
    ($$DELETE FROM pat_auth.role WHERE application = 'administration'$$, '0', '55000'),
    ($$UPDATE pat_auth.app_user SET tenant = 'globex' WHERE name = 'bob'$$, '1', '55000'),
    ($$DELETE FROM pat_auth.role WHERE application = 'erp' AND name = 'invoice_reader'$$, '1', '55000'),
    ($$INSERT INTO pat_auth.role_token_count VALUES (1, 100)$$, '0', '1'),
    ($$UPDATE pat_auth.role_token_count SET tokens = 100$$, '0', '1'),
    ($$DELETE FROM pat_auth.role_token_count$$, '0', '1'),
    ($$INSERT INTO pat_auth.token_usage SELECT token_id + 1, now() FROM pat_auth.token_usage$$, '0', '23503'),
    ($$UPDATE pat_auth.token_usage SET last_used_at = now()$$, '0', '1'),
    ($$DELETE FROM pat_auth.token_usage$$, '1', '1');

SELECT format('SELECT is(acting.trial(''superuser'', %L), %L, %L)', statement, made,
    CASE WHEN statement LIKE '%administration%' THEN 'R25: ' ELSE '' END || 'made by the extension''s owner: ' || statement)
FROM acting.change ORDER BY number \gexec
SET session_replication_role = replica;
SELECT format('SELECT is(acting.trial(''superuser'', %L), %L, %L)', statement, applied, 'applied: ' || statement)
FROM acting.change ORDER BY number \gexec
SELECT format('SELECT is(acting.trial(''acme/mia'', %L), ''55000'', %L)', statement,
    'R25, R29: set by a main administrator, it frees him of nothing: ' || statement)
FROM acting.change WHERE statement LIKE '%administration%' ORDER BY number \gexec

SELECT is(acting.trial('acme/mia', $$UPDATE pat_auth.app_user SET tenant = 'globex' WHERE name = 'bob'$$), '55000', 'R29: nor of what holds for everybody');

-- Foreign keys do not act.
DELETE FROM pat_auth.token;
SELECT is_empty('TABLE pat_auth.token_usage', 'the last use of a token whose deletion is applied goes with it');
RESET session_replication_role;
SELECT is((SELECT sum(tokens) FROM pat_auth.role_token_count), 0::numeric, 'and it is no longer counted');

\ir include/end.sql
