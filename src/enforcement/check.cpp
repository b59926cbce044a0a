// pat_check: the holes in the protection of this database, found in the catalogues. It tells nothing of anybody's rows.

#include "server/version.h"

extern "C" {
#include "funcapi.h"
#include "utils/tuplestore.h"
}

#include "server/guard.h"
#include "server/preload.h"
#include "server/statement.h"

namespace {

namespace server = pat_auth::server;

// An application role is one that was given access to the schema, or a member of one. A table counts as protected as
// long as it has anything of what pat_protect makes, so that what is missing is found. Expressions are compared without
// what only the server's way of printing them adds. $1 is how the library was preloaded.
server::Statement<1> select_holes{R"sql(
    WITH RECURSIVE application_role (role_id) AS (
        SELECT grantee FROM pg_namespace, aclexplode(nspacl)
        WHERE nspname = 'pat_auth' AND grantee <> nspowner AND grantee <> 0
        UNION
        SELECT member FROM pg_auth_members JOIN application_role ON roleid = role_id
    ), own_policy (name, command) AS (
        VALUES ('pat_auth_select'::name, 'r'::"char"), ('pat_auth_insert', 'a'), ('pat_auth_update', 'w'),
            ('pat_auth_delete', 'd')
    ), protected (relation, is_enabled, is_forced, owner, given) AS (
        SELECT pg_class.oid, relrowsecurity, relforcerowsecurity, relowner, CASE
            WHEN comment ~ ('^[{]"application": ("([^"\\[:cntrl:]]|\\["\\bfnrt]|\\u00(0[1-9a-f]|1[0-9a-f]))*"|null)'
                || '(, "(read_scope|write_scope|tenant_column|user_column)": ("([^"\\[:cntrl:]]|\\["\\bfnrt]|\\u00(0[1-9a-f]|1[0-9a-f]))*"|null)){4}[}]$') THEN comment::json END
        FROM pg_class
        LEFT JOIN pg_policy ON polrelid = pg_class.oid AND polname = 'pat_auth_select'
        LEFT JOIN LATERAL obj_description(pg_policy.oid, 'pg_policy') AS comment ON true
        WHERE EXISTS (SELECT FROM pg_policy AS own JOIN own_policy ON name = own.polname
                WHERE own.polrelid = pg_class.oid)
            OR EXISTS (SELECT FROM pg_trigger
                WHERE tgrelid = pg_class.oid AND tgfoid = 'pat_auth.guard_truncate()'::regprocedure)
    ), expected (relation, name, command, condition) AS (
        SELECT relation, name, command, CASE
            WHEN given ->> (CASE command WHEN 'r' THEN 'read_scope' ELSE 'write_scope' END) IS NULL THEN 'false'
            ELSE format('(SELECT pat_auth.pat_has_scope(%L, %L))', given ->> 'application',
                    given ->> (CASE command WHEN 'r' THEN 'read_scope' ELSE 'write_scope' END))
                || coalesce(' AND ' || quote_ident(given ->> 'tenant_column') || ' = (SELECT pat_auth.pat_tenant())', '')
                || coalesce(' AND ' || quote_ident(given ->> 'user_column') || ' = (SELECT pat_auth.pat_user())', '')
            END
        FROM protected CROSS JOIN own_policy
    ), dependent_view (relation, protected) AS (
        SELECT DISTINCT ev_class, refobjid
        FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid
        JOIN protected ON protected.relation = refobjid
        WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND ev_class <> refobjid
    ), hole (severity, object, problem, fix) AS (
        SELECT 'critical', format('table %s', relation::regclass), 'row security is not enabled on a protected table',
            format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation::regclass)
        FROM protected WHERE NOT is_enabled
        UNION ALL
        SELECT 'critical', format('table %s', relation::regclass),
            'row security is not forced on a protected table: its owner, and what runs as its owner, sees every row',
            format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation::regclass)
        FROM protected WHERE NOT is_forced
        UNION ALL
        SELECT 'critical', format('policy %s on table %s', name, expected.relation::regclass),
            CASE WHEN polname IS NULL THEN 'a policy that pat_protect() made is missing'
                ELSE 'a policy is not as pat_protect() made it' END,
            format('call pat_auth.pat_protect() for %s again', expected.relation::regclass)
        FROM expected LEFT JOIN pg_policy ON polrelid = expected.relation AND polname = name
        WHERE polname IS NULL OR polpermissive OR polcmd <> command OR polroles <> '{0}'
            OR (command = 'w' AND polwithcheck IS NOT NULL)
            OR regexp_replace(
                coalesce(pg_get_expr(CASE command WHEN 'a' THEN polwithcheck ELSE polqual END, polrelid), ''),
                '\s+AS "?\w+"?|::\w+|\s*COLLATE (pg_catalog\.)?"C"|[\s()]', '', 'g')
            !~ ('^' || regexp_replace(regexp_replace(
                regexp_replace(condition, '\s+AS "?\w+"?|::\w+|[\s()]', '', 'g'),
                '([][\\.*+?^${}|])', '\\\1', 'g'),
                'pat_auth\\\.pat_(tenant|user)', 'pat_auth\.(pat_\1|\1_as_bigint|\1_as_uuid)', 'g') || '$')
        UNION ALL
        SELECT 'critical', format('trigger pat_auth_truncate on table %s', relation::regclass),
            'the trigger that guards TRUNCATE is missing or does not always fire',
            format('call pat_auth.pat_protect() for %s again', relation::regclass)
        FROM protected
        WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgenabled = 'A'
            AND tgfoid = 'pat_auth.guard_truncate()'::regprocedure)
        UNION ALL
        SELECT 'critical', format('table %s', inhrelid::regclass),
            format('a partition or child of the protected table %s is not protected: named directly, it is open',
                inhparent::regclass),
            format('call pat_auth.pat_protect() for %s again', inhparent::regclass)
        FROM pg_inherits JOIN protected ON relation = inhparent
        WHERE inhrelid NOT IN (SELECT relation FROM protected)
            AND (SELECT relkind FROM pg_class WHERE oid = inhrelid) IN ('r', 'p', 'f')
        UNION ALL
        SELECT 'critical', format('role %s', quote_ident(rolname)),
            CASE WHEN rolsuper THEN 'an application role is a superuser, whom no policy binds'
                ELSE 'an application role has BYPASSRLS: no policy binds it' END,
            format('ALTER ROLE %I %s', rolname, CASE WHEN rolsuper THEN 'NOSUPERUSER NOBYPASSRLS' ELSE 'NOBYPASSRLS' END)
        FROM pg_roles JOIN application_role ON role_id = pg_roles.oid
        WHERE rolsuper OR rolbypassrls
        UNION ALL
        SELECT 'critical', format('table %s', relation::regclass),
            format('the application role %s owns it, or is a member of its owner, and can take the protection away',
                quote_ident(rolname)),
            format('ALTER TABLE %s OWNER TO a role that no application signs in as', relation::regclass)
        FROM protected JOIN application_role ON true JOIN pg_roles ON pg_roles.oid = role_id
        WHERE NOT rolsuper AND pg_has_role(role_id, owner, 'MEMBER')
        UNION ALL
        SELECT 'critical', format('materialized view %s', dependent_view.relation::regclass),
            format('it keeps rows of the protected table %s, and row security does not apply to it', protected::regclass),
            'drop it, or let no application role read it'
        FROM dependent_view JOIN pg_class ON pg_class.oid = relation WHERE relkind = 'm'
        UNION ALL
        SELECT 'warning', format('view %s', dependent_view.relation::regclass),
            format('it reads the protected table %s as the view''s owner, without security_invoker', protected::regclass),
            format('ALTER VIEW %s SET (security_invoker = true)', dependent_view.relation::regclass)
        FROM dependent_view JOIN pg_class ON pg_class.oid = relation
        WHERE relkind = 'v' AND NOT EXISTS (SELECT FROM pg_options_to_table(reloptions)
            WHERE option_name = 'security_invoker' AND option_value::boolean)
        UNION ALL
        SELECT 'warning', format('function %s', pg_proc.oid::regprocedure),
            format('it is SECURITY DEFINER and %s the protected table %s', CASE
                WHEN depends THEN 'reads' ELSE 'may read (its text has the name of)' END, relation::regclass),
            format('ALTER FUNCTION %s SECURITY INVOKER, or see that its owner is bound by row security',
                pg_proc.oid::regprocedure)
        FROM pg_proc JOIN protected ON true JOIN pg_class ON pg_class.oid = relation,
            LATERAL (SELECT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid
                AND refclassid = 'pg_class'::regclass AND refobjid = relation) AS depends) AS known
        WHERE prosecdef AND (depends OR strpos(lower(prosrc), lower(relname)) > 0)
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid
                AND deptype = 'e')
        UNION ALL
        SELECT 'warning', format('table %s', pg_class.oid::regclass),
            format('it is not protected, and the application role %s can reach it without any identity',
                string_agg(quote_ident(rolname), ', ' ORDER BY rolname)),
            format('call pat_auth.pat_protect() for %s, or REVOKE the privileges', pg_class.oid::regclass)
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        JOIN application_role ON true JOIN pg_roles ON pg_roles.oid = role_id
        WHERE relkind IN ('r', 'p', 'f') AND NOT rolsuper
            AND nspname NOT IN ('pat_auth', 'pg_catalog', 'information_schema') AND nspname !~ '^pg_(temp|toast)'
            AND pg_class.oid NOT IN (SELECT relation FROM protected)
            AND pg_class.oid NOT IN (SELECT inhrelid FROM pg_inherits JOIN protected ON relation = inhparent)
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                AND deptype = 'e')
            AND has_schema_privilege(role_id, pg_namespace.oid, 'USAGE')
            AND (has_table_privilege(role_id, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                OR has_any_column_privilege(role_id, pg_class.oid, 'SELECT, INSERT, UPDATE'))
        GROUP BY pg_class.oid
        UNION ALL
        SELECT 'notice', format('policy %s on table %s', quote_ident(other.polname), other.polrelid::regclass),
            'a permissive policy of the application''s own has pat_auth_access beside it, which makes it void',
            format('DROP POLICY pat_auth_access ON %s, or call pat_auth.pat_protect() again', other.polrelid::regclass)
        FROM pg_policy AS other
        JOIN pg_policy AS own ON own.polrelid = other.polrelid AND own.polname = 'pat_auth_access'
        WHERE other.polpermissive AND other.polname <> 'pat_auth_access'
        UNION ALL
        SELECT 'warning', 'library pat_auth',
            'it is not preloaded: pat_auth.token is an unchecked placeholder until the first call, and no log is masked',
            'add pat_auth to shared_preload_libraries, last, and restart'
        WHERE $1 = 'none'
        UNION ALL
        SELECT 'warning', format('setting %s = %s', name, setting), 'statements or parameters with tokens reach the server log',
            'preload the library, which masks them, or switch the setting off'
        FROM pg_settings
        WHERE $1 = 'none' AND ((name = 'log_statement' AND setting <> 'none')
            OR (name IN ('log_min_duration_statement', 'log_min_duration_sample') AND setting <> '-1')
            OR (name = 'log_parameter_max_length_on_error' AND setting <> '0'))
        UNION ALL
        SELECT 'notice', 'library pat_auth', 'the last use of tokens is not recorded without shared_preload_libraries',
            'add pat_auth to shared_preload_libraries, last, and restart'
        WHERE $1 <> 'shared_preload_libraries'
    )
    SELECT severity::text, object::text, problem::text, fix::text FROM hole
    ORDER BY array_position(ARRAY['critical', 'warning', 'notice'], severity::text), object COLLATE "C", problem COLLATE "C"
    )sql",
                                  {TEXTOID}};

} // namespace

PAT_AUTH_FUNCTION(pat_auth_check)
{
    InitMaterializedSRF(fcinfo, 0);
    auto* const result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    server::as_owner([&] {
        uint64 const rows = select_holes.read({server::argument(CStringGetTextDatum(server::preloaded_by()))});
        for (uint64 i = 0; i < rows; ++i)
            tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
    });
    return static_cast<Datum>(0);
}
