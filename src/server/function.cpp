// The row that a function returns: see function.h.

#include "server/prelude.h"

#include "server/function.h"

namespace pat_auth::server {

TupleDesc ResultDescriptor::of(FunctionCallInfo fcinfo)
{
    Oid const function = fcinfo->flinfo->fn_oid;
    if (function_ == function)
        return descriptor_;
    TupleDesc resolved = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &resolved) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    MemoryContext const context = MemoryContextSwitchTo(TopMemoryContext);
    TupleDesc const copy = CreateTupleDescCopy(BlessTupleDesc(resolved));
    MemoryContextSwitchTo(context);
    if (descriptor_ != nullptr)
        FreeTupleDesc(descriptor_);
    descriptor_ = copy;
    function_ = function;
    return descriptor_;
}

} // namespace pat_auth::server
