// pat_check: the holes in the protection of this database, found in the catalogues and in the names of roles. It tells
// nothing of the rows of a protected table.

#include "server/version.h"

extern "C" {
#include "funcapi.h"
#include "utils/tuplestore.h"
}

#include "server/guard.h"
#include "server/logging_settings.h"
#include "server/preload.h"
#include "server/statement.h"

#include <utility>

namespace {

namespace server = pat_auth::server;

// What the holes are looked for in. An application role is one that was given what policies call, or a member of one:
// nobody else reads a protected table. A table counts as protected as long as it has anything of what pat_protect
// makes, so that what is missing is found. A temporary one is its own session's affair.
constexpr char examined[] = R"sql(
    WITH RECURSIVE application_role (role_id, name, is_superuser) AS (
        SELECT grantee, rolname, rolsuper
        FROM pg_proc, aclexplode(proacl) JOIN pg_roles ON pg_roles.oid = grantee
        WHERE pg_proc.oid = 'pat_auth.pat_has_scope(text, text)'::regprocedure AND grantee <> proowner
        UNION
        SELECT member, rolname, rolsuper
        FROM application_role JOIN pg_auth_members ON roleid = role_id JOIN pg_roles ON pg_roles.oid = member
    ), unbound_role (role_id) AS (
        SELECT oid FROM pg_roles WHERE rolsuper OR rolbypassrls
    ), own_policy (name, command) AS (
        VALUES ('pat_auth_select'::name, 'r'::"char"), ('pat_auth_insert', 'a'), ('pat_auth_update', 'w'),
            ('pat_auth_delete', 'd')
    ), protected (relation, is_enabled, is_forced, owner, given) AS (
        SELECT pg_class.oid, relrowsecurity, relforcerowsecurity, relowner, CASE
            WHEN comment ~ ('^[{]"application": ("([^"\\\x01-\x1f]|\\["\\bfnrt]|\\u00(0[1-9a-f]|1[0-9a-f]))*"|null)'
                || '(, "(read_scope|write_scope|tenant_column|user_column)": ("([^"\\\x01-\x1f]|\\["\\bfnrt]|\\u00(0[1-9a-f]|1[0-9a-f]))*"|null)){4}[}]$') THEN comment::json END
        FROM pg_class
        LEFT JOIN pg_policy ON polrelid = pg_class.oid AND polname = 'pat_auth_select'
        LEFT JOIN LATERAL obj_description(pg_policy.oid, 'pg_policy') AS comment ON true
        WHERE relpersistence <> 't' AND (
            EXISTS (SELECT FROM pg_policy AS own JOIN own_policy ON name = own.polname WHERE own.polrelid = pg_class.oid)
            OR EXISTS (SELECT FROM pg_trigger
                WHERE tgrelid = pg_class.oid AND tgfoid = 'pat_auth.guard_truncate()'::regprocedure))
    ), descendant (relation, parent) AS (
        SELECT inhrelid, inhparent FROM pg_inherits JOIN protected ON relation = inhparent
        UNION
        SELECT inhrelid, parent FROM pg_inherits JOIN descendant ON relation = inhparent
    ), ancestor (relation, child) AS (
        SELECT inhparent, inhrelid FROM pg_inherits JOIN protected ON relation = inhrelid
        UNION
        SELECT inhparent, child FROM pg_inherits JOIN ancestor ON relation = inhrelid
    ),
    -- What reads a protected table by its SELECT rule, directly or through others; and which of them lets everybody in
    -- who may read it: a view that reads as its owner, or what was kept. A view with security_invoker asks for the
    -- reader also where it is below another view.
    reading_rule (relation, kind, is_invoker, source) AS (
        SELECT DISTINCT ev_class, relkind,
            EXISTS (SELECT FROM pg_options_to_table(reloptions)
                WHERE option_name = 'security_invoker' AND option_value::boolean), refobjid
        FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid JOIN pg_class ON pg_class.oid = ev_class
        WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass
            AND ev_type = '1' AND ev_class <> refobjid
    ), reader (relation, kind, protected, open_through) AS (
        SELECT reading_rule.relation, kind, source,
            CASE WHEN kind = 'm' OR NOT is_invoker THEN reading_rule.relation END
        FROM reading_rule JOIN protected ON protected.relation = source
        UNION
        SELECT reading_rule.relation, reading_rule.kind, protected,
            CASE WHEN reading_rule.kind = 'm' THEN reading_rule.relation ELSE open_through END
        FROM reading_rule JOIN reader ON reader.relation = source
    ), )sql";

