// The trigger after each statement that changed a set-up table: it makes the change known to every backend (R30),
// keeps a main administrator in place, and leaves the events (R28).

#include "server/prelude.h"

extern "C" {
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
}

#include "identity/identity.h"
#include "redaction/shown.h"
#include "registry/guarded.h"
#include "server/catalog.h"
#include "server/clock.h"
#include "server/guard.h"
#include "server/invalidation.h"
#include "server/own_trigger.h"
#include "server/statement.h"
#include "server/text.h"
#include "token/event.h"

#include <string_view>

namespace {

namespace identity = pat_auth::identity;
namespace registry = pat_auth::registry;
namespace redaction = pat_auth::redaction;
namespace server = pat_auth::server;
namespace token = pat_auth::token;

// What changed, one row each. Both transition tables of an UPDATE hold its rows in the same order.
constexpr char changes_of_insert[] = R"sql(
    WITH changes AS (SELECT NULL::jsonb AS old, to_jsonb(new_rows) AS new FROM new_rows)
    )sql";
constexpr char changes_of_delete[] = R"sql(
    WITH changes AS (SELECT to_jsonb(old_rows) AS old, NULL::jsonb AS new FROM old_rows)
    )sql";
constexpr char changes_of_update[] = R"sql(
    WITH changes AS (
        SELECT numbered_old.content AS old, numbered_new.content AS new
        FROM (SELECT row_number() OVER () AS number, to_jsonb(old_rows) AS content FROM old_rows) AS numbered_old
        JOIN (SELECT row_number() OVER () AS number, to_jsonb(new_rows) AS content FROM new_rows) AS numbered_new
            USING (number)
        WHERE numbered_old.content <> numbered_new.content
    )
    )sql";

// Their events, with the number of tokens that carry a role which was allowed, made available or assigned, or the
// contrary. Parameters: table, act, the actor's tenant, user and token, client address. Applications and roles are no
// tenant's: whoever withdraws a role does not wait for a look at tenants and users.
constexpr char insert_events_of_no_tenant[] = R"sql(
    INSERT INTO pat_auth.token_event (occurred_at, act, application, actor_tenant, actor_user, actor_token_id,
        database_role, client_address, details)
    SELECT clock_timestamp(), $1 || '_' || $2,
        CASE $1 WHEN 'application' THEN row.content ->> 'name' ELSE row.content ->> 'application' END,
        $3, $4, $5, SESSION_USER, $6,
        jsonb_strip_nulls(jsonb_build_object('old', change.old, 'new', change.new, 'tokens',
            CASE WHEN change.old ->> 'allowed_for_pat' <> change.new ->> 'allowed_for_pat'
                    OR change.old ->> 'available_for_pat' <> change.new ->> 'available_for_pat' THEN
                pat_auth.tokens_with_role((row.content ->> 'role_id')::integer) END))
    FROM changes AS change
    CROSS JOIN LATERAL (SELECT coalesce(change.new, change.old) AS content) AS row
    )sql";

constexpr char insert_events_of_tenants[] = R"sql(
    INSERT INTO pat_auth.token_event (occurred_at, act, tenant_id, user_id, tenant, user_name, application,
        actor_tenant, actor_user, actor_token_id, database_role, client_address, details)
    SELECT clock_timestamp(), $1 || '_' || $2, tenant.tenant_id, app_user.user_id, named.tenant, named.user_name,
        row.content ->> 'application', $3, $4, $5, SESSION_USER, $6,
        jsonb_strip_nulls(jsonb_build_object('old', change.old, 'new', change.new, 'tokens', CASE $1
            WHEN 'user_group_role' THEN
                (SELECT coalesce(sum((
                    SELECT count(*) FROM pat_auth.token
                    WHERE token.user_id = app_user.user_id AND token.scope_ids @> ARRAY[role.role_id])), 0)
                FROM pat_auth.role
                JOIN pat_auth.user_group_member ON user_group_member.tenant = row.content ->> 'tenant'
                    AND user_group_member.user_group = row.content ->> 'user_group'
                JOIN pat_auth.app_user ON app_user.tenant = user_group_member.tenant
                    AND app_user.name = user_group_member.user_name
                WHERE role.application = row.content ->> 'application' AND role.name = row.content ->> 'role')
            WHEN 'user_group_member' THEN
                (SELECT count(*)
                FROM pat_auth.token
                WHERE token.user_id = app_user.user_id AND token.scope_ids && ARRAY(
                    SELECT role.role_id
                    FROM pat_auth.user_group_role
                    JOIN pat_auth.role ON role.application = user_group_role.application
                        AND role.name = user_group_role.role
                    WHERE user_group_role.tenant = row.content ->> 'tenant'
                        AND user_group_role.user_group = row.content ->> 'user_group'))
            END))
    FROM changes AS change
    CROSS JOIN LATERAL (SELECT coalesce(change.new, change.old) AS content) AS row
    LEFT JOIN LATERAL (
        SELECT app_user.name AS user_name
        FROM pat_auth.user_group
        JOIN pat_auth.app_user ON app_user.user_id = user_group.personal_user_id
        WHERE user_group.tenant = row.content ->> 'tenant'
            AND user_group.name = CASE $1 WHEN 'user_group' THEN row.content ->> 'name' ELSE row.content ->> 'user_group' END
    ) AS personal ON true
    CROSS JOIN LATERAL (SELECT
        CASE $1 WHEN 'tenant' THEN row.content ->> 'name' ELSE row.content ->> 'tenant' END AS tenant,
        CASE $1 WHEN 'app_user' THEN row.content ->> 'name'
            ELSE coalesce(row.content ->> 'user_name', personal.user_name) END AS user_name
    ) AS named
    LEFT JOIN pat_auth.tenant ON tenant.name = named.tenant
    LEFT JOIN pat_auth.app_user ON app_user.tenant = named.tenant AND app_user.name = named.user_name
    )sql";

