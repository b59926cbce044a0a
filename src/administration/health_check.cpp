// health_check and health_check_advanced (R26): JSON for load balancers and for people. docs/administration_tasks.md
// lists the keys; their names and types stay as they are.

#include "server/prelude.h"

#include "administration/require_task.h"
#include "server/guard.h"
#include "server/logging_settings.h"
#include "server/preload.h"
#include "server/statement.h"

namespace {

namespace server = pat_auth::server;

// What the rules hang on and what an owner or superuser can still switch off: triggers, row-level security, policies.
constexpr char damaged_objects[] = R"sql(
    WITH guarded (relation) AS (
        VALUES ('pat_auth.tenant'::regclass), ('pat_auth.application'), ('pat_auth.application_tenant'),
            ('pat_auth.role'), ('pat_auth.app_user'), ('pat_auth.user_group'), ('pat_auth.user_group_member'),
            ('pat_auth.user_group_role'), ('pat_auth.administrator')
    ), secured (relation) AS (
        SELECT relation FROM guarded
        UNION ALL VALUES ('pat_auth.token'::regclass), ('pat_auth.token_event'), ('pat_auth.token_usage'),
            ('pat_auth.role_token_count')
    ), damage (object) AS (
        SELECT format('trigger %s on %s', expected.name, expected.relation)
        FROM (
            SELECT relation, name
            FROM guarded, unnest(ARRAY['guard', 'inserted', 'updated', 'deleted', 'truncated']) AS name
            UNION ALL VALUES ('pat_auth.token'::regclass, 'changed'), ('pat_auth.token', 'truncated'),
                ('pat_auth.token_usage', 'keep_local'), ('pat_auth.role_token_count', 'keep_local')
        ) AS expected (relation, name)
        WHERE NOT EXISTS (SELECT FROM pg_trigger
            WHERE tgrelid = expected.relation AND tgname = expected.name AND tgenabled = 'A')
        UNION ALL
        SELECT format('rule %s on %s, which is not ours', rulename, secured.relation)
        FROM secured JOIN pg_rewrite ON ev_class = secured.relation
        UNION ALL
        SELECT format('row-level security of %s', secured.relation)
        FROM secured
        WHERE NOT (SELECT relrowsecurity FROM pg_class WHERE oid = secured.relation)
        UNION ALL
        SELECT format('policy visible on %s', guarded.relation)
        FROM guarded
        WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = guarded.relation AND polname = 'visible')
        UNION ALL
        SELECT format('policy %s on %s, which is not ours', polname, secured.relation)
        FROM secured JOIN pg_policy ON polrelid = secured.relation
        WHERE polname <> 'visible'
        UNION ALL
        SELECT format('function %s in language %s', pg_proc.oid::regprocedure, lanname)
        FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
        WHERE pronamespace = 'pat_auth'::regnamespace AND lanname <> 'c'
    )
    )sql";

constexpr char basic_check[] = R"sql(
    SELECT json_build_object(
        'status', CASE WHEN EXISTS (SELECT FROM damage) THEN 'damaged' ELSE 'ok' END,
        'server_version', current_setting('server_version'),
        'server_version_num', current_setting('server_version_num')::integer,
        'extension_version', (SELECT extversion FROM pg_extension WHERE extname = 'pat_auth'),
        'in_recovery', pg_is_in_recovery(),
        'preloaded_by', $1,
        'objects_intact', NOT EXISTS (SELECT FROM damage)
    )
    )sql";

constexpr char advanced_check[] = R"sql(
    SELECT json_build_object(
        'status', CASE WHEN EXISTS (SELECT FROM damage) THEN 'damaged' ELSE 'ok' END,
        'damaged_objects', (SELECT coalesce(json_agg(object ORDER BY object), '[]') FROM damage),
        'holes', (SELECT coalesce(json_agg(hole), '[]') FROM pat_auth.pat_check() AS hole),
        'connections', json_build_object(
            'limit', current_setting('max_connections')::integer,
            'total', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
            'by_state', (SELECT coalesce(json_object_agg(state, backends), '{}') FROM (
                SELECT coalesce(state, 'unknown') AS state, count(*) AS backends
                FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1 ORDER BY 1) AS states)),
        'longest_transaction_seconds', (SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float8
            FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
        'replication_slots', (SELECT coalesce(json_agg(json_build_object('name', slot_name, 'type', slot_type,
                'active', active, 'lag_bytes', CASE WHEN pg_is_in_recovery() THEN NULL
                    ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END) ORDER BY slot_name), '[]')
            FROM pg_replication_slots),
        'standbys', (SELECT coalesce(json_agg(json_build_object('name', application_name, 'state', state,
                'sync_state', sync_state, 'lag_bytes', CASE WHEN pg_is_in_recovery() THEN NULL
                    ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint END,
                'lag_seconds', extract(epoch FROM replay_lag)::float8) ORDER BY application_name), '[]')
            FROM pg_stat_replication),
        'database_size_bytes', pg_database_size(current_database()),
        'cache_hit_ratio', (SELECT blks_hit::float8 / nullif(blks_hit + blks_read, 0)
            FROM pg_stat_database WHERE datname = current_database()),
        'wraparound', (SELECT json_build_object('transaction_age', age(datfrozenxid),
                'limit', current_setting('autovacuum_freeze_max_age')::integer)
            FROM pg_database WHERE datname = current_database()),
        'tokens', (SELECT json_object_agg(expected.status, coalesce(counted.tokens, 0))
            FROM (VALUES ('active'), ('expired'), ('permissions_changed'), ('blocked'), ('revoked')) AS expected (status)
            LEFT JOIN (
                SELECT pat_auth.token_status(user_id, application_id, scope_ids, expires_at, revoked_at) AS status,
                    count(*) AS tokens
                FROM pat_auth.token GROUP BY 1) AS counted USING (status)),
        'settings_that_log_tokens', (SELECT coalesce(json_agg(json_build_object('name', name, 'setting', setting)
                ORDER BY name), '[]')
            FROM pg_settings
            WHERE
    )sql";

// After setting_logs_statements.
constexpr char end_of_advanced_check[] = R"sql(
        ))
    )sql";

constexpr auto health_check_sql = server::join(damaged_objects, basic_check);
constexpr auto health_check_advanced_sql =
    server::join(damaged_objects, advanced_check, server::setting_logs_statements, end_of_advanced_check);

server::Statement<1> select_health{health_check_sql.data(), {TEXTOID}};
server::Statement<0> select_advanced_health{health_check_advanced_sql.data(), {}};

} // namespace

PAT_AUTH_FUNCTION(pat_auth_health_check)
{
    return pat_auth::administration::report(
        [] { select_health.read({server::argument(CStringGetTextDatum(server::preloaded_by()))}); });
}

PAT_AUTH_FUNCTION(pat_auth_health_check_advanced)
{
    pat_auth::administration::require_task("health_check_advanced");
    return pat_auth::administration::report([] { select_advanced_health.read({}); });
}
