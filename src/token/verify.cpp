// pat_verify: token introspection after RFC 7662. Always one row; of a token that is not active it says nothing else.

#include "server/prelude.h"

#include "core/token_text.h"
#include "identity/settings.h"
#include "identity/verification.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/text.h"
#include "usage/record.h"

namespace {

namespace core = pat_auth::core;
namespace identity = pat_auth::identity;
namespace server = pat_auth::server;

constexpr int column_count = 7;

server::ResultDescriptor result_descriptor;

Datum make_row(FunctionCallInfo fcinfo, Datum* values, const bool* nulls)
{
    return HeapTupleGetDatum(heap_form_tuple(result_descriptor.of(fcinfo), values, const_cast<bool*>(nulls)));
}

// The row of every token that is not active, made once a call site.
Datum inactive_row(FunctionCallInfo fcinfo)
{
    if (fcinfo->flinfo->fn_extra == nullptr) {
        MemoryContext const context = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        Datum values[column_count] = {BoolGetDatum(false)};
        bool const nulls[column_count] = {false, true, true, true, true, true, true};
        fcinfo->flinfo->fn_extra = DatumGetPointer(make_row(fcinfo, values, nulls));
        MemoryContextSwitchTo(context);
    }
    return PointerGetDatum(fcinfo->flinfo->fn_extra);
}

// The text of a scan's next row is likely to be as far from this one's as this one's from the last one's, and at hand
// when it is looked at: the processor's own foresight fails, as characters are read one by one. What is no address is
// not read.
void fetch_next(std::string_view presented)
{
    static std::uintptr_t last = 0;
    auto const begin = reinterpret_cast<std::uintptr_t>(presented.data());
    std::uintptr_t const next = begin + (begin - last);
    last = begin;
    for (std::uintptr_t const address : {next, next + presented.size()})
        __builtin_prefetch(reinterpret_cast<const void*>(address)); // NOLINT(performance-no-int-to-ptr): of any address
}

// Whether the argument has the form of a token: most of what is presented by mistake has not, and ends here.
bool is_presented(FunctionCallInfo fcinfo, std::string_view& presented)
{
    if (PG_ARGISNULL(0))
        return false;
    presented = server::argument_view(fcinfo, 0);
    fetch_next(presented);
    int64 token_id = 0;
    return core::parse_token_text(presented, identity::token_prefix(), token_id) && !identity::is_pepper_missing();
}

ArrayType* scope_names(const identity::Verification& verification)
{
    const auto& token = verification.token;
    auto* const names =
        static_cast<const char**>(palloc(sizeof(const char*) * static_cast<Size>(Max(token.scope_count, 1))));
    for (int i = 0; i < token.scope_count; ++i)
        names[i] = identity::find_role(*verification.rights.application, token.scope_ids[i])->name;
    return server::sorted_text_array(names, token.scope_count);
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_verify)
{
    std::string_view presented;
    if (!is_presented(fcinfo, presented))
        PG_RETURN_DATUM(inactive_row(fcinfo));
    identity::Verification const verification = identity::verify_digest(identity::digest_of(presented));
    if (!verification.is_active)
        PG_RETURN_DATUM(inactive_row(fcinfo));
    const pat_auth::token::TokenRow& token = verification.token;
    pat_auth::usage::record_use({token.token_id, token.user_id, token.tenant_id, verification.at}, fcinfo->args[1]);
    Datum values[column_count] = {BoolGetDatum(true),
                                  Int64GetDatum(token.token_id),
                                  CStringGetTextDatum(verification.rights.user->tenant),
                                  CStringGetTextDatum(verification.rights.user->name),
                                  CStringGetTextDatum(verification.rights.application->name),
                                  PointerGetDatum(scope_names(verification)),
                                  TimestampTzGetDatum(token.expires_at)};
    bool const nulls[column_count] = {};
    PG_RETURN_DATUM(make_row(fcinfo, values, nulls));
}
