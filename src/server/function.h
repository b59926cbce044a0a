// Arguments of SQL-callable functions: what is required, in the words of the interface.
#pragma once

#include "server/prelude.h"

namespace pat_auth::server {

// 22023 when the argument is null.
inline void require_argument(FunctionCallInfo fcinfo, int argument, const char* name)
{
    if (PG_ARGISNULL(argument))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be null", name)));
}

} // namespace pat_auth::server
