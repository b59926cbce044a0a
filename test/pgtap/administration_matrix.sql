-- Every cell of the table in docs/administration.md, with every verb. The table itself is what is expected here: it is
-- read from the document, so the two cannot differ.
\set file administration_matrix
\ir include/fixture.sql
SELECT no_plan();

-- The document's table.
\set document `cat docs/administration.md`
CREATE TABLE document_line (number bigint, columns text[]);
INSERT INTO document_line
SELECT number, (SELECT array_agg(btrim(cell, ' `') ORDER BY position) FROM regexp_split_to_table(btrim(line, '|'), '\|') WITH ORDINALITY AS cells (cell, position))
FROM regexp_split_to_table(:'document', '\n') WITH ORDINALITY AS lines (line, number)
WHERE line LIKE '|%|%|%|%|%|%|%|%|%|%|' AND line NOT LIKE '| ---%';

-- Whom each column of the document stands for. A token's owner is main administrator, so that it could do most.
CREATE TABLE actor (name text, identity text, self text);
INSERT INTO actor VALUES
    ('main administrator', 'acme/mia', 'mia'), ('application administrator', 'acme/ada', 'ada'),
    ('application owner', 'acme/olga', 'olga'), ('user administrator', 'acme/ugo', 'ugo'),
    ('developer', 'acme/dan', 'dan'), ('user', 'acme/alice', 'alice'), ('token', '#mias', 'mia'), ('nobody', 'none', 'mia');

-- Further rows: another main administrator, since the last one could not be removed, and something to change in every
-- place that the document names.
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('globex', 'max'), ('acme', 'carl');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role, application) VALUES
    ('globex', 'max', 'main_administrator', NULL), ('acme', 'carl', 'developer', 'crm');
INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat) VALUES ('crm', 'lead_reader', true, true);
INSERT INTO pat_auth.application_tenant (application, tenant, allow_personal_access_tokens)
SELECT application, tenant, true FROM unnest(ARRAY['erp', 'crm']) AS application, unnest(ARRAY['acme', 'globex']) AS tenant;
INSERT INTO pat_auth.user_group (tenant, name) VALUES ('acme', 'guests'), ('globex', 'guests'), ('globex', 'sellers');
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('globex', 'sellers', 'crm', 'invoice_reader');
UPDATE pat_auth.app_user SET allow_pat_creation = true;
SELECT pat_auth.pat_assign_role(tenant, user_name, application, 'invoice_reader')
FROM (VALUES ('acme', 'bob'), ('globex', 'gina')) AS users (tenant, user_name), unnest(ARRAY['erp', 'crm']) AS application \g /dev/null
SELECT format('SELECT is(acting.create_token(%L, %L, ''erp'', ''{invoice_reader}''), ''created'', %L)', name || 's', tenant || '/' || name, 'R23: a token of ' || name)
FROM pat_auth.app_user WHERE name IN ('mia', 'ada', 'olga', 'ugo', 'dan', 'alice', 'bob', 'gina') ORDER BY user_id \gexec

-- What stands for an object in a place: whose row (a condition), a new row, and a change. SELF is the actor's name.
CREATE TABLE target (object text, place text, verbs text[], relation text, condition text, new_row text, change text);
INSERT INTO target
SELECT object, place, CASE object WHEN 'role.available_for_pat' THEN ARRAY['SELECT', 'UPDATE'] ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] END,
    'pat_auth.' || split_part(object, '.', 1), condition, new_row, change
