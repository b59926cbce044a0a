// pat_sync_users and pat_unsync_users: an application that has a table of users of its own keeps it, and statement
// triggers on it keep app_user in step. docs/adopting.md shows how.

#include "server/version.h"

extern "C" {
#include "commands/trigger.h"
#include "replication/logicalworker.h"
#include "utils/guc.h"
#include "utils/rel.h"
}

#include "registry/followed_users.h"
#include "registry/guarded.h"
#include "registry/source_keys.h"
#include "server/catalog.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"

namespace {

namespace registry = pat_auth::registry;
namespace server = pat_auth::server;

constexpr const char* trigger_names[] = {"pat_auth_sync_insert", "pat_auth_sync_update", "pat_auth_sync_delete",
                                         "pat_auth_sync_truncate"};

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
        server::execute(psprintf("DROP TRIGGER %s ON %s", name, server::qualified_name(relation)));
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

    const char* const arguments =
        psprintf("%s, %s", quote_literal_cstr(tenant_column), quote_literal_cstr(user_column));
    server::as_caller([&] {
        // No row changes between the filling and the triggers.
        server::execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", server::qualified_name(relation)));
        registry::KeyColumns const columns = registry::key_columns(relation, tenant_column, user_column);
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
        registry::add_users(registry::all_keys(columns));
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

    char** const columns = trigger->tg_trigger->tgargs;
    // Each time: the table's owner may have given them another type.
    registry::KeyChanges const changes = registry::key_changes(
        registry::key_columns(RelationGetRelid(trigger->tg_relation), columns[0], columns[1]), trigger);
    // The application's change is the reason, so it needs no identity of an administrator; the events tell of it.
    registry::as_bound(server::extension_owner(), [&] {
        server::as_owner([&] {
            // Under session_replication_role = replica no foreign key would follow a user's new name, and the next one
            // of his old name would have his groups.
            if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
                set_config_option("session_replication_role", "origin", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
                                  0, false);
            registry::follow(changes);
        });
    });
    PG_RETURN_POINTER(nullptr);
}
