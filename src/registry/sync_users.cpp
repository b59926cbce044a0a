// pat_sync_users and pat_unsync_users: an application that has a table of users of its own keeps it, and statement
// triggers on it keep app_user in step. docs/adopting.md shows how.

#include "server/version.h"

extern "C" {
#include "commands/trigger.h"
#include "utils/rel.h"
}

#include "redaction/shown.h"
#include "registry/guarded.h"
#include "server/catalog.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"

#include <cstring>

namespace {

namespace redaction = pat_auth::redaction;
namespace registry = pat_auth::registry;
namespace server = pat_auth::server;

// What the triggers do, with the column's names quoted into it. The names of users and tenants are the keys' text.
// %1$s tenant column, %2$s user column, %3$s the source.

constexpr char add_tenants[] = R"sql(
    INSERT INTO pat_auth.tenant (name)
    SELECT DISTINCT (%1$s)::text FROM %3$s AS source WHERE %1$s IS NOT NULL AND %2$s IS NOT NULL
    ON CONFLICT (name) DO NOTHING
    )sql";

// A user who comes back is active again; one who was never away is left as he is.
constexpr char add_users[] = R"sql(
    INSERT INTO pat_auth.app_user (tenant, name)
    SELECT DISTINCT (%1$s)::text, (%2$s)::text FROM %3$s AS source WHERE %1$s IS NOT NULL AND %2$s IS NOT NULL
    ON CONFLICT (tenant, name) DO UPDATE SET is_active = true WHERE NOT app_user.is_active
    )sql";

constexpr char deactivate_users[] = R"sql(
    UPDATE pat_auth.app_user SET is_active = false
    FROM %3$s AS source
    WHERE app_user.tenant = (source.%1$s)::text AND app_user.name = (source.%2$s)::text AND app_user.is_active
    )sql";

// Keys that changed within their tenant. In two steps, so that users may swap names in one statement. Not into the name
// of a user that there is and that keeps it: then he comes back, and the other is gone.
constexpr char renamed_keys[] = R"sql(
    FROM (
        SELECT numbered_old.tenant, numbered_old.name AS old_name, numbered_new.name AS new_name
        FROM (SELECT row_number() OVER () AS number, (%1$s)::text AS tenant, (%2$s)::text AS name FROM old_rows)
            AS numbered_old
        JOIN (SELECT row_number() OVER () AS number, (%1$s)::text AS tenant, (%2$s)::text AS name FROM new_rows)
            AS numbered_new USING (number, tenant)
        WHERE numbered_old.name <> numbered_new.name
    ) AS key
    )sql";
constexpr char set_names_aside[] = R"sql(
    UPDATE pat_auth.app_user SET name = 'renamed:' || app_user.user_id || ':' || md5(key.new_name)
    )sql";
constexpr char where_old_name[] = R"sql(
    WHERE app_user.tenant = key.tenant AND app_user.name = key.old_name AND NOT EXISTS (
        SELECT FROM pat_auth.app_user AS other
        WHERE other.tenant = key.tenant AND other.name = key.new_name AND NOT EXISTS (
            SELECT FROM old_rows AS leaving
            WHERE (leaving.%1$s)::text = other.tenant AND (leaving.%2$s)::text = other.name))
    )sql";
constexpr char set_new_names[] = R"sql(
    UPDATE pat_auth.app_user SET name = key.new_name
    )sql";
constexpr char where_set_aside[] = R"sql(
    WHERE app_user.tenant = key.tenant
        AND app_user.name = 'renamed:' || app_user.user_id || ':' || md5(key.new_name)
    )sql";

constexpr auto rename_keys = server::join(renamed_keys, where_old_name);
constexpr auto finish_renaming = server::join(renamed_keys, where_set_aside);

// Users whose key is gone, as by moving to another tenant: the new key has become a user of its own by then.
constexpr char deactivate_gone[] = R"sql(
    UPDATE pat_auth.app_user SET is_active = false
    FROM old_rows AS source
    WHERE app_user.tenant = (source.%1$s)::text AND app_user.name = (source.%2$s)::text AND app_user.is_active
        AND NOT EXISTS (SELECT FROM %3$s AS present
            WHERE (present.%1$s)::text = app_user.tenant AND (present.%2$s)::text = app_user.name)
    )sql";

constexpr const char* trigger_names[] = {"pat_auth_sync_insert", "pat_auth_sync_update", "pat_auth_sync_delete",
                                         "pat_auth_sync_truncate"};

struct Keys {
    const char* tenant_column; // quoted
    const char* user_column;   // quoted
    const char* table;         // quoted and qualified
};

void run(const char* statement, const Keys& keys, const char* source)
{
    server::execute(psprintf(statement, keys.tenant_column, keys.user_column, source));
}

void add(const Keys& keys, const char* source)
{
    run(add_tenants, keys, source);
    run(add_users, keys, source);
}

