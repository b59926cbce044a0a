// The set-up tables: see set_up_tables.h.

#include "registry/set_up_tables.h"

#include "server/catalog.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace pat_auth::registry {

bool is_set_up_table(Oid relation)
{
    Oid const schema = get_rel_namespace(relation);
    if (!OidIsValid(schema) || schema != get_namespace_oid("pat_auth", true))
        return false;
    const char* const name = get_rel_name(relation);
    return name != nullptr &&
           std::any_of(std::begin(set_up_tables), std::end(set_up_tables),
                       [&](const SetUpTable& table) { return table.name == std::string_view(name); }) &&
           server::is_installed();
}

} // namespace pat_auth::registry
