// SQL-callable functions: what is required of arguments, in the words of the interface, and the row that is returned.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "funcapi.h"
}

namespace pat_auth::server {

// 22023 when the argument is null.
inline void require_argument(FunctionCallInfo fcinfo, int argument, const char* name)
{
    if (PG_ARGISNULL(argument))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be null", name)));
}

// The description of the row that is returned, in the current memory context.
inline TupleDesc resolve_result_descriptor(FunctionCallInfo fcinfo)
{
    TupleDesc descriptor = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    return BlessTupleDesc(descriptor);
}

// The same, resolved once a call site.
inline TupleDesc result_descriptor(FunctionCallInfo fcinfo)
{
    if (fcinfo->flinfo->fn_extra == nullptr) {
        MemoryContext const context = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        fcinfo->flinfo->fn_extra = resolve_result_descriptor(fcinfo);
        MemoryContextSwitchTo(context);
    }
    return static_cast<TupleDesc>(fcinfo->flinfo->fn_extra);
}

} // namespace pat_auth::server
