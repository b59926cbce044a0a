// What a table of users that pat_sync_users() follows does to ours: see followed_users.h.

#include "server/prelude.h"

#include "registry/followed_users.h"

#include "redaction/shown.h"
#include "server/statement.h"
#include "server/text.h"

namespace pat_auth::registry {

namespace {

// An INSERT that meets a conflict would take a number all the same.
server::Statement<1> add_tenants{R"sql(
    INSERT INTO pat_auth.tenant (name) SELECT DISTINCT given FROM unnest($1) AS given
    WHERE NOT EXISTS (SELECT FROM pat_auth.tenant WHERE tenant.name = given)
    ON CONFLICT (name) DO NOTHING
    )sql",
                                 {TEXTARRAYOID}};

server::Statement<2> add_missing_users{R"sql(
    INSERT INTO pat_auth.app_user (tenant, name) SELECT DISTINCT tenant, name FROM unnest($1, $2) AS given (tenant, name)
    WHERE NOT EXISTS (SELECT FROM pat_auth.app_user WHERE app_user.tenant = given.tenant AND app_user.name = given.name)
    ON CONFLICT (tenant, name) DO NOTHING
    )sql",
                                       {TEXTARRAYOID, TEXTARRAYOID}};

// Whoever left the table and is in it again. Not those whom an administrator has deactivated, nor administrators: who
// is one is not for whoever writes that table.
server::Statement<2> bring_users_back{R"sql(
    UPDATE pat_auth.app_user SET is_active = true
    FROM (SELECT DISTINCT tenant, name FROM unnest($1, $2) AS given (tenant, name)) AS back
    WHERE app_user.tenant = back.tenant AND app_user.name = back.name AND NOT app_user.is_active AND app_user.left_source
        AND NOT EXISTS (SELECT FROM pat_auth.administrator
            WHERE administrator.tenant = app_user.tenant AND administrator.user_name = app_user.name)
    )sql",
                                      {TEXTARRAYOID, TEXTARRAYOID}};

server::Statement<2> deactivate_users{R"sql(
    UPDATE pat_auth.app_user SET is_active = false, left_source = true
    FROM (SELECT DISTINCT tenant, name FROM unnest($1, $2) AS given (tenant, name)) AS gone
    WHERE app_user.tenant = gone.tenant AND app_user.name = gone.name AND app_user.is_active
    )sql",
                                      {TEXTARRAYOID, TEXTARRAYOID}};

// A rename in two steps, so that users may swap names in one statement. Not into the name of a user that there is and
// that keeps it, nor into that of one who keeps his therefore: then he comes back, and the other is gone. Gives arrays:
// the users' numbers and new names, which the second step takes, their tenants and old names.
server::Statement<3> set_names_aside{R"sql(
    WITH RECURSIVE key (tenant, old_name, new_name) AS MATERIALIZED (
        SELECT * FROM unnest($1, $2, $3)
    ), kept (tenant, old_name) AS (
        SELECT key.tenant, key.old_name FROM key
        JOIN pat_auth.app_user ON app_user.tenant = key.tenant AND app_user.name = key.new_name
        WHERE NOT EXISTS (SELECT FROM key AS leaving
            WHERE leaving.tenant = app_user.tenant AND leaving.old_name = app_user.name)
        UNION
        SELECT key.tenant, key.old_name FROM key
        JOIN kept ON kept.tenant = key.tenant AND kept.old_name = key.new_name
    ), aside AS (
        UPDATE pat_auth.app_user SET name = 'renamed:' || gen_random_uuid()
        FROM key
        WHERE app_user.tenant = key.tenant AND app_user.name = key.old_name AND NOT EXISTS (
            SELECT FROM kept WHERE kept.tenant = key.tenant AND kept.old_name = key.old_name)
        RETURNING app_user.user_id, key.new_name, key.tenant, key.old_name
    )
    SELECT array_agg(user_id), array_agg(new_name), array_agg(tenant), array_agg(old_name) FROM aside
    )sql",
                                     {TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID}};
// Between the two steps, when nobody can be made an administrator any more: his row is locked.
server::Statement<3> select_administrator{R"sql(
    SELECT given.tenant, given.name
    FROM unnest($1, $2, $3) AS given (user_id, tenant, name)
    JOIN pat_auth.app_user ON app_user.user_id = given.user_id
    JOIN pat_auth.administrator ON administrator.tenant = app_user.tenant AND administrator.user_name = app_user.name
    LIMIT 1
    )sql",
                                          {INT4ARRAYOID, TEXTARRAYOID, TEXTARRAYOID}};
server::Statement<2> set_new_names{R"sql(
    UPDATE pat_auth.app_user SET name = given.name
    FROM unnest($1, $2) AS given (user_id, name)
    WHERE app_user.user_id = given.user_id
    )sql",
                                   {INT4ARRAYOID, TEXTARRAYOID}};

void rename_users(const Keys& keys)
{
    if (keys.tenants.isnull)
        return;
    set_names_aside.write({keys.tenants, keys.names, keys.new_names});
    NullableDatum const user_ids = server::result_column(0, 1);
    NullableDatum const new_names = server::result_column(0, 2);
    if (user_ids.isnull)
        return;
    if (select_administrator.read({user_ids, server::result_column(0, 3), server::result_column(0, 4)}) != 0)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("the key of user \"%s\" of tenant \"%s\" cannot be changed: he is an administrator",
                               redaction::shown(TextDatumGetCString(server::result_column(0, 2).value)),
                               redaction::shown(TextDatumGetCString(server::result_column(0, 1).value))),
                        errhint("A main administrator renames him in pat_auth.app_user first.")));
    set_new_names.write({user_ids, new_names});
}

} // namespace

void add_users(const Keys& keys)
{
    if (keys.tenants.isnull)
        return;
    add_tenants.write({keys.tenants});
    bring_users_back.write({keys.tenants, keys.names});
    add_missing_users.write({keys.tenants, keys.names});
}

void follow(const KeyChanges& changes)
{
    rename_users(changes.changed);
    add_users(changes.added);
    if (!changes.gone.tenants.isnull)
        deactivate_users.write({changes.gone.tenants, changes.gone.names});
}

} // namespace pat_auth::registry
