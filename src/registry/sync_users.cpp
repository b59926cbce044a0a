// pat_sync_users and pat_unsync_users: an application that has a table of users of its own keeps it, and statement
// triggers on it keep app_user in step. docs/adopting.md shows how.

#include "server/version.h"

extern "C" {
#include "commands/trigger.h"
#include "replication/logicalworker.h"
#include "utils/datum.h"
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

// The application's table is read with its owner's rights, by statements with the columns' names quoted into them; what
// comes of that are arrays of texts, and they are all that is used with ours. The names of users and tenants are the
// keys' text, and two of them are the same if their bytes are, whatever the columns' collation says. %1$s tenant
// column, %2$s user column, %3$s the table or its changed rows.

constexpr char select_keys[] = R"sql(
    SELECT array_agg((%1$s)::text), array_agg((%2$s)::text) FROM %3$s AS source
    WHERE %1$s IS NOT NULL AND %2$s IS NOT NULL
    )sql";

// Those that an UPDATE has brought.
constexpr char select_added_keys[] = R"sql(
    SELECT array_agg(tenant), array_agg(name)
    FROM (SELECT (%1$s)::text COLLATE "C" AS tenant, (%2$s)::text COLLATE "C" AS name FROM new_rows
            WHERE %1$s IS NOT NULL AND %2$s IS NOT NULL
        EXCEPT SELECT (%1$s)::text, (%2$s)::text FROM old_rows) AS added
    )sql";

// Those that an UPDATE or a DELETE has taken away, as by moving to another tenant: what no changed row has any more,
// and no other. The table is asked in the columns' own types, for the sake of its indexes.
constexpr char old_keys[] = R"sql(
    SELECT array_agg((%1$s)::text), array_agg((%2$s)::text) FROM old_rows AS source
    WHERE %1$s IS NOT NULL AND %2$s IS NOT NULL)sql";
constexpr char of_no_changed_row[] = R"sql(
        AND NOT EXISTS (SELECT FROM new_rows AS kept WHERE (kept.%1$s)::text COLLATE "C" = (source.%1$s)::text
            AND (kept.%2$s)::text COLLATE "C" = (source.%2$s)::text))sql";
constexpr char of_no_row[] = R"sql(
        AND NOT EXISTS (SELECT FROM %3$s AS present
            WHERE present.%1$s = source.%1$s AND (present.%1$s)::text COLLATE "C" = (source.%1$s)::text
                AND present.%2$s = source.%2$s AND (present.%2$s)::text COLLATE "C" = (source.%2$s)::text))sql";
constexpr auto select_lost_keys = server::join(old_keys, of_no_changed_row, of_no_row);
constexpr auto select_deleted_keys = server::join(old_keys, of_no_row);

// Those that changed within their tenant. Both transition tables have the rows in the same order.
constexpr char select_changed_keys[] = R"sql(
    SELECT array_agg(tenant), array_agg(numbered_old.name), array_agg(numbered_new.name)
    FROM (SELECT row_number() OVER () AS number, (%1$s)::text COLLATE "C" AS tenant, (%2$s)::text COLLATE "C" AS name
            FROM old_rows) AS numbered_old
    JOIN (SELECT row_number() OVER () AS number, (%1$s)::text COLLATE "C" AS tenant, (%2$s)::text COLLATE "C" AS name
            FROM new_rows) AS numbered_new
        USING (number, tenant)
    WHERE numbered_old.name <> numbered_new.name
    )sql";

// An INSERT that meets a conflict would take a number all the same.
server::Statement<1> add_tenants{R"sql(
    INSERT INTO pat_auth.tenant (name) SELECT DISTINCT given FROM unnest($1) AS given
    WHERE NOT EXISTS (SELECT FROM pat_auth.tenant WHERE tenant.name = given)
    ON CONFLICT (name) DO NOTHING
    )sql",
                                 {TEXTARRAYOID}};

server::Statement<2> add_users{R"sql(
    INSERT INTO pat_auth.app_user (tenant, name) SELECT DISTINCT tenant, name FROM unnest($1, $2) AS given (tenant, name)
    WHERE NOT EXISTS (SELECT FROM pat_auth.app_user WHERE app_user.tenant = given.tenant AND app_user.name = given.name)
    ON CONFLICT (tenant, name) DO NOTHING
    )sql",
                               {TEXTARRAYOID, TEXTARRAYOID}};