// Expressions are compared without what only the server's way of printing them adds. It prints a literal with a
// backslash without E, so the arguments are not quoted by format's %L.
constexpr char holes_in_tables[] = R"sql(expected (relation, name, command, is_permissive, condition) AS (
        SELECT relation, name, command, false, CASE
            WHEN given ->> (CASE command WHEN 'r' THEN 'read_scope' ELSE 'write_scope' END) IS NULL THEN 'false'
            WHEN coalesce(given ->> 'tenant_column', given ->> 'user_column') IS NULL
                THEN format('(SELECT pat_auth.pat_has_scope(%s))', arguments)
            ELSE concat_ws(' AND ',
                quote_ident(given ->> 'tenant_column') || format(' = (SELECT pat_auth.tenant_with_scope(%s))', arguments),
                quote_ident(given ->> 'user_column') || format(' = (SELECT pat_auth.user_with_scope(%s))', arguments))
            END
        FROM protected CROSS JOIN own_policy, LATERAL (SELECT concat('''', replace(given ->> 'application', '''', ''''''), ''', ''',
            replace(given ->> (CASE command WHEN 'r' THEN 'read_scope' ELSE 'write_scope' END), '''', ''''''), '''')
            AS arguments) AS asked
        UNION ALL
        SELECT relation, 'pat_auth_access', '*', true, 'pat_auth.restrictive_policies_decide()'
        FROM protected
        WHERE EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'pat_auth_access')
            OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polpermissive)
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
        SELECT CASE WHEN is_permissive THEN 'warning' ELSE 'critical' END,
            format('policy %s on table %s', name, expected.relation::regclass),
            CASE WHEN polname IS NULL THEN 'a policy that pat_protect() made is missing'
                ELSE 'a policy is not as pat_protect() made it' END
                || CASE WHEN is_permissive THEN ': it lets in whom the others let through, so that some see nothing' ELSE '' END,
            format('call pat_auth.pat_protect() for %s again', expected.relation::regclass)
        FROM expected LEFT JOIN pg_policy ON polrelid = expected.relation AND polname = name
        WHERE polname IS NULL OR polpermissive <> is_permissive OR polcmd <> command OR polroles <> '{0}'
            OR (command <> 'a' AND polwithcheck IS NOT NULL)
            OR regexp_replace(regexp_replace(
                coalesce(pg_get_expr(CASE command WHEN 'a' THEN polwithcheck ELSE polqual END, polrelid), ''),
                '\s+AS "?\w+"?|::\w+|\s*COLLATE (pg_catalog\.)?"C"|[\s()]', '', 'g'),
                'pat_auth\.(tenant|user)_with_scope_as_(bigint|uuid)', 'pat_auth.\1_with_scope', 'g')
            <> regexp_replace(condition, '\s+AS "?\w+"?|::\w+|\s*COLLATE (pg_catalog\.)?"C"|[\s()]', '', 'g')
        UNION ALL
        SELECT DISTINCT 'warning', format('table %s', relation::regclass),
            format('it wants the scope %s of application %s, which does not exist: nobody gets by, and who makes it decides who does',
                quote_ident(scope), quote_ident(given ->> 'application')),
            format('call pat_auth.pat_protect() for %s with the present names', relation::regclass)
        FROM protected, unnest(ARRAY[given ->> 'read_scope', given ->> 'write_scope']) AS scope
        WHERE scope IS NOT NULL AND NOT EXISTS (SELECT FROM pat_auth.role
            WHERE application = given ->> 'application' AND name = scope)
        UNION ALL
        SELECT 'critical', format('trigger pat_auth_truncate on table %s', relation::regclass),
            'the trigger that guards TRUNCATE is missing, does not always fire, or is not as pat_protect() made it',
            format('call pat_auth.pat_protect() for %s again', relation::regclass)
        FROM protected
        WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgenabled = 'A'
            AND tgfoid = 'pat_auth.guard_truncate()'::regprocedure AND tgtype = 2 | 32 -- BEFORE TRUNCATE
            AND (given IS NULL OR tgargs = convert_to(given ->> 'application', getdatabaseencoding()) || decode('00', 'hex')
                || convert_to(coalesce(given ->> 'write_scope', ''), getdatabaseencoding()) || decode('00', 'hex')
                || convert_to((given ->> 'tenant_column' IS NOT NULL OR given ->> 'user_column' IS NOT NULL)::text,
                    getdatabaseencoding()) || decode('00', 'hex')))
        UNION ALL
        (SELECT DISTINCT ON (descendant.relation) 'critical', format('table %s', descendant.relation::regclass),
            format('a partition or child of the protected table %s is not protected: named directly, it is open',
                parent::regclass),
            CASE relkind WHEN 'f' THEN format('detach it: row security knows no foreign tables; or REVOKE ALL ON %s', descendant.relation::regclass)
                ELSE format('call pat_auth.pat_protect() for %s again', parent::regclass) END
        FROM descendant JOIN pg_class ON oid = descendant.relation
        WHERE descendant.relation NOT IN (SELECT relation FROM protected) AND relkind IN ('r', 'p', 'f')
        ORDER BY descendant.relation, parent IN (SELECT relation FROM descendant), parent) -- the topmost
        UNION ALL
        SELECT 'critical', format('table %s', ancestor.relation::regclass),
            format('the protected table %s is a partition or child of it: through it, which is not protected, it is open',
                string_agg(child::regclass::text, ', ' ORDER BY child::regclass::text)),
            format('call pat_auth.pat_protect() for %s', ancestor.relation::regclass)
        FROM ancestor WHERE ancestor.relation NOT IN (SELECT relation FROM protected)
        GROUP BY ancestor.relation
        UNION ALL
        SELECT 'warning', format('table %s', descendant.relation::regclass),
            format('it is not protected as %s is, whose partition or child it is: what is seen depends on which is named',
                parent::regclass),
            format('call pat_auth.pat_protect() for %s again', parent::regclass)
        FROM descendant JOIN protected AS child ON child.relation = descendant.relation
        JOIN protected AS upper ON upper.relation = parent
        WHERE child.given::text <> upper.given::text
        UNION ALL
        SELECT 'notice', format('policy %s on table %s', quote_ident(other.polname), other.polrelid::regclass),
            'a permissive policy of the application''s own has pat_auth_access beside it, which makes it void',
            format('DROP POLICY pat_auth_access ON %s, or call pat_auth.pat_protect() again', other.polrelid::regclass)
        FROM pg_policy AS other
        JOIN pg_policy AS own ON own.polrelid = other.polrelid AND own.polname = 'pat_auth_access'
        WHERE other.polpermissive AND other.polname <> 'pat_auth_access'
        UNION ALL
        SELECT 'warning', format('table %s', pg_class.oid::regclass),
            format('it is not protected, and the application role %s can reach it without any identity',
                string_agg(quote_ident(application_role.name), ', ' ORDER BY application_role.name)),
            format('call pat_auth.pat_protect() for %s, or REVOKE the privileges', pg_class.oid::regclass)
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN application_role ON NOT is_superuser
        WHERE relkind IN ('r', 'p', 'f')
            AND nspname NOT IN ('pat_auth', 'pg_catalog', 'information_schema') AND nspname !~ '^pg_(temp|toast)'
            AND pg_class.oid NOT IN (SELECT relation FROM protected UNION ALL SELECT relation FROM descendant
                UNION ALL SELECT relation FROM ancestor)
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                AND deptype = 'e')
            AND has_schema_privilege(role_id, pg_namespace.oid, 'USAGE')
            AND (has_table_privilege(role_id, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                OR has_any_column_privilege(role_id, pg_class.oid, 'SELECT, INSERT, UPDATE'))
        GROUP BY pg_class.oid
        UNION ALL )sql";