FROM (VALUES
    ('tenant', 'own tenant', $$name = 'acme'$$, $$(name) VALUES ('new')$$, $$name = name || '2'$$),
    ('tenant', 'other tenant', $$name = 'globex'$$, $$(name) VALUES ('new')$$, $$name = name || '2'$$),
    ('application', 'own application', $$name = 'erp'$$, $$(name) VALUES ('new')$$, $$is_active = NOT is_active$$),
    ('application', 'other application', $$name = 'crm'$$, $$(name) VALUES ('new')$$, $$is_active = NOT is_active$$),
    ('role', 'own application', $$(application, name) = ('erp', 'invoice_auditor')$$, $$(application, name) VALUES ('erp', 'new')$$, $$description = 'changed'$$),
    ('role', 'other application', $$(application, name) = ('crm', 'lead_reader')$$, $$(application, name) VALUES ('crm', 'new')$$, $$description = 'changed'$$),
    ('role.available_for_pat', 'own application', $$(application, name) = ('erp', 'invoice_writer')$$, NULL, $$available_for_pat = false$$),
    ('role.available_for_pat', 'other application', $$(application, name) = ('crm', 'lead_reader')$$, NULL, $$available_for_pat = false$$),
    ('app_user', 'himself', $$(tenant, name) = ('acme', 'SELF')$$, $$(tenant, name) VALUES ('acme', 'new')$$, $$ends_on = acting.day(9)$$),
    ('app_user', 'own tenant', $$(tenant, name) = ('acme', 'bob')$$, $$(tenant, name) VALUES ('acme', 'new')$$, $$ends_on = acting.day(9)$$),
    ('app_user', 'other tenant', $$(tenant, name) = ('globex', 'gina')$$, $$(tenant, name) VALUES ('globex', 'new')$$, $$ends_on = acting.day(9)$$),
    ('user_group', 'own tenant', $$(tenant, name) = ('acme', 'readers')$$, $$(tenant, name) VALUES ('acme', 'new')$$, $$name = 'changed'$$),
    ('user_group', 'other tenant', $$(tenant, name) = ('globex', 'readers')$$, $$(tenant, name) VALUES ('globex', 'new')$$, $$name = 'changed'$$),
    ('user_group_member', 'himself', $$(tenant, user_group, user_name) = ('acme', 'readers', 'SELF')$$,
        $$(tenant, user_group, user_name) VALUES ('acme', 'guests', 'SELF')$$, $$ends_on = acting.day(9)$$),
    ('user_group_member', 'own tenant', $$(tenant, user_group, user_name) = ('acme', 'readers', 'bob')$$,
        $$(tenant, user_group, user_name) VALUES ('acme', 'guests', 'bob')$$, $$ends_on = acting.day(9)$$),
    ('user_group_member', 'other tenant', $$(tenant, user_group, user_name) = ('globex', 'readers', 'gina')$$,
        $$(tenant, user_group, user_name) VALUES ('globex', 'guests', 'gina')$$, $$ends_on = acting.day(9)$$),
    ('administrator', 'himself', $$(tenant, user_name) = ('acme', 'SELF')$$,
        $$(tenant, user_name, administrator_role) VALUES ('acme', 'SELF', 'application_administrator')$$,
        $$administrator_role = 'application_administrator', application = NULL$$),
    ('administrator', 'own tenant', $$(tenant, user_name) = ('acme', 'carl')$$,
        $$(tenant, user_name, administrator_role) VALUES ('acme', 'carl', 'application_administrator')$$,
        $$administrator_role = 'application_administrator', application = NULL$$),
    ('administrator', 'other tenant', $$(tenant, user_name) = ('globex', 'uma')$$,
        $$(tenant, user_name, administrator_role) VALUES ('globex', 'uma', 'application_administrator')$$,
        $$administrator_role = 'application_administrator', application = NULL$$)
) AS targets (object, place, condition, new_row, change);
INSERT INTO target
SELECT object, place, ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'pat_auth.' || object, condition, new_row, change
FROM (VALUES ('own', 'acme'), ('other', 'globex')) AS tenants (whose_tenant, tenant),
    (VALUES ('own', 'erp', 'readers'), ('other', 'crm', 'sellers')) AS applications (whose_application, application, user_group),
    LATERAL (VALUES
        ('application_tenant', format('(application, tenant) = (%L, %L)', application, tenant),
            format('(application, tenant, allow_personal_access_tokens) VALUES (%L, %L, false)', application, tenant), 'allow_personal_access_tokens = false'),
        ('user_group_role', format('(tenant, user_group, application) = (%L, %L, %L)', tenant, user_group, application),
            format('(tenant, user_group, application, role) VALUES (%L, ''guests'', %L, ''invoice_reader'')', tenant, application), 'user_group = ''guests''')
    ) AS targets (object, condition, new_row, change),
    LATERAL (SELECT format('%s tenant, %s application', whose_tenant, whose_application)) AS places (place);
INSERT INTO target
SELECT view, place, ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'pat_auth.' || view, 'token_id = ' || token,
    format('(token_id) VALUES (%s)', token), CASE view WHEN 'token_events' THEN 'act = ''none''' ELSE 'name = ''changed''' END
FROM unnest(ARRAY['my_tokens', 'token_overview', 'token_events']) AS view,
    (VALUES ('himself', '{SELFs}'), ('own tenant', '{bobs}'), ('other tenant', '{ginas}')) AS places (place, token);