// Whoever left the table and is in it again. Not those whom an administrator has deactivated.
server::Statement<2> bring_users_back{R"sql(
    UPDATE pat_auth.app_user SET is_active = true
    FROM (SELECT DISTINCT tenant, name FROM unnest($1, $2) AS given (tenant, name)) AS back
    WHERE app_user.tenant = back.tenant AND app_user.name = back.name AND NOT app_user.is_active AND app_user.left_source
    )sql",
                                      {TEXTARRAYOID, TEXTARRAYOID}};

server::Statement<2> deactivate_users{R"sql(
    UPDATE pat_auth.app_user SET is_active = false, left_source = true
    FROM (SELECT DISTINCT tenant, name FROM unnest($1, $2) AS given (tenant, name)) AS gone
    WHERE app_user.tenant = gone.tenant AND app_user.name = gone.name AND app_user.is_active
    )sql",
                                      {TEXTARRAYOID, TEXTARRAYOID}};

// Whoever writes the application's table does not decide who is an administrator.
server::Statement<2> select_administrator{R"sql(
    SELECT tenant, user_name FROM pat_auth.administrator
    JOIN unnest($1, $2) AS key (tenant, user_name) USING (tenant, user_name)
    LIMIT 1
    )sql",
                                          {TEXTARRAYOID, TEXTARRAYOID}};

// A rename in two steps, so that users may swap names in one statement. Not into the name of a user that there is and
// that keeps it: then he comes back, and the other is gone. Gives the arrays that the second step takes.
server::Statement<3> set_names_aside{R"sql(
    WITH aside AS (
        UPDATE pat_auth.app_user SET name = 'renamed:' || gen_random_uuid()
        FROM unnest($1, $2, $3) AS key (tenant, old_name, new_name)
        WHERE app_user.tenant = key.tenant AND app_user.name = key.old_name AND NOT EXISTS (
            SELECT FROM pat_auth.app_user AS other
            WHERE other.tenant = key.tenant AND other.name = key.new_name AND NOT EXISTS (
                SELECT FROM unnest($1, $2) AS leaving (tenant, name)
                WHERE leaving.tenant = other.tenant AND leaving.name = other.name))
        RETURNING app_user.user_id, key.new_name
    )
    SELECT array_agg(user_id), array_agg(new_name) FROM aside
    )sql",
                                     {TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID}};
server::Statement<2> set_new_names{R"sql(
    UPDATE pat_auth.app_user SET name = given.name
    FROM unnest($1, $2) AS given (user_id, name)
    WHERE app_user.user_id = given.user_id
    )sql",
                                   {INT4ARRAYOID, TEXTARRAYOID}};

constexpr const char* trigger_names[] = {"pat_auth_sync_insert", "pat_auth_sync_update", "pat_auth_sync_delete",
                                         "pat_auth_sync_truncate"};

struct KeyColumns {
    Oid relation;
    const char* tenant; // quoted
    const char* user;   // quoted
    const char* table;  // quoted and qualified
};

// Arrays of the same length; null: there are none. The last one of changed keys only: the new ones.
struct Keys {
    NullableDatum tenants;
    NullableDatum names;
    NullableDatum new_names;
};

// What a statement over the application's table gives, in the current memory context. trigger: whose changed rows it
// reads, if any.
Keys read_keys(const char* statement, const KeyColumns& columns, const char* source, TriggerData* trigger)
{
    MemoryContext const caller = CurrentMemoryContext;
    return server::as_owner_of(columns.relation, [&] {
        if (trigger != nullptr && SPI_register_trigger_data(trigger) < 0)
            elog(ERROR, "SPI_register_trigger_data failed");
        server::execute(psprintf(statement, columns.tenant, columns.user, source));
        NullableDatum arrays[3] = {};
        for (int column = 0; column < 3; ++column) {
            arrays[column] =
                column < SPI_tuptable->tupdesc->natts ? server::result_column(0, column + 1) : server::null_argument();
            if (arrays[column].isnull)
                continue;
            MemoryContext const own = MemoryContextSwitchTo(caller);
            arrays[column].value = datumCopy(arrays[column].value, false, -1);
            MemoryContextSwitchTo(own);
        }
        return Keys{arrays[0], arrays[1], arrays[2]};
    });
}