// pg_has_role() is true of a superuser whatever he is a member of. PUBLIC has the number 0.
constexpr char holes_by_roles[] = R"sql(
        SELECT DISTINCT 'critical', kind || name, 'PUBLIC has privileges on it: everybody who can connect',
            format('REVOKE ALL ON %s FROM PUBLIC', kind || name)
        FROM (
            SELECT 'schema ', oid::regnamespace::text, nspacl FROM pg_namespace WHERE nspname = 'pat_auth'
            UNION ALL
            SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END, oid::regclass::text, relacl
            FROM pg_class WHERE relnamespace = 'pat_auth'::regnamespace AND relkind IN ('r', 'v', 'S')
            UNION ALL
            SELECT 'table ', attrelid::regclass::text, attacl
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'pat_auth'::regnamespace AND attacl IS NOT NULL
            UNION ALL
            SELECT 'function ', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
            FROM pg_proc WHERE pronamespace = 'pat_auth'::regnamespace
        ) AS own (kind, name, privileges)
        WHERE EXISTS (SELECT FROM aclexplode(privileges) WHERE grantee = 0)
        UNION ALL
        SELECT 'critical', format('role %s', quote_ident(rolname)),
            CASE WHEN rolsuper THEN 'an application role is a superuser, whom no policy binds'
                ELSE 'an application role has BYPASSRLS: no policy binds it' END,
            format('ALTER ROLE %I %s', rolname, CASE WHEN rolsuper THEN 'NOSUPERUSER NOBYPASSRLS' ELSE 'NOBYPASSRLS' END)
        FROM pg_roles JOIN application_role ON role_id = pg_roles.oid
        WHERE rolsuper OR rolbypassrls
        UNION ALL
        SELECT 'critical', format('role %s', quote_ident(rolname)),
            format('an application role has %s, by which it gets at every table', attribute),
            format('ALTER ROLE %I NO%s', rolname, attribute)
        FROM pg_roles JOIN application_role ON role_id = pg_roles.oid,
            (VALUES ('REPLICATION'), ('CREATEROLE')) AS known (attribute)
        WHERE NOT rolsuper AND CASE attribute WHEN 'REPLICATION' THEN rolreplication
            ELSE rolcreaterole AND current_setting('server_version_num')::integer < 160000 END -- later it wants ADMIN
        UNION ALL
        SELECT 'critical', format('role %s', quote_ident(name)),
            format('an application role is a member of %s, by which it gets at the files of every table', rolname),
            format('REVOKE %I FROM %I', rolname, name)
        FROM application_role JOIN pg_roles ON pg_has_role(role_id, pg_roles.oid, 'MEMBER')
        WHERE NOT is_superuser AND rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
        UNION ALL
        SELECT 'critical', format('role %s', quote_ident(name)),
            format('an application role is a member of %s, %s', quote_ident(rolname), CASE
                WHEN rolsuper OR rolbypassrls THEN 'whom no policy binds' ELSE 'the owner of the extension' END),
            format('REVOKE %I FROM %I', rolname, name)
        FROM application_role JOIN pg_roles ON pg_has_role(role_id, pg_roles.oid, 'MEMBER')
        WHERE NOT is_superuser AND pg_roles.oid <> role_id AND (rolsuper OR rolbypassrls
            OR pg_roles.oid = (SELECT nspowner FROM pg_namespace WHERE nspname = 'pat_auth'))
        UNION ALL
        SELECT 'critical', format('table %s', relation::regclass),
            format('the application role %s owns it, or is a member of its owner, and can take the protection away',
                quote_ident(name)),
            format('ALTER TABLE %s OWNER TO a role that no application signs in as', relation::regclass)
        FROM protected JOIN application_role ON pg_has_role(role_id, owner, 'MEMBER')
        WHERE NOT is_superuser
        UNION ALL
        SELECT 'warning', format('table %s', relation::regclass),
            format('the application role %s can create triggers on it, whose functions run for others who write it',
                string_agg(quote_ident(name), ', ' ORDER BY name)),
            format('REVOKE TRIGGER ON %s', relation::regclass)
        FROM protected JOIN application_role ON has_table_privilege(role_id, relation, 'TRIGGER')
        WHERE NOT is_superuser AND NOT pg_has_role(role_id, owner, 'MEMBER')
        GROUP BY relation
        UNION ALL )sql";

