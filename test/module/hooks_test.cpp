// Hooks that other libraries might have, for test/server/redaction.test: SHOW hooks_test.seen says of each how often
// it was called, and how often with a text that had a token in it.

#include "server/prelude.h"

extern "C" {
#include "executor/executor.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "tcop/utility.h"

PG_MODULE_MAGIC;
void _PG_init();
}

#include <cstdio>
#include <cstring>

namespace {

emit_log_hook_type previous_emit_log = nullptr;
post_parse_analyze_hook_type previous_post_parse_analyze = nullptr;
planner_hook_type previous_planner = nullptr;
ExecutorStart_hook_type previous_executor_start = nullptr;
ProcessUtility_hook_type previous_process_utility = nullptr;

class Hook {
public:
    explicit constexpr Hook(const char* name) : name_(name) {}

    void see(const char* text)
    {
        ++calls_;
        if (text != nullptr && std::strstr(text, "pat_0") != nullptr)
            ++tokens_;
    }

    int print(char* buffer, std::size_t size) const
    {
        return std::snprintf(buffer, size, "%s %s, %d tokens; ", name_, calls_ > 0 ? "called" : "not called", tokens_);
    }

private:
    const char* name_;
    int calls_ = 0;
    int tokens_ = 0;
};

Hook hooks[] = {Hook("emit_log"), Hook("post_parse_analyze"), Hook("planner"), Hook("executor_start"),
                Hook("process_utility")};

void on_emit_log(ErrorData* error)
{
    hooks[0].see(error->message);
    hooks[0].see(debug_query_string);
    if (previous_emit_log != nullptr)
        previous_emit_log(error);
}

void on_post_parse_analyze(ParseState* state, Query* query, JumbleState* jumble)
{
    hooks[1].see(state->p_sourcetext);
    if (previous_post_parse_analyze != nullptr)
        previous_post_parse_analyze(state, query, jumble);
}

PlannedStmt* on_planner(Query* query, const char* text, int cursor_options, ParamListInfo parameters)
{
    hooks[2].see(text);
    return previous_planner != nullptr ? previous_planner(query, text, cursor_options, parameters)
                                       : standard_planner(query, text, cursor_options, parameters);
}

void on_executor_start(QueryDesc* query, int flags)
{
    hooks[3].see(query->sourceText);
    if (previous_executor_start != nullptr)
        previous_executor_start(query, flags);
    else
        standard_ExecutorStart(query, flags);
}

void on_process_utility(PlannedStmt* statement, const char* text, bool read_only_tree, ProcessUtilityContext context,
                        ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                        QueryCompletion* completion)
{
    hooks[4].see(text);
    if (previous_process_utility != nullptr)
        previous_process_utility(statement, text, read_only_tree, context, parameters, environment, receiver,
                                 completion);
    else
        standard_ProcessUtility(statement, text, read_only_tree, context, parameters, environment, receiver,
                                completion);
}

char* seen_value = nullptr;

const char* show_seen()
{
    static char text[400];
    std::size_t length = 0;
    for (const Hook& hook : hooks)
        length += static_cast<std::size_t>(hook.print(text + length, sizeof text - length));
    return text;
}

} // namespace

void _PG_init()
{
    DefineCustomStringVariable("hooks_test.seen", "What the hooks have seen in this session.", nullptr, &seen_value, "",
                               PGC_INTERNAL, 0, nullptr, nullptr, show_seen);
    previous_emit_log = emit_log_hook;
    emit_log_hook = on_emit_log;
    previous_post_parse_analyze = post_parse_analyze_hook;
    post_parse_analyze_hook = on_post_parse_analyze;
    previous_planner = planner_hook;
    planner_hook = on_planner;
    previous_executor_start = ExecutorStart_hook;
    ExecutorStart_hook = on_executor_start;
    previous_process_utility = ProcessUtility_hook;
    ProcessUtility_hook = on_process_utility;
}
