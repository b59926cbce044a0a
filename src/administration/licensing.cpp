// licensing (R26): who and what is counted, per tenant and application. docs/administration_tasks.md lists the keys.

#include "server/prelude.h"

#include "administration/require_task.h"
#include "server/guard.h"
#include "server/statement.h"

namespace {

namespace server = pat_auth::server;

server::Statement<0> select_licensing{R"sql(
    WITH counted AS (
        SELECT tenant_id, application_id,
            count(*) AS total,
            count(*) FILTER (WHERE status = 'active') AS active,
            count(*) FILTER (WHERE status = 'expired') AS expired,
            count(*) FILTER (WHERE status = 'permissions_changed') AS permissions_changed,
            count(*) FILTER (WHERE status = 'blocked') AS blocked,
            count(*) FILTER (WHERE status = 'revoked') AS revoked,
            count(*) FILTER (WHERE last_used_at > clock_timestamp() - interval '1 day') AS used_1,
            count(*) FILTER (WHERE last_used_at > clock_timestamp() - interval '7 days') AS used_7,
            count(*) FILTER (WHERE last_used_at > clock_timestamp() - interval '30 days') AS used_30,
            count(*) FILTER (WHERE last_used_at > clock_timestamp() - interval '90 days') AS used_90
        FROM (
            SELECT token.tenant_id, token.application_id,
                pat_auth.token_last_used_at(token.token_id, token_usage.last_used_at) AS last_used_at,
                pat_auth.token_status(token.user_id, token.application_id, token.scope_ids, token.expires_at,
                    token.revoked_at) AS status
            FROM pat_auth.token
            LEFT JOIN pat_auth.token_usage USING (token_id)
        ) AS token
        GROUP BY tenant_id, application_id
    ), applications AS (
        SELECT counted.tenant_id, json_agg(json_build_object(
            'application', application.name,
            'tokens', json_build_object('total', total, 'active', active, 'expired', expired,
                'permissions_changed', permissions_changed, 'blocked', blocked, 'revoked', revoked),
            'tokens_used_in_days', json_build_object('1', used_1, '7', used_7, '30', used_30, '90', used_90)
            ) ORDER BY application.name) AS content
        FROM counted
        JOIN pat_auth.application USING (application_id)
        GROUP BY counted.tenant_id
    ), users AS (
        SELECT tenant, count(*) AS total, count(*) FILTER (WHERE is_active) AS active,
            count(*) FILTER (WHERE allow_pat_creation) AS allowed
        FROM pat_auth.app_user
        GROUP BY tenant
    )
    SELECT json_build_object(
        'generated_at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'tenants', coalesce(json_agg(json_build_object(
            'tenant', tenant.name,
            'users', coalesce(users.total, 0),
            'active_users', coalesce(users.active, 0),
            'users_allowed_to_create', coalesce(users.allowed, 0),
            'applications', coalesce(applications.content, '[]')
            ) ORDER BY tenant.name), '[]'))
    FROM pat_auth.tenant
    LEFT JOIN users ON users.tenant = tenant.name
    LEFT JOIN applications USING (tenant_id)
    )sql",
                                      {}};

} // namespace

PAT_AUTH_FUNCTION(pat_auth_licensing)
{
    pat_auth::administration::require_task("licensing");
    return pat_auth::administration::report([] { select_licensing.read({}); });
}