// Of a function's body that is a text only words can be looked for.
constexpr char holes_by_other_objects[] = R"sql(
        SELECT CASE WHEN EXISTS (SELECT FROM reader AS user_of_it, application_role
                    WHERE user_of_it.open_through = reader.relation
                    AND (has_table_privilege(role_id, user_of_it.relation, 'SELECT')
                        OR has_any_column_privilege(role_id, user_of_it.relation, 'SELECT')))
                THEN 'critical' ELSE 'warning' END,
            format('materialized view %s', relation::regclass),
            format('it keeps rows of the protected table %s, and row security does not apply to it', protected::regclass),
            'drop it, or let no application role read it'
        FROM reader WHERE kind = 'm'
        UNION ALL
        SELECT CASE WHEN relowner IN (SELECT role_id FROM unbound_role) THEN 'critical' ELSE 'warning' END,
            format('view %s', relation::regclass),
            format('it reads the protected table %s %s, without security_invoker', protected::regclass, CASE
                WHEN open_through = relation THEN 'as the view''s owner'
                ELSE format('through the view %s as that one''s owner', open_through::regclass) END),
            format('ALTER VIEW %s SET (security_invoker = true)', open_through::regclass)
        FROM reader JOIN pg_class ON pg_class.oid = open_through
        WHERE kind = 'v' AND relkind = 'v'
        UNION ALL
        SELECT DISTINCT CASE WHEN relowner IN (SELECT role_id FROM unbound_role) THEN 'critical' ELSE 'warning' END,
            format('rule %s on %s', quote_ident(rulename), ev_class::regclass),
            format('it reaches the protected table %s as the owner of %s', relation::regclass, ev_class::regclass),
            format('DROP RULE %I ON %s', rulename, ev_class::regclass)
        FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid JOIN pg_class ON pg_class.oid = ev_class
        JOIN protected ON relation = refobjid
        WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass
            AND ev_type <> '1' AND ev_class <> refobjid
        UNION ALL
        SELECT CASE WHEN proowner IN (SELECT role_id FROM unbound_role) THEN 'warning' ELSE 'notice' END,
            format('function %s', pg_proc.oid::regprocedure),
            format('it is SECURITY DEFINER and %s the protected table %s', CASE WHEN bool_or(depends)
                THEN 'reads' ELSE 'may read (its text has the name of, or of a view on)' END, protected::regclass),
            format('ALTER FUNCTION %s SECURITY INVOKER%s', pg_proc.oid::regprocedure, CASE
                WHEN proowner IN (SELECT role_id FROM unbound_role) THEN ', or let an owner have it who is bound by row security'
                ELSE '' END)
        FROM pg_proc
        JOIN (SELECT relation, protected FROM reader UNION SELECT relation, relation FROM protected) AS source ON true
        JOIN pg_class ON pg_class.oid = source.relation,
            LATERAL (SELECT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid
                AND refclassid = 'pg_class'::regclass AND refobjid = source.relation) AS depends) AS known
        WHERE prosecdef AND (depends OR prosrc ~*
                ('(?<!\w)' || regexp_replace(relname, '([][\\.*+?^${}|()])', '\\\1', 'g') || '(?!\w)'))
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid
                AND deptype = 'e')
        GROUP BY pg_proc.oid, protected
        UNION ALL )sql";

