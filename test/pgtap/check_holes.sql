-- pat_check() finds nothing in a sound database, and each kind of hole in one that has it. The server of these tests
-- preloads the library, so what it says of the settings without that is not seen here.
BEGIN;
\set QUIET on
SET LOCAL client_min_messages = warning;
CREATE ROLE check_holes_owner;
CREATE ROLE check_holes_app;
SELECT pat_auth.pat_grant_access('check_holes_app') \g /dev/null
SELECT plan(21);

INSERT INTO pat_auth.application (name, allow_personal_access_tokens) VALUES ('it''s', true);
INSERT INTO pat_auth.role (application, name) VALUES ('it''s', 'reader'), ('it''s', 'a (b) ::c');
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
GRANT ALL ON ALL TABLES IN SCHEMA shop TO check_holes_app;

SELECT is_empty('SELECT * FROM pat_auth.pat_check()', 'a sound database has no hole');
SELECT set_eq($$SELECT relation::text, application, read_scope, write_scope, tenant_column::text, user_column::text,
        row_security_enabled, row_security_forced FROM pat_auth.protection$$,
    $$VALUES ('shop.by_text', 'it''s', 'reader', 'a (b) ::c', 'tenant', 'owner', true, true),
    ('shop.by_domain', 'it''s', 'reader', NULL, 'tenant', NULL, true, true),
    ('shop.by_integer', 'it''s', 'reader', 'reader', 'Tenant no', 'owner', true, true),
    ('shop.by_uuid', 'it''s', 'reader', 'reader', NULL, 'owner', true, true),
    ('shop.unowned', 'it''s', NULL, 'reader', NULL, NULL, true, true),
    ('shop.parted', 'it''s', 'reader', 'reader', 'tenant', NULL, true, true),
    ('shop.parted_1', 'it''s', 'reader', 'reader', 'tenant', NULL, true, true)$$,
    'the view protection tells how each table is protected, partitions too');

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

SELECT matches(pg_temp.found(damage), '^' || hole || '[^\n]*$', 'it finds, and nothing else: ' || description)
FROM (VALUES
    ('row security switched off', 'ALTER TABLE shop.unowned DISABLE ROW LEVEL SECURITY',
        'critical: table shop.unowned: row security is not enabled'),
    ('row security not forced', 'ALTER TABLE shop.unowned NO FORCE ROW LEVEL SECURITY',
        'critical: table shop.unowned: row security is not forced'),
    ('a policy dropped', 'DROP POLICY pat_auth_delete ON shop.unowned',
        'critical: policy pat_auth_delete on table shop.unowned: a policy that pat_protect\(\) made is missing'),
    ('a policy''s condition changed', 'ALTER POLICY pat_auth_update ON shop.by_text USING (true)',
        'critical: policy pat_auth_update on table shop.by_text: a policy is not as'),
    ('a policy for some roles only', 'ALTER POLICY pat_auth_update ON shop.by_text TO check_holes_owner',
        'critical: policy pat_auth_update on table shop.by_text: a policy is not as'),
    ('a comment that describes nothing', $$COMMENT ON POLICY pat_auth_select ON shop.unowned IS '{"application": x, "user_column": }'$$,
        '(critical: policy pat_auth_(delete|insert|update) on table shop.unowned: a policy is not as [^\n]*\n?){3}'),
    ('the trigger dropped', 'DROP TRIGGER pat_auth_truncate ON shop.unowned',
        'critical: trigger pat_auth_truncate on table shop.unowned: the trigger'),
    ('the trigger not for replication', 'ALTER TABLE shop.unowned ENABLE TRIGGER pat_auth_truncate',
        'critical: trigger pat_auth_truncate on table shop.unowned: the trigger'),
    ('a partition made later', 'CREATE TABLE shop.parted_2 PARTITION OF shop.parted FOR VALUES IN (2)',
        'critical: table shop.parted_2: a partition or child of the protected table shop.parted'),
    ('a child made later', 'CREATE TABLE shop.heir () INHERITS (shop.unowned)',
        'critical: table shop.heir: a partition or child of the protected table shop.unowned'),
    ('a role with BYPASSRLS', 'ALTER ROLE check_holes_app BYPASSRLS',
        'critical: role check_holes_app: an application role has BYPASSRLS'),
    ('a superuser', 'ALTER ROLE check_holes_app SUPERUSER',
        'critical: role check_holes_app: an application role is a superuser'),
    ('a role that is a member of the owner',
        'ALTER TABLE shop.unowned OWNER TO check_holes_owner; GRANT check_holes_owner TO check_holes_app',
        'critical: table shop.unowned: the application role check_holes_app owns it'),
    ('a materialized view', 'CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM shop.unowned',
        'critical: materialized view shop.kept: it keeps rows of the protected table shop.unowned'),
    ('a view without security_invoker', 'CREATE VIEW shop.seen AS SELECT * FROM shop.unowned;
        CREATE VIEW shop.fine WITH (security_invoker = on) AS SELECT * FROM shop.unowned',
        'warning: view shop.seen: it reads the protected table shop.unowned'),
    ('a SECURITY DEFINER function with a parsed body',
        'CREATE FUNCTION shop.counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM shop.unowned)',
        'warning: function shop.counted\(\): it is SECURITY DEFINER and reads the protected table shop.unowned'),
    ('a SECURITY DEFINER function whose body is a text',
        'CREATE FUNCTION shop.counted() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS ''BEGIN RETURN (SELECT count(*) FROM shop.Unowned); END''',
        'warning: function shop.counted\(\): it is SECURITY DEFINER and may read'),
    ('an unprotected table', 'CREATE TABLE shop.open (id integer); GRANT SELECT (id) ON shop.open TO check_holes_app',
        'warning: table shop.open: it is not protected'),
    ('a permissive policy beside ours', 'CREATE POLICY own ON shop.unowned USING (true)',
        'notice: policy own on table shop.unowned: a permissive policy')
    ) AS kind (description, damage, hole);

SELECT * FROM finish();
ROLLBACK;
