-- pat_check() finds nothing in a sound database, and each kind of hole in one that has it. The server of these tests
-- preloads the library: what it says of settings is tested by test/server/pat_check.test.
BEGIN;
\set QUIET on
SET LOCAL client_min_messages = warning;
CREATE ROLE check_holes_owner;
CREATE ROLE check_holes_app;
SELECT pat_auth.pat_grant_access('check_holes_app') \g /dev/null

INSERT INTO pat_auth.application (name, allow_personal_access_tokens) VALUES ('it''s', true);
INSERT INTO pat_auth.role (application, name) VALUES ('it''s', 'reader'), ('it''s', 'a (b) ::c'), ('it''s', E'CORP\\readers'), ('it''s', 'a COLLATE "C".');
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO check_holes_app;
CREATE DOMAIN shop.word AS text;
CREATE TABLE shop.by_text (id integer, tenant text, owner text);
CREATE TABLE shop.by_domain (id integer, tenant shop.word);
CREATE TABLE shop.by_integer ("Tenant no" integer, owner bigint);
CREATE TABLE shop.by_uuid (id integer, owner uuid);
CREATE TABLE shop.unowned (id integer);
CREATE TABLE shop.parted (id integer, tenant text) PARTITION BY LIST (id);
CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES IN (1);
SELECT pat_auth.pat_protect('shop.by_text', 'it''s', 'reader', 'a (b) ::c', 'tenant', 'owner') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_domain', 'it''s', 'reader', NULL, 'tenant') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_integer', 'it''s', 'reader', 'reader', 'Tenant no', 'owner') \g /dev/null
SELECT pat_auth.pat_protect('shop.by_uuid', 'it''s', 'reader', 'reader', NULL, 'owner') \g /dev/null
SELECT pat_auth.pat_protect('shop.unowned', 'it''s', NULL, 'reader') \g /dev/null
SELECT pat_auth.pat_protect('shop.parted', 'it''s', 'reader', 'reader', 'tenant') \g /dev/null
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES ON ALL TABLES IN SCHEMA shop TO check_holes_app;
CREATE TABLE shop.backslash (id integer, "ten\ant" text);
CREATE TABLE shop.collated (id integer, U&"own\0085er" text);
SELECT pat_auth.pat_protect('shop.backslash', 'it''s', E'CORP\\readers', E'CORP\\readers', E'ten\\ant') \g /dev/null
SELECT pat_auth.pat_protect('shop.collated', 'it''s', 'a COLLATE "C".', 'reader', NULL, U&'own\0085er') \g /dev/null
CREATE TABLE shop.person (customer text, name text);
SELECT pat_auth.pat_sync_users('shop.person', 'customer', 'name') \g /dev/null

