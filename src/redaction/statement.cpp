// Statements without tokens: see statement.h.
//
// A masked text is as long as the text was, so positions in it stay right. The parser keeps copies of its own of all
// that it has read; what is masked here are texts that PostgreSQL only shows from then on. Where such a text is known
// to be on the heap and nobody's but the statement's, it is masked in place: then it is masked for all who look at it
// later, and stays so. Otherwise (a text that an extension gave to SPI may be a constant in its code) a copy is.

#include "server/prelude.h"

extern "C" {
#include "executor/executor.h"
#include "nodes/memnodes.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/portal.h"
}

#include "redaction/statement.h"

#include "redaction/mask.h"

namespace pat_auth::redaction {

namespace {

post_parse_analyze_hook_type previous_post_parse_analyze = nullptr;
planner_hook_type previous_planner = nullptr;
ExecutorStart_hook_type previous_executor_start = nullptr;
ProcessUtility_hook_type previous_process_utility = nullptr;

// The message of the client that was looked at: its text may stand where the one before it stood, but it came later.
const char* seen_text = nullptr;
TimestampTz seen_at = 0;

// Whether debug_query_string points to a client's message, or to a copy of one in a prepared statement or portal.
bool serves_client() { return MyBackendType == B_BACKEND || MyBackendType == B_WAL_SENDER; }

bool mask_in_place(const char* text) { return mask(const_cast<char*>(text)); } // NOLINT: see above

// A statement that the client prepares by message, not by PREPARE, is stored with a copy of the text that was made
// before we see it. Whether it is executed or not, the copy is shown. Its memory is named after it; that of a statement
// without a name is in one that is named so.
void mask_prepared_statement()
{
    if (MessageContext == nullptr)
        return;
    for (MemoryContext context = MessageContext->firstchild; context != nullptr; context = context->nextchild) {
        bool const is_unnamed = std::strcmp(context->name, "unnamed prepared statement") == 0;
        MemoryContext const source = is_unnamed ? context->firstchild : context;
        if (source != nullptr && std::strcmp(source->name, "CachedPlanSource") == 0 && source->ident != nullptr)
            mask_in_place(source->ident);
    }
}

// The message that is being carried out, once the parser has read it.
void mask_message()
{
    if (!serves_client()) {
        mask_activity();
        return;
    }
    TimestampTz const now = GetCurrentStatementStartTimestamp();
    if (debug_query_string == nullptr || (debug_query_string == seen_text && now == seen_at))
        return;
    seen_text = debug_query_string;
    seen_at = now;
    if (mask_in_place(debug_query_string)) {
        mask_activity();
        mask_prepared_statement();
    }
}

// The text of a statement, which may be part of the message or run inside of it. A copy lives as long as what the
// statement is run with: in the current context.
const char* masked(const char* statement)
{
    mask_message();
    if (statement == nullptr || (statement == debug_query_string && serves_client()) || !has_tokens(statement))
        return statement;
    if (ActivePortal != nullptr && statement == ActivePortal->sourceText) {
        mask_in_place(statement);
        return statement;
    }
    mask_prepared_statement(); // where a log message has put a masked copy in the message's place
    char* const copy = pstrdup(statement);
    mask(copy);
    return copy;
}

void on_post_parse_analyze(ParseState* state, Query* query, JumbleState* jumble)
{
    state->p_sourcetext = masked(state->p_sourcetext);
    if (previous_post_parse_analyze != nullptr)
        previous_post_parse_analyze(state, query, jumble);
}

PlannedStmt* on_planner(Query* query, const char* statement, int cursor_options, ParamListInfo parameters)
{
    const char* const shown = masked(statement);
    return previous_planner != nullptr ? previous_planner(query, shown, cursor_options, parameters)
                                       : standard_planner(query, shown, cursor_options, parameters);
}

void on_executor_start(QueryDesc* query, int flags)
{
    query->sourceText = masked(query->sourceText);
    previous_executor_start(query, flags);
}

void on_process_utility(PlannedStmt* statement, const char* text, bool read_only_tree, ProcessUtilityContext context,
                        ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                        QueryCompletion* completion)
{
    const char* const shown = masked(text);
    previous_process_utility(statement, shown, read_only_tree, context, parameters, environment, receiver, completion);
}

} // namespace

void mask_activity()
{
    if (MyBEEntry == nullptr || !has_tokens(MyBEEntry->st_activity_raw))
        return;
    PGSTAT_BEGIN_WRITE_ACTIVITY(MyBEEntry);
    mask(MyBEEntry->st_activity_raw);
    PGSTAT_END_WRITE_ACTIVITY(MyBEEntry);
}

void mask_logged_statement(int level)
{
    if (level >= ERROR && serves_client()) {
        // It will not be read any more.
        mask_in_place(debug_query_string);
        return;
    }
    // The parser may not have read it yet. The copy is to last as long as the message; where there is no room for one,
    // no statement is shown.
    if (!has_tokens(debug_query_string))
        return;
    mask_activity();
    std::size_t const size = std::strlen(debug_query_string) + 1;
    char* const copy =
        MessageContext == nullptr || CritSectionCount > 0
            ? nullptr
            : static_cast<char*>(MemoryContextAllocExtended(MessageContext, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM));
    if (copy != nullptr) {
        std::memcpy(copy, debug_query_string, size);
        mask(copy);
    }
    debug_query_string = copy;
}

void register_statements()
{
    previous_post_parse_analyze = post_parse_analyze_hook;
    post_parse_analyze_hook = on_post_parse_analyze;
    previous_planner = planner_hook;
    planner_hook = on_planner;
    previous_executor_start = ExecutorStart_hook != nullptr ? ExecutorStart_hook : standard_ExecutorStart;
    ExecutorStart_hook = on_executor_start;
    previous_process_utility = ProcessUtility_hook != nullptr ? ProcessUtility_hook : standard_ProcessUtility;
    ProcessUtility_hook = on_process_utility;
}

} // namespace pat_auth::redaction