void add(const Keys& keys)
{
    if (keys.tenants.isnull)
        return;
    add_tenants.write({keys.tenants});
    bring_users_back.write({keys.tenants, keys.names});
    add_users.write({keys.tenants, keys.names});
}

void rename(const Keys& keys)
{
    if (keys.tenants.isnull)
        return;
    if (select_administrator.read({keys.tenants, keys.names}) != 0)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("the key of user \"%s\" of tenant \"%s\" cannot be changed: he is an administrator",
                               redaction::shown(TextDatumGetCString(server::result_column(0, 2).value)),
                               redaction::shown(TextDatumGetCString(server::result_column(0, 1).value))),
                        errhint("A main administrator renames him in pat_auth.app_user first.")));
    set_names_aside.write({keys.tenants, keys.names, keys.new_names});
    set_new_names.write({server::result_column(0, 1), server::result_column(0, 2)});
}

void deactivate(const Keys& keys)
{
    if (!keys.tenants.isnull)
        deactivate_users.write({keys.tenants, keys.names});
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

    KeyColumns const columns = {relation, quote_identifier(tenant_column), quote_identifier(user_column),
                                qualified_name(relation)};
    const char* const arguments =
        psprintf("%s, %s", quote_literal_cstr(tenant_column), quote_literal_cstr(user_column));
    server::as_caller([&] {
        // No row changes between the filling and the triggers.
        server::execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", columns.table));
        require_key_column(relation, tenant_column);
        require_key_column(relation, user_column);
        drop_triggers(relation);
        server::execute(psprintf("CREATE TRIGGER %s AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[0], columns.table, arguments));
        server::execute(psprintf("CREATE TRIGGER %s AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS "
                                 "new_rows FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[1], columns.table, arguments));
        server::execute(psprintf("CREATE TRIGGER %s AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[2], columns.table, arguments));
        server::execute(psprintf("CREATE TRIGGER %s BEFORE TRUNCATE ON %s "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.sync_users(%s)",
                                 trigger_names[3], columns.table, arguments));
        for (const char* name : trigger_names)
            server::execute(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", columns.table, name));
        add(read_keys(select_keys, columns, columns.table, nullptr));
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
    // Logical replication fires no statement trigger for rows that it applies, only for its initial copy and TRUNCATE.
    // The users come with the publisher's app_user, or by the next call of pat_sync_users(). Not is_applied(): whoever
    // writes the table under session_replication_role = replica makes and deactivates users.
    if (IsLogicalWorker())
        PG_RETURN_POINTER(nullptr);

    char** const names = trigger->tg_trigger->tgargs;
    Oid const relation = RelationGetRelid(trigger->tg_relation);
    // Each time: the table's owner may have given them another type.
    require_key_column(relation, names[0]);
    require_key_column(relation, names[1]);
    KeyColumns const columns = {relation, quote_identifier(names[0]), quote_identifier(names[1]),
                                qualified_name(relation)};

    constexpr NullableDatum none = {0, true};
    Keys changed = {none, none, none};
    Keys added = changed;
    Keys gone = changed;
    if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
        added = read_keys(select_keys, columns, "new_rows", trigger);
    } else if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)) {
        changed = read_keys(select_changed_keys, columns, columns.table, trigger);
        added = read_keys(select_added_keys, columns, columns.table, trigger);
        gone = read_keys(select_lost_keys.data(), columns, columns.table, trigger);
    } else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event)) {
        gone = read_keys(select_deleted_keys.data(), columns, columns.table, trigger);
    } else {
        gone = read_keys(select_keys, columns, columns.table, nullptr);
    }
    // The application's change is the reason, so it needs no identity of an administrator; the events tell of it.
    registry::as_bound(server::extension_owner(), [&] {
        server::as_owner([&] {
            rename(changed);
            add(added);
            deactivate(gone);
        });
    });
    PG_RETURN_POINTER(nullptr);
}