void rename(const Keys& keys)
{
    server::execute(
        psprintf("%s%s", set_names_aside, psprintf(rename_keys.data(), keys.tenant_column, keys.user_column)));
    server::execute(
        psprintf("%s%s", set_new_names, psprintf(finish_renaming.data(), keys.tenant_column, keys.user_column)));
}

const char* qualified_name(Oid relation)
{
    return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation));
}

// The column's type is one whose text is its one canonical form.
void require_key_column(Oid relation, const char* column)
{
    AttrNumber const number = get_attnum(relation, column);
    if (number <= 0)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("column \"%s\" of table \"%s\" does not exist",
                                                                  redaction::shown(column), get_rel_name(relation))));
    Oid const type = getBaseType(get_atttype(relation, number));
    if (type != TEXTOID && type != VARCHAROID && type != UUIDOID && type != INT4OID && type != INT8OID)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("column \"%s\" of table \"%s\" is of type %s", column, get_rel_name(relation),
                               format_type_be(type)),
                        errhint("A key is text, character varying, uuid, integer or bigint.")));
}

void require_table(Oid relation)
{
    if (get_rel_name(relation) == nullptr)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("relation %u does not exist", relation)));
    char const kind = get_rel_relkind(relation);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("relation \"%s\" is not a table", get_rel_name(relation))));
    if (!server::owns_relation(relation, GetUserId()))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("must be owner of table \"%s\"", get_rel_name(relation))));
}

int drop_triggers(Oid relation)
{
    int dropped = 0;
    for (const char* name : trigger_names) {
        if (!OidIsValid(get_trigger_oid(relation, name, true)))
            continue;
        server::execute(psprintf("DROP TRIGGER %s ON %s", name, qualified_name(relation)));
        ++dropped;
    }
    return dropped;
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_sync_users)
{
    server::require_argument(fcinfo, 0, "source");
    server::require_argument(fcinfo, 1, "tenant_column");
    server::require_argument(fcinfo, 2, "user_column");
    Oid const relation = PG_GETARG_OID(0);
    const char* const tenant_column = NameStr(*PG_GETARG_NAME(1));
    const char* const user_column = NameStr(*PG_GETARG_NAME(2));
    require_table(relation);

    Keys const keys = {quote_identifier(tenant_column), quote_identifier(user_column), qualified_name(relation)};
    const char* const arguments =
        psprintf("%s, %s", quote_literal_cstr(tenant_column), quote_literal_cstr(user_column));
    server::as_caller([&] {
        // No row changes between the filling and the triggers.
        server::execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", keys.table));
        require_key_column(relation, tenant_column);
        require_key_column(relation, user_column);
        drop_triggers(relation);
        server::execute(psprintf("CREATE TRIGGER %s AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[0], keys.table, arguments));
        server::execute(psprintf("CREATE TRIGGER %s AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS "
                                 "new_rows FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[1], keys.table, arguments));
        server::execute(psprintf("CREATE TRIGGER %s AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[2], keys.table, arguments));
        server::execute(psprintf("CREATE TRIGGER %s BEFORE TRUNCATE ON %s "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[3], keys.table, arguments));
        for (const char* name : trigger_names)
            server::execute(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", keys.table, name));
        add(keys, keys.table);
    });
    PG_RETURN_VOID();
}

PAT_AUTH_FUNCTION(pat_auth_unsync_users)
{
    server::require_argument(fcinfo, 0, "source");
    Oid const relation = PG_GETARG_OID(0);
    require_table(relation);
    if (server::as_caller([&] { return drop_triggers(relation); }) == 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("table \"%s\" is not synchronized", get_rel_name(relation))));
    PG_RETURN_VOID();
}

PAT_AUTH_FUNCTION(pat_auth_sync_users_trigger)
{
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("sync_users() can only be called as a trigger")));
    auto* const trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
    if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || trigger->tg_trigger->tgnargs != 2)
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("sync_users() must be made by pat_sync_users()")));

    char** const columns = trigger->tg_trigger->tgargs;
    Oid const relation = RelationGetRelid(trigger->tg_relation);
    // Each time: the table's owner may have given them another type, whose cast to text would run with our rights.
    require_key_column(relation, columns[0]);
    require_key_column(relation, columns[1]);
    Keys const keys = {quote_identifier(columns[0]), quote_identifier(columns[1]), qualified_name(relation)};
    // The application's change is the reason, so it needs no identity of an administrator; the events tell of it.
    registry::as_bound(server::extension_owner(), [&] {
        server::as_owner([&] {
            if (SPI_register_trigger_data(trigger) < 0)
                elog(ERROR, "SPI_register_trigger_data failed");
            if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
                add(keys, "new_rows");
            } else if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)) {
                rename(keys);
                add(keys, "new_rows");
                run(deactivate_gone, keys, keys.table);
            } else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event)) {
                run(deactivate_gone, keys, keys.table);
            } else {
                run(deactivate_users, keys, keys.table);
            }
        });
    });
    PG_RETURN_POINTER(nullptr);
}