// A table counts as synchronized as long as it has one of the triggers that pat_sync_users makes: AFTER INSERT, UPDATE
// and DELETE, BEFORE TRUNCATE, of the statement, by these bits of tgtype, with these names of the changed rows.
constexpr char holes_in_synchronized_tables[] = R"sql(
        SELECT 'warning', format('trigger %s on table %s', name, relation::regclass),
            'a trigger that pat_sync_users() made is missing, does not always fire, or is not as it was made: '
            || 'users who leave that table may stay active, and new ones be unknown',
            format('call pat_auth.pat_sync_users() for %s again, and deactivate those who have left it meanwhile',
                relation::regclass)
        FROM (SELECT tgrelid, mode() WITHIN GROUP (ORDER BY encode(tgargs, 'hex')) FROM pg_trigger
                WHERE tgfoid = 'pat_auth.sync_users()'::regprocedure GROUP BY tgrelid) AS synchronized (relation, arguments),
            (VALUES ('pat_auth_sync_insert', 4, NULL, 'new_rows'), ('pat_auth_sync_update', 16, 'old_rows', 'new_rows'),
                ('pat_auth_sync_delete', 8, 'old_rows', NULL), ('pat_auth_sync_truncate', 2 | 32, NULL, NULL)
            ) AS made (name, type, old_table, new_table)
        WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgname = name AND tgenabled = 'A'
            AND tgfoid = 'pat_auth.sync_users()'::regprocedure AND encode(tgargs, 'hex') = arguments AND tgtype = type
            AND tgoldtable IS NOT DISTINCT FROM old_table::name AND tgnewtable IS NOT DISTINCT FROM new_table::name
            AND tgqual IS NULL AND tgattr::text = '')
        UNION ALL )sql";