-- Makes the hole, and gives back what pat_check() finds then; the hole is closed again.
CREATE FUNCTION pg_temp.found(damage text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    holes text;
BEGIN
    EXECUTE damage;
    SELECT string_agg(severity || ': ' || object || ': ' || problem, E'\n') INTO holes FROM pat_auth.pat_check();
    RAISE SQLSTATE 'P0999' USING MESSAGE = coalesce(holes, 'none');
EXCEPTION WHEN SQLSTATE 'P0999' THEN
    RETURN SQLERRM;
END
$$;

-- Each kind of row that pat_check() has.
CREATE TEMPORARY TABLE kind (number integer GENERATED ALWAYS AS IDENTITY, description text, damage text, hole text);
INSERT INTO kind (description, damage, hole) VALUES
    ('row security switched off', 'ALTER TABLE shop.unowned DISABLE ROW LEVEL SECURITY',
        'critical: table shop.unowned: row security is not enabled'),
    ('row security not forced', 'ALTER TABLE shop.unowned NO FORCE ROW LEVEL SECURITY',
        'critical: table shop.unowned: row security is not forced'),
    ('a policy dropped', 'DROP POLICY pat_auth_delete ON shop.unowned',
        'critical: policy pat_auth_delete on table shop.unowned: a policy that pat_protect\(\) made is missing'),
    ('a policy''s condition changed', 'ALTER POLICY pat_auth_update ON shop.by_text USING (true)',
        'critical: policy pat_auth_update on table shop.by_text: a policy is not as'),
    ('a policy for some roles only', 'ALTER POLICY pat_auth_insert ON shop.by_text TO check_holes_owner',
        'critical: policy pat_auth_insert on table shop.by_text: a policy is not as'),
    ('a policy made permissive', 'DROP POLICY pat_auth_delete ON shop.by_integer; CREATE POLICY pat_auth_delete ON shop.by_integer
            FOR DELETE USING ("Tenant no" = (SELECT pat_auth.tenant_with_scope_as_bigint(''it''''s'', ''reader''))
            AND owner = (SELECT pat_auth.user_with_scope_as_bigint(''it''''s'', ''reader'')))',
        'critical: policy pat_auth_delete on table shop.by_integer: a policy is not as [^\n]*\n'
        || 'notice: policy pat_auth_delete on table shop.by_integer: a permissive policy'),
    ('a comment that describes nothing', $$COMMENT ON POLICY pat_auth_select ON shop.unowned IS '{"application": x, "user_column": }'$$,
        '(critical: policy pat_auth_(delete|insert|update) on table shop.unowned: a policy is not as [^\n]*\n?){3}'),
    ('the policy dropped that lets in whom the others let through', 'DROP POLICY pat_auth_access ON shop.unowned',
        'warning: policy pat_auth_access on table shop.unowned: a policy that pat_protect\(\) made is missing'),
    ('that policy changed', 'ALTER POLICY pat_auth_access ON shop.unowned USING (false)',
        'warning: policy pat_auth_access on table shop.unowned: a policy is not as'),
    ('that policy with a check of its own', 'ALTER POLICY pat_auth_access ON shop.unowned WITH CHECK (false)',
        'warning: policy pat_auth_access on table shop.unowned: a policy is not as'),
    ('a comment that is too long for any name', format('COMMENT ON POLICY pat_auth_select ON shop.unowned IS %L', '{"application": "' || repeat('a', 300000)
            || '", "read_scope": "r", "write_scope": null, "tenant_column": null, "user_column": null}'),
        '(critical: [^\n]*\n)+warning: table shop.unowned: it wants the scope r of application a+, which does not exist'),
    ('an application renamed', 'UPDATE pat_auth.application SET name = ''theirs'' WHERE name = ''it''''s''; DROP TABLE shop.by_domain, shop.by_integer, shop.by_uuid, shop.unowned, shop.parted, shop.backslash, shop.collated',
        'warning: table shop.by_text: it wants the scope "a \(b\) ::c" of application "it''s", which does not exist[^\n]*\n'
        || 'warning: table shop.by_text: it wants the scope reader of application "it''s", which does not exist'),
    ('a function for PUBLIC', 'GRANT EXECUTE ON FUNCTION pat_auth.pat_login_user TO PUBLIC',
        'critical: function pat_auth.pat_login_user\(text,text\): PUBLIC has privileges on it'),
    ('the schema for PUBLIC', 'GRANT USAGE ON SCHEMA pat_auth TO PUBLIC', 'critical: schema pat_auth: PUBLIC has privileges on it'),
    ('a view for PUBLIC', 'GRANT SELECT ON pat_auth.my_tokens TO PUBLIC', 'critical: table pat_auth.my_tokens: PUBLIC has privileges on it'),
    ('columns for PUBLIC', 'GRANT SELECT (token_id, scope_ids) ON pat_auth.token TO PUBLIC', 'critical: table pat_auth.token: PUBLIC has privileges on it'),
    ('the trigger dropped', 'DROP TRIGGER pat_auth_truncate ON shop.unowned',
        'critical: trigger pat_auth_truncate on table shop.unowned: the trigger'),
    ('the trigger not for replication', 'ALTER TABLE shop.unowned ENABLE TRIGGER pat_auth_truncate',
        'critical: trigger pat_auth_truncate on table shop.unowned: the trigger'),
    ('the trigger with another scope', 'CREATE OR REPLACE TRIGGER pat_auth_truncate BEFORE TRUNCATE ON shop.unowned
            EXECUTE FUNCTION pat_auth.guard_truncate(''it''''s'', ''a (b) ::c'', ''false''); ALTER TABLE shop.unowned ENABLE ALWAYS TRIGGER pat_auth_truncate',
        'critical: trigger pat_auth_truncate on table shop.unowned: the trigger'),
    ('the trigger too late', 'CREATE OR REPLACE TRIGGER pat_auth_truncate AFTER TRUNCATE ON shop.unowned
            EXECUTE FUNCTION pat_auth.guard_truncate(''it''''s'', ''reader'', ''false''); ALTER TABLE shop.unowned ENABLE ALWAYS TRIGGER pat_auth_truncate',
        'critical: trigger pat_auth_truncate on table shop.unowned: the trigger'),
    ('a partition made later', 'CREATE TABLE shop.parted_2 PARTITION OF shop.parted FOR VALUES IN (2)',
        'critical: table shop.parted_2: a partition or child of the protected table shop.parted'),
    ('a partition attached later, with its own', 'CREATE TABLE shop.parted_2 (LIKE shop.parted) PARTITION BY LIST (id);
            CREATE TABLE shop.parted_2_2 PARTITION OF shop.parted_2 FOR VALUES IN (2); GRANT ALL ON shop.parted_2_2 TO check_holes_app;
            ALTER TABLE shop.parted ATTACH PARTITION shop.parted_2 FOR VALUES IN (2)',
        '(critical: table shop.parted_2(_2)?: a partition or child of the protected table shop.parted [^\n]*\n?){2}'),
    ('a foreign table as a partition', 'CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
            CREATE FOREIGN TABLE shop.parted_2 PARTITION OF shop.parted FOR VALUES IN (2) SERVER nowhere',
        'critical: table shop.parted_2: a partition or child of the protected table shop.parted'),
    ('a child made later', 'CREATE TABLE shop.heir () INHERITS (shop.unowned)',
        'critical: table shop.heir: a partition or child of the protected table shop.unowned'),
    ('a protected table as the partition of one that is not', 'CREATE TABLE shop.upper (id integer, tenant shop.word) PARTITION BY LIST (id);
            GRANT ALL ON shop.upper TO check_holes_app; ALTER TABLE shop.upper ATTACH PARTITION shop.by_domain FOR VALUES IN (1)',
        'critical: table shop.upper: the protected table shop.by_domain is a partition or child of it'),
    ('a partition protected otherwise', 'SELECT pat_auth.pat_protect(''shop.parted_1'', ''it''''s'', ''reader'', ''reader'')',
        'warning: table shop.parted_1: it is not protected as shop.parted is'),
    ('a role with BYPASSRLS', 'ALTER ROLE check_holes_app BYPASSRLS',
        'critical: role check_holes_app: an application role has BYPASSRLS'),
    ('a superuser', 'ALTER ROLE check_holes_app SUPERUSER',
        'critical: role check_holes_app: an application role is a superuser'),
    ('a role with REPLICATION', 'ALTER ROLE check_holes_app REPLICATION',
        'critical: role check_holes_app: an application role has REPLICATION'),
    ('a role that reads the server''s files', 'GRANT pg_read_server_files TO check_holes_app',
        'critical: role check_holes_app: an application role is a member of pg_read_server_files'),
    ('a member of an application role with BYPASSRLS', 'CREATE ROLE check_holes_member BYPASSRLS IN ROLE check_holes_app',
        'critical: role check_holes_member: an application role has BYPASSRLS'),
    ('a member of a role with BYPASSRLS', 'CREATE ROLE check_holes_other BYPASSRLS; GRANT check_holes_other TO check_holes_app',
        'critical: role check_holes_app: an application role is a member of check_holes_other, whom no policy binds'),
    ('a role that is a member of the table''s owner',
        'ALTER TABLE shop.unowned OWNER TO check_holes_owner; GRANT check_holes_owner TO check_holes_app',
        'critical: table shop.unowned: the application role check_holes_app owns it'),
    ('a role that may create triggers', 'GRANT TRIGGER ON shop.unowned TO check_holes_app',
        'warning: table shop.unowned: the application role check_holes_app can create triggers on it'),
    ('a materialized view', 'CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM shop.unowned; GRANT SELECT ON shop.kept TO check_holes_app',
        'critical: materialized view shop.kept: it keeps rows of the protected table shop.unowned'),
    ('a materialized view that no application role reads', 'CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM shop.unowned',
        'warning: materialized view shop.kept: it keeps rows of the protected table shop.unowned'),
    ('a materialized view over views, read through another', 'CREATE VIEW shop.one WITH (security_invoker) AS SELECT * FROM shop.unowned;
            CREATE VIEW shop.two WITH (security_invoker) AS SELECT * FROM shop.one; CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM shop.two;
            CREATE VIEW shop.three AS SELECT id FROM shop.kept; GRANT SELECT (id) ON shop.three TO check_holes_app',
        'critical: materialized view shop.kept: it keeps rows of the protected table shop.unowned'),
    ('a view without security_invoker', 'CREATE VIEW shop.seen AS SELECT * FROM shop.unowned',
        'critical: view shop.seen: it reads the protected table shop.unowned as the view''s owner'),
    ('a view without it whose owner is bound by row security', 'CREATE VIEW shop.seen AS SELECT * FROM shop.unowned; ALTER VIEW shop.seen OWNER TO check_holes_owner',
        'warning: view shop.seen: it reads the protected table shop.unowned as the view''s owner'),
    ('a view with security_invoker over one without', 'CREATE VIEW shop.seen WITH (security_invoker = off) AS SELECT * FROM shop.unowned;
            CREATE VIEW shop.upper WITH (security_invoker) AS SELECT * FROM shop.seen',
        'critical: view shop.seen: it reads the protected table shop.unowned as the view''s owner[^\n]*\n'
        || 'critical: view shop.upper: it reads the protected table shop.unowned through the view shop.seen'),
    ('a rule', 'CREATE TABLE shop.inbox (id integer); CREATE RULE pass_on AS ON INSERT TO shop.inbox DO INSTEAD DELETE FROM shop.unowned',
        'critical: rule pass_on on shop.inbox: it reaches the protected table shop.unowned as the owner of'),
    ('a SECURITY DEFINER function with a parsed body',
        'CREATE FUNCTION shop.counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM shop.unowned)',
        'warning: function shop.counted\(\): it is SECURITY DEFINER and reads the protected table shop.unowned'),
    ('a SECURITY DEFINER function whose body is a text',
        'CREATE FUNCTION shop.counted() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS ''BEGIN RETURN (SELECT count(*) FROM shop.Unowned); END''',
        'warning: function shop.counted\(\): it is SECURITY DEFINER and may read'),
    ('a SECURITY DEFINER function that reads a view', 'CREATE VIEW shop.seen WITH (security_invoker) AS SELECT * FROM shop.unowned;
            CREATE FUNCTION shop.counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM shop.seen)',
        'warning: function shop.counted\(\): it is SECURITY DEFINER and reads the protected table shop.unowned'),
    ('a SECURITY DEFINER function whose owner is bound by row security', 'CREATE FUNCTION shop.counted() RETURNS bigint
            LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM shop.unowned); ALTER FUNCTION shop.counted() OWNER TO check_holes_owner',
        'notice: function shop.counted\(\): it is SECURITY DEFINER and reads the protected table shop.unowned'),
    ('an unprotected table', 'CREATE TABLE shop.open (id integer); GRANT SELECT (id) ON shop.open TO check_holes_app',
        'warning: table shop.open: it is not protected'),
    ('a trigger of pat_sync_users dropped', 'DROP TRIGGER pat_auth_sync_delete ON shop.person',
        'warning: trigger pat_auth_sync_delete on table shop.person: a trigger that pat_sync_users\(\) made is missing'),
    ('one switched off', 'ALTER TABLE shop.person DISABLE TRIGGER pat_auth_sync_truncate',
        'warning: trigger pat_auth_sync_truncate on table shop.person: a trigger that pat_sync_users'),
    ('one not for replication', 'ALTER TABLE shop.person ENABLE TRIGGER pat_auth_sync_insert',
        'warning: trigger pat_auth_sync_insert on table shop.person: a trigger that pat_sync_users'),
    ('one of other columns', 'DROP TRIGGER pat_auth_sync_truncate ON shop.person; CREATE TRIGGER pat_auth_sync_truncate
            BEFORE TRUNCATE ON shop.person EXECUTE FUNCTION pat_auth.sync_users(''customer'', ''customer'');
            ALTER TABLE shop.person ENABLE ALWAYS TRIGGER pat_auth_sync_truncate',
        'warning: trigger pat_auth_sync_truncate on table shop.person: a trigger that pat_sync_users'),
    ('one under a condition', 'CREATE OR REPLACE TRIGGER pat_auth_sync_delete AFTER DELETE ON shop.person REFERENCING OLD TABLE AS old_rows
            WHEN (false) EXECUTE FUNCTION pat_auth.sync_users(''customer'', ''name''); ALTER TABLE shop.person ENABLE ALWAYS TRIGGER pat_auth_sync_delete',
        'warning: trigger pat_auth_sync_delete on table shop.person: a trigger that pat_sync_users'),
    ('one too late', 'CREATE OR REPLACE TRIGGER pat_auth_sync_truncate AFTER TRUNCATE ON shop.person
            EXECUTE FUNCTION pat_auth.sync_users(''customer'', ''name''); ALTER TABLE shop.person ENABLE ALWAYS TRIGGER pat_auth_sync_truncate',
        'warning: trigger pat_auth_sync_truncate on table shop.person: a trigger that pat_sync_users'),
    ('one for each row', 'CREATE OR REPLACE TRIGGER pat_auth_sync_insert AFTER INSERT ON shop.person
            FOR EACH ROW EXECUTE FUNCTION pat_auth.sync_users(''customer'', ''name''); ALTER TABLE shop.person ENABLE ALWAYS TRIGGER pat_auth_sync_insert',
        'warning: trigger pat_auth_sync_insert on table shop.person: a trigger that pat_sync_users'),
    ('a permissive policy beside ours', 'CREATE POLICY own ON shop.unowned USING (true)',
        'notice: policy own on table shop.unowned: a permissive policy');
INSERT INTO kind (description, damage, hole)
SELECT 'a role with CREATEROLE', 'ALTER ROLE check_holes_app CREATEROLE', 'critical: role check_holes_app: an application role has CREATEROLE'
WHERE current_setting('server_version_num')::integer < 160000;
SELECT plan((SELECT count(*)::integer FROM kind) + 7);

SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'a sound database has no hole');
SELECT set_eq($$SELECT relation::text, application, read_scope, write_scope, tenant_column::text, user_column::text,
        row_security_enabled, row_security_forced FROM pat_auth.protection$$,
    $$VALUES ('shop.by_text', 'it''s', 'reader', 'a (b) ::c', 'tenant', 'owner', true, true),
    ('shop.by_domain', 'it''s', 'reader', NULL, 'tenant', NULL, true, true),
    ('shop.by_integer', 'it''s', 'reader', 'reader', 'Tenant no', 'owner', true, true),
    ('shop.by_uuid', 'it''s', 'reader', 'reader', NULL, 'owner', true, true),
    ('shop.unowned', 'it''s', NULL, 'reader', NULL, NULL, true, true),
    ('shop.parted', 'it''s', 'reader', 'reader', 'tenant', NULL, true, true),
    ('shop.parted_1', 'it''s', 'reader', 'reader', 'tenant', NULL, true, true),
    ('shop.backslash', 'it''s', E'CORP\\readers', E'CORP\\readers', E'ten\\ant', NULL, true, true),
    ('shop.collated', 'it''s', 'a COLLATE "C".', 'reader', NULL, U&'own\0085er', true, true)$$,
    'the view protection tells how each table is protected, partitions too');

-- A session's own affair.
CREATE TEMPORARY TABLE own_session (id integer);
CREATE POLICY pat_auth_select ON own_session AS RESTRICTIVE FOR SELECT USING (true);
SELECT format('COMMENT ON POLICY pat_auth_select ON own_session IS %L', '{"application": "' || repeat('a', 300000)
    || '", "read_scope": "r", "write_scope": null, "tenant_column": null, "user_column": null}') \gexec
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'a temporary table is no hole, whatever is written of it');
DROP TABLE own_session;

SET LOCAL standard_conforming_strings = off;
SET LOCAL quote_all_identifiers = on;
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'whatever the caller''s settings for texts are');
RESET standard_conforming_strings;
RESET quote_all_identifiers;
SET LOCAL ROLE check_holes_app;
SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'an application role may call it');
RESET ROLE;

