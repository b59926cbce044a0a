// Where the extension's own relations are: looked up once, and again after the relation cache says that one of them
// changed, as an index that was made anew has another oid.

#include "server/catalog.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "commands/extension.h"
#include "utils/syscache.h"
}

#include <algorithm>
#include <array>
#include <string_view>

namespace pat_auth::server {

namespace {

constexpr const char* schema_name = "pat_auth"; // and that of the extension

constexpr const char* relation_names[] = {"token",
                                          "token_digest",
                                          "token_pkey",
                                          "token_token_id_seq",
                                          "role_token_count",
                                          "role_token_count_role",
                                          "token_event",
                                          "token_event_event_id_seq",
                                          "token_usage",
                                          "token_usage_pkey",
                                          "app_user",
                                          "app_user_pkey",
                                          "application",
                                          "rights_generation",
                                          "token_generation"};
constexpr std::size_t relation_count = std::size(relation_names);

std::array<Oid, relation_count> oids = {};
Oid schema_of_oids = InvalidOid;
Oid owner = InvalidOid;

void forget_oids(Datum /*argument*/, Oid relation)
{
    // The last two stay where they are: we ourselves invalidate them with each change (server/invalidation.h).
    auto* const end = oids.begin() + static_cast<std::size_t>(Relation::rights_generation);
    if (relation == InvalidOid || std::find(oids.begin(), end, relation) != end) {
        oids.fill(InvalidOid);
        schema_of_oids = InvalidOid;
        owner = InvalidOid;
    }
}

void forget_schema(Datum argument, int /*cache*/, uint32 /*hash*/) { forget_oids(argument, InvalidOid); }

// Our schema, or InvalidOid. In a database without the extension somebody else may have a schema of this name.
Oid own_schema()
{
    Oid const schema = get_namespace_oid(schema_name, true);
    if (!OidIsValid(schema))
        return InvalidOid;
    Oid const extension = getExtensionOfObject(NamespaceRelationId, schema);
    return OidIsValid(extension) && extension == get_extension_oid(schema_name, true) ? schema : InvalidOid;
}

} // namespace

bool is_installed()
{
    Oid const schema = own_schema();
    return OidIsValid(schema) && OidIsValid(get_relname_relid("token_generation", schema));
}

bool is_own_relation(Oid relation)
{
    Oid const schema = get_rel_namespace(relation);
    return OidIsValid(schema) && schema == get_namespace_oid(schema_name, true) && is_installed();
}

const char* qualified_name(Oid relation)
{
    return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation));
}

Oid own_relation_named(const RangeVar& name)
{
    Oid const schema = get_namespace_oid(schema_name, true);
    if (!OidIsValid(schema))
        return InvalidOid;
    bool const is_ours = name.schemaname != nullptr ? name.schemaname == std::string_view(schema_name)
                                                    : list_member_oid(fetch_search_path(false), schema);
    Oid const relation = is_ours ? get_relname_relid(name.relname, schema) : InvalidOid;
    return OidIsValid(relation) && is_installed() ? relation : InvalidOid;
}

Oid relation_oid(Relation relation)
{
    auto const index = static_cast<std::size_t>(relation);
    if (!OidIsValid(oids[index])) {
        Oid const schema = OidIsValid(schema_of_oids) ? schema_of_oids : own_schema();
        Oid const oid = OidIsValid(schema) ? get_relname_relid(relation_names[index], schema) : InvalidOid;
        if (!OidIsValid(oid))
            ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                            errmsg("extension \"pat_auth\" is not installed in this database"),
                            errhint("Run CREATE EXTENSION pat_auth.")));
        oids[index] = oid;
        schema_of_oids = schema;
    }
    return oids[index];
}

void require_columns(::Relation table, int count)
{
    if (RelationGetDescr(table)->natts < count)
        elog(ERROR, "table \"%s\" does not have the columns of this version of the extension",
             RelationGetRelationName(table));
}

Oid owner_of(Oid relation)
{
    HeapTuple const tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for relation %u", relation);
    Oid const role = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return role;
}

Oid extension_owner()
{
    if (!OidIsValid(owner))
        owner = owner_of(relation_oid(Relation::token));
    return owner;
}

bool is_above_rules(Oid role) { return superuser_arg(role) || has_privs_of_role(role, extension_owner()); }

void register_catalog()
{
    CacheRegisterRelcacheCallback(forget_oids, 0);
    CacheRegisterSyscacheCallback(NAMESPACEOID, forget_schema, 0);
}

} // namespace pat_auth::server