// $1 is how the library came into this session, of which the settings of other sessions may differ.
constexpr char holes_in_settings[] = R"sql(
        SELECT 'warning', 'library pat_auth',
            'it is not preloaded: pat_auth.token is an unchecked placeholder until the first call, and no log is masked',
            'add pat_auth to shared_preload_libraries, last, and restart'
        WHERE $1 = 'none'
        UNION ALL
        SELECT 'warning', 'library pat_auth',
            format('it is preloaded in this session by a setting of its own (%s), which others may not have', source),
            format('ALTER DATABASE %I SET session_preload_libraries, or add pat_auth to shared_preload_libraries',
                current_database())
        FROM pg_settings
        WHERE $1 = 'session_preload_libraries' AND name = 'session_preload_libraries'
            AND source NOT IN ('configuration file', 'command line', 'global', 'database')
        UNION ALL
        SELECT 'warning', format('role %s', quote_ident(name)),
            format('its sessions do not preload the library: its own setting is %s', setting),
            format('ALTER ROLE %I%s RESET session_preload_libraries', name,
                CASE WHEN setdatabase <> 0 THEN format(' IN DATABASE %I', current_database()) ELSE '' END)
        FROM pg_db_role_setting JOIN application_role ON role_id = setrole, unnest(setconfig) AS setting
        WHERE $1 = 'session_preload_libraries' AND setting ~ '^session_preload_libraries='
            AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            AND setting !~ '[=,/"\s]pat_auth(\.so)?"?\s*(,|$)'
        UNION ALL
        SELECT 'warning', format('setting %s = %s', name, setting), 'statements or parameters with tokens reach the server log',
            'preload the library, which masks them, or switch the setting off'
        FROM pg_settings
        WHERE $1 = 'none' AND (name = 'log_min_error_statement' AND setting NOT IN ('log', 'fatal', 'panic') OR
    )sql";

// After setting_logs_statements.
constexpr char holes_in_preloading[] = R"sql(
        )
        UNION ALL
        SELECT 'notice', 'library pat_auth', 'the last use of tokens is not recorded without shared_preload_libraries',
            'add pat_auth to shared_preload_libraries, last, and restart'
        WHERE $1 <> 'shared_preload_libraries'
    )
    SELECT severity::text, object::text, problem::text, fix::text FROM hole
    ORDER BY array_position(ARRAY['critical', 'warning', 'notice'], severity::text), object COLLATE "C", problem COLLATE "C"
    )sql";

constexpr auto holes =
    server::join(examined, holes_in_tables, holes_by_roles, holes_by_other_objects, holes_in_synchronized_tables,
                 holes_in_settings, server::setting_logs_statements, holes_in_preloading);

server::Statement<1> select_holes{holes.data(), {TEXTOID}};

} // namespace

PAT_AUTH_FUNCTION(pat_auth_check)
{
    InitMaterializedSRF(fcinfo, 0);
    auto* const result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    server::as_owner([&] {
        // The caller's settings of how texts are read and printed would make holes of what is none.
        for (const auto& [name, value] :
             {std::pair{"standard_conforming_strings", "on"}, {"quote_all_identifiers", "off"}})
            set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        uint64 const rows = select_holes.read({server::argument(CStringGetTextDatum(server::preloaded_by()))});
        for (uint64 i = 0; i < rows; ++i)
            tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
    });
    return static_cast<Datum>(0);
}