INSERT INTO target VALUES
    ('token', 'all', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'pat_auth.token', 'true', $$(name) VALUES ('new')$$, $$revoked_at = NULL$$),
    ('token_event', 'all', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'pat_auth.token_event', 'true', $$(act) VALUES ('none')$$, $$act = 'none'$$),
    ('token_usage', 'all', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'pat_auth.token_usage', 'true', $$(token_id, last_used_at) VALUES (1, now())$$, $$last_used_at = now()$$),
    ('role_token_count', 'all', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'pat_auth.role_token_count', 'true', $$(role_id, tokens) VALUES (1, 1)$$, $$tokens = 0$$);

CREATE TABLE task (object text, place text, call text);
INSERT INTO task
SELECT object, place, format('%s(%s)', object, arguments) FROM (VALUES
    ('pat_allow_application', 'own application', $$'erp', false$$),
    ('pat_allow_application', 'other application', $$'crm', false$$),
    ('pat_allow_application', 'own tenant, own application', $$'erp', false, 'acme'$$),
    ('pat_allow_application', 'other tenant, own application', $$'erp', false, 'globex'$$),
    ('pat_allow_role', 'own application', $$'erp', 'invoice_deleter', true$$),
    ('pat_allow_role', 'other application', $$'crm', 'lead_reader', false$$),
    ('pat_set_role_available', 'own application', $$'erp', 'invoice_auditor', true$$),
    ('pat_set_role_available', 'other application', $$'crm', 'lead_reader', false$$),
    ('pat_allow_user', 'himself', $$'acme', 'SELF', false$$),
    ('pat_allow_user', 'own tenant', $$'acme', 'bob', false$$),
    ('pat_allow_user', 'other tenant', $$'globex', 'gina', false$$),
    ('pat_assign_role', 'own tenant, own application', $$'acme', 'carl', 'erp', 'invoice_writer'$$),
    ('pat_assign_role', 'own tenant, other application', $$'acme', 'carl', 'crm', 'lead_reader'$$),
    ('pat_assign_role', 'other tenant, own application', $$'globex', 'uma', 'erp', 'invoice_writer'$$),
    ('pat_assign_role', 'other tenant, other application', $$'globex', 'uma', 'crm', 'lead_reader'$$),
    ('pat_unassign_role', 'own tenant, own application', $$'acme', 'bob', 'erp', 'invoice_reader'$$),
    ('pat_unassign_role', 'own tenant, other application', $$'acme', 'bob', 'crm', 'invoice_reader'$$),
    ('pat_unassign_role', 'other tenant, own application', $$'globex', 'gina', 'erp', 'invoice_reader'$$),
    ('pat_unassign_role', 'other tenant, other application', $$'globex', 'gina', 'crm', 'invoice_reader'$$),
    ('pat_create', 'himself', $$'erp', 'new', '{invoice_reader}', acting.day(1)$$),
    ('pat_edit', 'himself', $${SELFs}, name => 'changed'$$),
    ('pat_edit', 'own tenant', $${bobs}, name => 'changed'$$),
    ('pat_edit', 'other tenant', $${ginas}, name => 'changed'$$),
    ('pat_delete', 'himself', '{SELFs}'), ('pat_delete', 'own tenant', '{bobs}'), ('pat_delete', 'other tenant', '{ginas}'),
    ('pat_revoke', 'himself', '{SELFs}'), ('pat_revoke', 'own tenant', '{bobs}'), ('pat_revoke', 'other tenant', '{ginas}'),
    ('health_check', 'all', ''), ('health_check_advanced', 'all', ''), ('licensing', 'all', '')
) AS calls (object, place, arguments);