// How many rows a statement other than TRUNCATE changed. Of those that foreign keys changed with them in the same
// table, PostgreSQL gives the trigger all in one.
int64 row_count(const TriggerData& trigger)
{
    Tuplestorestate* const rows = trigger.tg_newtable != nullptr ? trigger.tg_newtable : trigger.tg_oldtable;
    return tuplestore_tuple_count(rows);
}

// How many rows a statement changed decides how the next one is best carried out: a plan for few of them, one for many.
template <std::size_t N>
class RowsStatement {
public:
    constexpr RowsStatement(const char* sql, std::array<Oid, N> types) : few_(sql, types), many_(sql, types) {}

    server::Statement<N>& of(const TriggerData& trigger)
    {
        constexpr int64 few = 100;
        return row_count(trigger) < few ? few_ : many_;
    }

private:
    server::Statement<N> few_;
    server::Statement<N> many_;
};

using EventStatement = RowsStatement<6>;
constexpr std::array<Oid, 6> event_types = {TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT8OID, INETOID};

// A plan a table: new_rows is another one.
struct EventStatements {
    std::string_view table;
    EventStatement insert;
    EventStatement update;
    EventStatement remove;
};

template <const auto& InsertEvents>
struct EventTexts {
    static constexpr auto of_insert = server::join(changes_of_insert, InsertEvents);
    static constexpr auto of_update = server::join(changes_of_update, InsertEvents);
    static constexpr auto of_delete = server::join(changes_of_delete, InsertEvents);
};

template <const auto& InsertEvents>
constexpr EventStatements events_of(std::string_view table)
{
    using Texts = EventTexts<InsertEvents>;
    return {table,
            {Texts::of_insert.data(), event_types},
            {Texts::of_update.data(), event_types},
            {Texts::of_delete.data(), event_types}};
}

EventStatements event_statements[] = {
    events_of<insert_events_of_no_tenant>("application"),
    events_of<insert_events_of_no_tenant>("role"),
    events_of<insert_events_of_tenants>("tenant"),
    events_of<insert_events_of_tenants>("application_tenant"),
    events_of<insert_events_of_tenants>("app_user"),
    events_of<insert_events_of_tenants>("user_group"),
    events_of<insert_events_of_tenants>("user_group_member"),
    events_of<insert_events_of_tenants>("user_group_role"),
    events_of<insert_events_of_tenants>("administrator"),
};

// Whether the changed rows concern a main administrator, by the table that changed; of users only one who could act, so
// that where there is none nobody is in the way of what is done with others. $1: today.
struct ConcernStatement {
    std::string_view table;
    RowsStatement<1> select;
};
ConcernStatement concern_statements[] = {
    {"administrator", {"SELECT FROM old_rows WHERE administrator_role = 'main_administrator' LIMIT 1", {DATEOID}}},
    {"app_user",
     {R"sql(
    SELECT FROM old_rows
    JOIN pat_auth.app_user USING (user_id)
    JOIN pat_auth.administrator ON administrator.tenant = app_user.tenant AND administrator.user_name = app_user.name
    JOIN pat_auth.tenant ON tenant.name = app_user.tenant
    WHERE administrator.administrator_role = 'main_administrator' AND tenant.is_active AND old_rows.is_active
        AND coalesce(old_rows.begins_on <= $1, true) AND coalesce(old_rows.ends_on >= $1, true)
    LIMIT 1
    )sql",
      {DATEOID}}},
    {"tenant",
     {R"sql(
    SELECT FROM old_rows
    JOIN pat_auth.tenant USING (tenant_id)
    JOIN pat_auth.administrator ON administrator.tenant = tenant.name
    WHERE administrator.administrator_role = 'main_administrator' LIMIT 1
    )sql",
      {DATEOID}}},
};