SELECT matches(pg_temp.found(damage), '^' || hole || '[^\n]*$', 'it finds, and nothing else: ' || description) FROM kind ORDER BY number;

-- What looks like a hole and is none.
SELECT is(pg_temp.found($$CREATE VIEW shop.lower WITH (security_invoker) AS SELECT * FROM shop.unowned;
    CREATE VIEW shop.upper AS SELECT * FROM shop.lower;
    CREATE POLICY narrow ON shop.by_text AS RESTRICTIVE USING (id > 0);
    CREATE FUNCTION shop.other() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN ''shop.unowned_thing by_texts''; END';
    CREATE FUNCTION shop.invoker() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM shop.unowned);
    CREATE TABLE shop.private (id integer);
    CREATE TABLE shop.own_policies (id integer);
    CREATE POLICY own ON shop.own_policies USING (id > 0);
    SELECT pat_auth.pat_protect('shop.own_policies', 'it''s', 'reader', 'reader')$$), 'none', 'a sound database with more in it has none either');

-- One of each at the same time, in one database: worst first.
SELECT pg_temp.found((SELECT string_agg(damage, '; ' ORDER BY number) FROM kind WHERE description IN ('row security not forced',
    'a policy dropped', 'that policy changed', 'the trigger dropped', 'a partition made later', 'a child made later',
    'a protected table as the partition of one that is not', 'a partition protected otherwise', 'a role with BYPASSRLS',
    'a member of a role with BYPASSRLS', 'a role that is a member of the table''s owner', 'a materialized view', 'a rule',
    'a view without security_invoker', 'a SECURITY DEFINER function with a parsed body', 'an unprotected table',
    'a permissive policy beside ours'))) AS found \gset
SELECT is((SELECT array_agg(DISTINCT severity ORDER BY severity)
    FROM (SELECT regexp_replace(line, ':.*', '') || ' ' || rank() OVER (ORDER BY array_position(ARRAY['critical', 'warning', 'notice'],
            regexp_replace(line, ':.*', ''))) - min(number) OVER (PARTITION BY regexp_replace(line, ':.*', '')) AS severity
        FROM regexp_split_to_table(:'found', '\n') WITH ORDINALITY AS lines (line, number)) AS lines),
    ARRAY['critical 0', 'notice 0', 'warning 0'], 'of many it tells the worst first');

SELECT * FROM finish();
ROLLBACK;
