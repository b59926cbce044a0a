// pat_protect and pat_unprotect: a table's confinement by row-level security, in the form that was measured to cost
// least: one condition that compares with a `(SELECT reader())`, which is computed once a query, so that indexes are
// used and parallel plans are kept.

#include "server/version.h"

extern "C" {
#include "catalog/pg_inherits.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "storage/lmgr.h"
#include "utils/json.h"
}

#include "redaction/shown.h"
#include "server/catalog.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"

namespace {

namespace redaction = pat_auth::redaction;
namespace server = pat_auth::server;

server::Statement<2> select_role{R"sql(
    SELECT FROM pat_auth.role WHERE application = $1 AND name = $2
    )sql",
                                 {TEXTOID, TEXTOID}};

server::Statement<1> select_application{R"sql(
    SELECT FROM pat_auth.application WHERE name = $1 AND application_id <> 0
    )sql",
                                        {TEXTOID}};

server::Statement<1> select_own_policies{R"sql(
    SELECT polname FROM pg_catalog.pg_policy
    WHERE polrelid = $1 AND polname IN ('pat_auth_access', 'pat_auth_select', 'pat_auth_insert', 'pat_auth_update',
        'pat_auth_delete')
    )sql",
                                         {OIDOID}};

server::Statement<1> select_own_trigger{R"sql(
    SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = $1 AND tgname = 'pat_auth_truncate'
    )sql",
                                        {OIDOID}};

server::Statement<1> select_permissive_policies{R"sql(
    SELECT FROM pg_catalog.pg_policy WHERE polrelid = $1 AND polpermissive LIMIT 1
    )sql",
                                                {OIDOID}};

// What pat_protect was asked for. Null pointers for what was not given.
struct Protection {
    const char* application;
    const char* read_scope;
    const char* write_scope;
    const char* tenant_column;
    const char* user_column;
};

const char* optional_text(FunctionCallInfo fcinfo, int argument)
{
    return PG_ARGISNULL(argument) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

const char* optional_name(FunctionCallInfo fcinfo, int argument)
{
    return PG_ARGISNULL(argument) ? nullptr : NameStr(*PG_GETARG_NAME(argument));
}

void require_ownership(Oid relation)
{
    const char* const name = get_rel_name(relation);
    if (name == nullptr)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("relation %u does not exist", relation)));
    char const kind = get_rel_relkind(relation);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("relation \"%s\" is not a table", name),
                        errhint("Protect the tables; a view with security_invoker reads them as its reader.")));
    if (server::is_own_relation(relation))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("table \"%s\" is the extension's own", name),
                        errhint("Its rules protect it.")));
    if (!server::owns_relation(relation, GetUserId()))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be owner of table \"%s\"", name)));
}

void require_scope(const char* application, const char* scope)
{
    if (scope == nullptr)
        return;
    bool const exists = server::as_owner([&] {
        return select_role.read({server::argument(CStringGetTextDatum(application)),
                                 server::argument(CStringGetTextDatum(scope))}) != 0;
    });
    if (!exists)
        ereport(ERROR,
                (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" of application \"%s\" does not exist",
                                                           redaction::shown(scope), redaction::shown(application))));
}

void require_application(const char* application)
{
    bool const exists = server::as_owner(
        [&] { return select_application.read({server::argument(CStringGetTextDatum(application))}) != 0; });
    if (!exists)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                        errmsg("application \"%s\" does not exist", redaction::shown(application))));
}

// The reader of a column's type, and what its comparison needs. 22023 for another type, 42704 for no such column.
struct Comparison {
    const char* type_suffix;
    const char* collate;
};

Comparison comparison_with(Oid relation, const char* column)
{
    AttrNumber const number = get_attnum(relation, column);
    if (number <= 0)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("column \"%s\" of table \"%s\" does not exist",
                                                                  redaction::shown(column), get_rel_name(relation))));
    Oid type = InvalidOid;
    int32 modifier = 0;
    Oid collation = InvalidOid;
    get_atttypetypmodcoll(relation, number, &type, &modifier, &collation);
    switch (getBaseType(type)) {
    case TEXTOID:
        // Where 'A' equals 'a', two tenants would share their rows.
        return {"",
                OidIsValid(collation) && !get_collation_isdeterministic(collation) ? " COLLATE pg_catalog.\"C\"" : ""};
    case INT4OID:
    case INT8OID:
        return {"_as_bigint", ""};
    case UUIDOID:
        return {"_as_uuid", ""};
    default:
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("column \"%s\" of table \"%s\" is of type %s", column, get_rel_name(relation),
                               format_type_be(type)),
                        errhint("A tenant or user column is text, uuid, int or bigint.")));
    }
    pg_unreachable();
}

// What a row and the identity must satisfy for reading, or for writing. The columns are looked up for nobody's scope
// too: a name that is wrong must not wait for the next call to be found.
const char* condition(Oid relation, const Protection& protection, const char* scope)
{
    StringInfoData text;
    initStringInfo(&text);
    const std::pair<const char*, const char*> columns[] = {{protection.tenant_column, "tenant"},
                                                           {protection.user_column, "user"}};
    const char* const arguments =
        scope == nullptr ? ""
                         : psprintf("%s, %s", quote_literal_cstr(protection.application), quote_literal_cstr(scope));
    for (const auto& [column, owner] : columns) {
        if (column == nullptr)
            continue;
        Comparison const comparison = comparison_with(relation, column);
        appendStringInfo(&text, "%s%s%s = (SELECT pat_auth.%s_with_scope%s(%s))", text.len == 0 ? "" : " AND ",
                         quote_identifier(column), comparison.collate, owner, comparison.type_suffix, arguments);
    }
    if (scope == nullptr)
        return "false";
    return text.len == 0 ? psprintf("(SELECT pat_auth.pat_has_scope(%s))", arguments) : text.data;
}

