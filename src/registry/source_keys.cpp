// The keys of an application's own table of users: see source_keys.h.

#include "server/version.h"

extern "C" {
#include "commands/trigger.h"
#include "utils/datum.h"
}

#include "registry/source_keys.h"

#include "redaction/shown.h"
#include "server/catalog.h"
#include "server/statement.h"

namespace pat_auth::registry {

namespace {

// %1$s tenant column, %2$s user column, %3$s the table or its changed rows.

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

// Those that changed within their tenant. Both transition tables have the rows in the same order; but where a row moves
// to another partition and a trigger there leaves it out, there are fewer new ones, and nobody can tell which was
// which.
constexpr char select_changed_keys[] = R"sql(
    SELECT array_agg(tenant), array_agg(numbered_old.name), array_agg(numbered_new.name)
    FROM (SELECT row_number() OVER () AS number, (%1$s)::text COLLATE "C" AS tenant, (%2$s)::text COLLATE "C" AS name
            FROM old_rows) AS numbered_old
    JOIN (SELECT row_number() OVER () AS number, (%1$s)::text COLLATE "C" AS tenant, (%2$s)::text COLLATE "C" AS name
            FROM new_rows) AS numbered_new
        USING (number, tenant)
    WHERE numbered_old.name <> numbered_new.name AND (SELECT count(*) FROM old_rows) = (SELECT count(*) FROM new_rows)
    )sql";

// What such a statement gives. trigger: whose changed rows it reads, if any. It is parsed each time: how many rows were
// changed is part of the plan, and with another's plan a change of many would take hours.
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

} // namespace

KeyColumns key_columns(Oid relation, const char* tenant_column, const char* user_column)
{
    require_key_column(relation, tenant_column);
    require_key_column(relation, user_column);
    return {relation, quote_identifier(tenant_column), quote_identifier(user_column), server::qualified_name(relation)};
}

Keys all_keys(const KeyColumns& columns) { return read_keys(select_keys, columns, columns.table, nullptr); }

KeyChanges key_changes(const KeyColumns& columns, TriggerData* trigger)
{
    constexpr NullableDatum none = {0, true};
    constexpr Keys no_keys = {none, none, none};
    KeyChanges changes = {no_keys, no_keys, no_keys};
    if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
        changes.added = read_keys(select_keys, columns, "new_rows", trigger);
    } else if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)) {
        changes.changed = read_keys(select_changed_keys, columns, columns.table, trigger);
        changes.added = read_keys(select_added_keys, columns, columns.table, trigger);
        changes.gone = read_keys(select_lost_keys.data(), columns, columns.table, trigger);
    } else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event)) {
        changes.gone = read_keys(select_deleted_keys.data(), columns, columns.table, trigger);
    } else {
        changes.gone = all_keys(columns);
    }
    return changes;
}

} // namespace pat_auth::registry