-- What came of a statement, in the words of the document. A foreign or unique key that is violated is found out
-- after the rules have let the change through: the own tenant, say, cannot be deleted as long as it has users.
CREATE FUNCTION said(outcome text, verb text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
        WHEN outcome = '42501' THEN 'refused'
        WHEN verb = 'CALL' THEN CASE outcome WHEN '42704' THEN 'unknown' WHEN '28000' THEN 'sign in'
            ELSE CASE WHEN outcome ~ '^[0-9A-Z]{5}$' THEN outcome ELSE 'yes' END END
        WHEN outcome = '0' THEN 'not there'
        WHEN outcome ~ '^\d+$' AND length(outcome) < 5 THEN CASE verb WHEN 'SELECT' THEN 'seen' ELSE 'done' END
        WHEN outcome IN ('23503', '23505') THEN 'done'
        WHEN outcome = '55000' AND verb LIKE '% VIEW' THEN 'refused'
        ELSE outcome
    END
$$;
-- What a cell promises of a verb. A view is never written: PostgreSQL says so, whatever it would have shown.
CREATE FUNCTION promised(cell text, verb text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
        WHEN verb = 'CALL' OR cell = 'refused' THEN cell
        WHEN verb = 'SELECT' THEN CASE cell WHEN '–' THEN 'not there' ELSE 'seen' END
        WHEN cell = 'write' THEN 'done'
        WHEN cell = 'read' OR verb LIKE 'INSERT%' OR verb LIKE '% VIEW' THEN 'refused'
        WHEN cell = '–' THEN 'not there'
        ELSE format('(no meaning of "%s")', cell)
    END
$$;

CREATE TABLE cell AS
SELECT line.number, line.columns[1] AS object, line.columns[2] AS place, header.name AS actor, line.columns[header.position] AS cell
FROM document_line AS line, document_line AS head, unnest(head.columns) WITH ORDINALITY AS header (name, position)
WHERE head.columns[1] = 'object' AND line.columns[1] <> 'object' AND header.position > 2;

SELECT is((SELECT array_agg(DISTINCT actor ORDER BY actor) FROM cell), (SELECT array_agg(name ORDER BY name) FROM actor),
    'R5: the document has a column for everybody');
SELECT set_eq('SELECT DISTINCT object, place FROM cell', 'SELECT object, place FROM target UNION ALL SELECT object, place FROM task',
    'R5: the document has a row for every object and place');
SELECT set_has('SELECT DISTINCT split_part(object, ''.'', 1) FROM cell',
    $$SELECT relname::text FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v', 'p')
        AND relname NOT LIKE '%\_generation' AND relname <> 'protection'$$,
    'R5: the document has every table and view');

-- The rule that decides on an object.
CREATE TABLE decided_by (object text, rule text);
INSERT INTO decided_by VALUES
    ('tenant', 'R5:'), ('application', 'R3:'), ('application_tenant', 'R3:'), ('role', 'R1:'), ('role.available_for_pat', 'R2:'), ('app_user', 'R5:'),
    ('user_group', 'R5:'), ('user_group_member', 'R5:'), ('user_group_role', 'R5:'), ('administrator', 'R5:'), ('my_tokens', 'R24:'),
    ('token_overview', 'R23:'), ('token_events', 'R28:'), ('token', 'R29:'), ('token_event', 'R28:'), ('token_usage', 'R29:'),
    ('role_token_count', 'R29:'), ('pat_allow_application', 'R3:'),
    ('pat_allow_role', 'R1:'), ('pat_set_role_available', 'R2:'), ('pat_allow_user', 'R5:'), ('pat_assign_role', 'R5:'), ('pat_unassign_role', 'R5:'),
    ('pat_create', 'R6:'), ('pat_edit', 'R18:'), ('pat_delete', 'R22:'), ('pat_revoke', 'R21:'), ('health_check', 'R26:'),
    ('health_check_advanced', 'R26:'), ('licensing', 'R26:');

SELECT format('SELECT is(said(acting.trial(%L, %L), %L), %L, %L)', identity, replace(statement, 'SELF', self), verb, promised(cell, verb),
    format('%s %s, %s: %s: %s', rule, object, place, verb, actor))
FROM cell JOIN decided_by USING (object) JOIN actor ON actor.name = cell.actor
JOIN (
    SELECT object, place, CASE WHEN relation ~ 'my_tokens|token_overview|token_events' AND verb <> 'SELECT' THEN verb || ' VIEW' ELSE verb END AS verb,
        CASE verb
            WHEN 'SELECT' THEN format('SELECT count(*) FROM %s WHERE %s', relation, condition)
            WHEN 'INSERT' THEN format('INSERT INTO %s %s', relation, new_row)
            WHEN 'UPDATE' THEN format('UPDATE %s SET %s WHERE %s', relation, change, condition)
            ELSE format('DELETE FROM %s WHERE %s', relation, condition)
        END AS statement
    FROM target, unnest(verbs) AS verb
    UNION ALL
    SELECT object, place, 'CALL', 'SELECT pat_auth.' || call FROM task
) AS acts USING (object, place)
ORDER BY number, verb, actor.identity \gexec
\ir include/end.sql