server::Statement<1> select_acting_administrator{R"sql(
    SELECT FROM pat_auth.administrator
    JOIN pat_auth.app_user ON app_user.tenant = administrator.tenant AND app_user.name = administrator.user_name
    JOIN pat_auth.tenant ON tenant.name = app_user.tenant
    WHERE administrator.administrator_role = 'main_administrator' AND tenant.is_active AND app_user.is_active
        AND coalesce(app_user.begins_on <= $1, true) AND coalesce(app_user.ends_on >= $1, true)
    LIMIT 1
    )sql",
                                                 {DATEOID}};

// Held until the transaction ends. Not a lock of the table: whoever has written a row of it holds one of those already,
// and two such would wait for each other for ever.
void lock_main_administrators()
{
    LockDatabaseObject(RelationRelationId, server::relation_oid(server::Relation::rights_generation), 0, ExclusiveLock);
}

// Somebody must be left who can act as main administrator today. Two who remove each other wait for one another here,
// so that the second one sees what the first one did.
void keep_main_administrator(TriggerData* trigger, std::string_view table)
{
    NullableDatum const today = server::argument(DateADTGetDatum(server::utc_date(GetCurrentTimestamp())));
    bool const lost = server::as_owner([&] {
        for (ConcernStatement& concern : concern_statements) {
            if (concern.table != table)
                continue;
            if (SPI_register_trigger_data(trigger) < 0)
                elog(ERROR, "SPI_register_trigger_data failed");
            if (concern.select.of(*trigger).read({today}) == 0)
                return false;
            lock_main_administrators();
            CommandCounterIncrement(); // the look below is to see what this statement did
            return select_acting_administrator.read({today}) == 0;
        }
        return false;
    });
    if (lost)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the last main administrator cannot be removed"),
                        errhint("Make another user main administrator first.")));
}

EventStatement& event_statement(std::string_view table, TriggerEvent event)
{
    for (EventStatements& statements : event_statements)
        if (statements.table == table)
            return TRIGGER_FIRED_BY_INSERT(event)   ? statements.insert
                   : TRIGGER_FIRED_BY_UPDATE(event) ? statements.update
                                                    : statements.remove;
    elog(ERROR, "no events for table \"%s\"", redaction::shown(table));
    pg_unreachable();
}

const char* act_name(TriggerEvent event)
{
    return TRIGGER_FIRED_BY_INSERT(event) ? "inserted" : TRIGGER_FIRED_BY_UPDATE(event) ? "updated" : "deleted";
}

void leave_events(TriggerData* trigger, std::string_view table)
{
    token::Actor const actor = token::actor_of(identity::current_identity());
    server::as_owner([&] {
        if (SPI_register_trigger_data(trigger) < 0)
            elog(ERROR, "SPI_register_trigger_data failed");
        event_statement(table, trigger->tg_event)
            .of(*trigger)
            .write({server::argument(server::text_datum(table)),
                    server::argument(CStringGetTextDatum(act_name(trigger->tg_event))), actor.tenant, actor.user_name,
                    actor.token_id, actor.client_address});
    });
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_registry_changed)
{
    TriggerData* const trigger = server::own_trigger(fcinfo, "registry_changed");
    if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("registry_changed() must be fired after each statement")));
    bool const is_truncate = TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event);
    // Any role with access may write an UPDATE of no row; it is not to cost everybody else his cache.
    if (!is_truncate && row_count(*trigger) == 0)
        PG_RETURN_POINTER(nullptr);
    server::rights_changed();
    if (is_truncate)
        PG_RETURN_POINTER(nullptr);

    std::string_view const table = RelationGetRelationName(trigger->tg_relation);
    bool const is_insert = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
    // By somebody above the rules himself, not by a task of his.
    bool const is_by_hand = !registry::is_bound() && !registry::is_task();
    if (!is_by_hand && !is_insert)
        keep_main_administrator(trigger, table);
    // So dumps are loaded: inserting leaves no events (R29).
    if (!is_by_hand || !is_insert)
        leave_events(trigger, table);
    PG_RETURN_POINTER(nullptr);
}