bool remove_protection(Oid relation)
{
    const char* const table = server::qualified_name(relation);
    uint64 const policies = select_own_policies.read({server::argument(ObjectIdGetDatum(relation))});
    auto** const drops = static_cast<char**>(palloc(sizeof(char*) * (policies + 1)));
    for (uint64 i = 0; i < policies; ++i)
        drops[i] = psprintf("DROP POLICY %s ON %s",
                            quote_identifier(NameStr(*DatumGetName(server::result_column(i, 1).value))), table);
    for (uint64 i = 0; i < policies; ++i)
        server::execute(drops[i]);
    bool const has_trigger = select_own_trigger.read({server::argument(ObjectIdGetDatum(relation))}) != 0;
    if (has_trigger)
        server::execute(psprintf("DROP TRIGGER pat_auth_truncate ON %s", table));
    return policies != 0 || has_trigger;
}

// What the view `protection` tells; the policies themselves are what counts.
const char* describe(const Protection& protection)
{
    StringInfoData json;
    initStringInfo(&json);
    const std::pair<const char*, const char*> fields[] = {{"application", protection.application},
                                                          {"read_scope", protection.read_scope},
                                                          {"write_scope", protection.write_scope},
                                                          {"tenant_column", protection.tenant_column},
                                                          {"user_column", protection.user_column}};
    appendStringInfoChar(&json, '{');
    for (const auto& [name, value] : fields) {
        if (json.len > 1)
            appendStringInfoString(&json, ", ");
        appendStringInfo(&json, "\"%s\": ", name);
        if (value == nullptr)
            appendStringInfoString(&json, "null");
        else
            escape_json(&json, value);
    }
    appendStringInfoChar(&json, '}');
    return json.data;
}

void protect(Oid relation, const Protection& protection)
{
    require_ownership(relation);
    const char* const table = server::qualified_name(relation);
    const char* const readable = condition(relation, protection, protection.read_scope);
    const char* const writable = condition(relation, protection, protection.write_scope);
    bool const has_owner_column = protection.tenant_column != nullptr || protection.user_column != nullptr;

    server::as_caller([&] {
        remove_protection(relation);
        server::execute(psprintf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", table));
        // True of every row, and of no use to anybody without the restrictive ones. It names one of our functions like
        // the others: so DROP EXTENSION … CASCADE takes it too, and the table closes.
        if (select_permissive_policies.read({server::argument(ObjectIdGetDatum(relation))}) == 0)
            server::execute(psprintf("CREATE POLICY pat_auth_access ON %s "
                                     "USING (pat_auth.restrictive_policies_decide())",
                                     table));
        server::execute(
            psprintf("CREATE POLICY pat_auth_select ON %s AS RESTRICTIVE FOR SELECT USING (%s)", table, readable));
        server::execute(
            psprintf("CREATE POLICY pat_auth_insert ON %s AS RESTRICTIVE FOR INSERT WITH CHECK (%s)", table, writable));
        server::execute(
            psprintf("CREATE POLICY pat_auth_update ON %s AS RESTRICTIVE FOR UPDATE USING (%s)", table, writable));
        server::execute(
            psprintf("CREATE POLICY pat_auth_delete ON %s AS RESTRICTIVE FOR DELETE USING (%s)", table, writable));
        server::execute(psprintf("CREATE TRIGGER pat_auth_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE "
                                 "FUNCTION pat_auth.guard_truncate(%s, %s, %s)",
                                 table, quote_literal_cstr(protection.application),
                                 quote_literal_cstr(protection.write_scope == nullptr ? "" : protection.write_scope),
                                 has_owner_column ? "'true'" : "'false'"));
        server::execute(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER pat_auth_truncate", table));
        server::execute(
            psprintf("COMMENT ON POLICY pat_auth_select ON %s IS %s", table, quote_literal_cstr(describe(protection))));
    });
}

// The table, its partitions and its children, none of which changes until the end of the transaction.
List* lock_with_children(Oid relation)
{
    require_ownership(relation); // before the lock: nobody else is to make others wait
    return find_all_inheritors(relation, AccessExclusiveLock, nullptr);
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_protect)
{
    server::require_argument(fcinfo, 0, "relation");
    server::require_argument(fcinfo, 1, "application");
    Protection const protection = {optional_text(fcinfo, 1), optional_text(fcinfo, 2), optional_text(fcinfo, 3),
                                   optional_name(fcinfo, 4), optional_name(fcinfo, 5)};
    List* const relations = lock_with_children(PG_GETARG_OID(0));
    require_application(protection.application);
    require_scope(protection.application, protection.read_scope);
    require_scope(protection.application, protection.write_scope);
    ListCell* cell = nullptr;
    foreach (cell, relations)
        protect(lfirst_oid(cell), protection);
    PG_RETURN_VOID();
}

PAT_AUTH_FUNCTION(pat_auth_unprotect)
{
    server::require_argument(fcinfo, 0, "relation");
    Oid const relation = PG_GETARG_OID(0);
    List* const relations = lock_with_children(relation);
    bool was_protected = false;
    ListCell* cell = nullptr;
    foreach (cell, relations) {
        require_ownership(lfirst_oid(cell));
        if (server::as_caller([&] { return remove_protection(lfirst_oid(cell)); }) && lfirst_oid(cell) == relation)
            was_protected = true;
    }
    if (!was_protected)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("table \"%s\" is not protected", get_rel_name(relation))));
    PG_RETURN_VOID();
}
