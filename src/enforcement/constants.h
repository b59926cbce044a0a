// Arguments that a plan says the values of.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
}

namespace pat_auth::enforcement {

// Null is none.
inline bool is_constant(const Expr* expression)
{
    return IsA(expression, Const) && !castNode(Const, expression)->constisnull;
}

inline bool are_constants(const List* expressions)
{
    ListCell* cell = nullptr;
    foreach (cell, expressions)
        if (!is_constant(static_cast<const Expr*>(lfirst(cell))))
            return false;
    return true;
}

} // namespace pat_auth::enforcement
