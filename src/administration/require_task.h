// What the administrative tasks have in common: who may run one (R25, R26), and how its report comes back.
#pragma once

#include "server/prelude.h"

#include "server/statement.h"

namespace pat_auth::administration {

// 28000 with no identity, 42501 for one that has no such role of the application administration: neither by an
// administrator role nor, for a token, as a scope.
void require_task(const char* role);

// Runs a statement of one row and column as the extension's owner, and returns that value, json.
template <typename Function>
Datum report(Function&& run)
{
    MemoryContext const context = CurrentMemoryContext;
    return server::as_owner([&] {
        run();
        Datum const value = server::result_column(0, 1).value;
        MemoryContext const spi_context = MemoryContextSwitchTo(context);
        Datum const copy = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
        MemoryContextSwitchTo(spi_context);
        return copy;
    });
}

} // namespace pat_auth::administration
