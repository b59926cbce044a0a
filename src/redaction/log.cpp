// The server log without tokens, in each of its formats. What is masked here is masked for the client too, if the
// message goes to both: PostgreSQL has one copy.
//
// This runs while an error is handled, perhaps in a critical section or without memory: it works in place, in strings
// that PostgreSQL made for this message, raises nothing and so never comes back to itself.

#include "server/prelude.h"

extern "C" {
#include "tcop/tcopprot.h"
}

#include "redaction/log.h"

#include "redaction/mask.h"
#include "redaction/statement.h"

namespace pat_auth::redaction {

namespace {

emit_log_hook_type previous_emit_log = nullptr;

// What debug_print_parse and the like write: "   {QUERY …", or "(\n   {QUERY …".
bool is_dump(const char* text)
{
    const char* const first = text + std::strspn(text, "( \n");
    return first[0] == '{' && first[1] >= 'A' && first[1] <= 'Z';
}

void mask_detail(char* detail)
{
    if (detail != nullptr && is_dump(detail))
        core::mask_tokens_in_dump(detail, std::strlen(detail), identity::token_prefix());
    mask(detail);
}

void mask_context(char* context)
{
    mask(context);
    if (context != nullptr)
        core::mask_cut_tokens(context, std::strlen(context));
}

void on_emit_log(ErrorData* error)
{
    mask(error->message);
    mask_detail(error->detail);
    mask_detail(error->detail_log);
    mask(error->hint);
    mask_context(error->context);
    mask(error->internalquery);
    mask(error->backtrace);
    if (debug_query_string != nullptr) // also where it will not be printed: other libraries' hooks look at it
        mask_logged_statement(error->elevel);
    if (error->elevel >= ERROR)
        mask_activity(); // after a syntax error nothing else would have
    if (previous_emit_log != nullptr)
        previous_emit_log(error);
}

} // namespace

void register_log()
{
    previous_emit_log = emit_log_hook;
    emit_log_hook = on_emit_log;
}

} // namespace pat_auth::redaction
