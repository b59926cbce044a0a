// The set-up tables: see set_up_tables.h.

#include "registry/set_up_tables.h"

#include "server/catalog.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace pat_auth::registry {

const SetUpTable* set_up_table(Oid relation)
{
    Oid const schema = get_rel_namespace(relation);
    const char* const name = get_rel_name(relation);
    if (name == nullptr || schema != get_namespace_oid("pat_auth", true))
        return nullptr;
    const auto* const table =
        std::find_if(std::begin(set_up_tables), std::end(set_up_tables),
                     [&](const SetUpTable& candidate) { return candidate.name == std::string_view(name); });
    return table != std::end(set_up_tables) && server::is_installed() ? table : nullptr;
}

} // namespace pat_auth::registry
