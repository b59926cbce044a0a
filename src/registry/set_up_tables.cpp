// The set-up tables: see set_up_tables.h.

#include "registry/set_up_tables.h"

#include "server/catalog.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace pat_auth::registry {

const SetUpTable* set_up_table(Oid relation)
{
    if (!server::is_own_relation(relation))
        return nullptr;
    const char* const name = get_rel_name(relation);
    const auto* const table =
        std::find_if(std::begin(set_up_tables), std::end(set_up_tables),
                     [&](const SetUpTable& candidate) { return candidate.name == std::string_view(name); });
    return table != std::end(set_up_tables) ? table : nullptr;
}

} // namespace pat_auth::registry
