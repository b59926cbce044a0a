// Which query runs, and under which identity each open cursor was begun.
//
// A policy's `(SELECT reader())` is computed once and then stays in the cursor, so no reader is asked again at its
// next FETCH. The executor's hook asks instead: a query that used an identity goes on only under the same one, still
// valid, with the same permissions.

#include "server/version.h"

extern "C" {
#include "executor/execdesc.h"
#include "nodes/execnodes.h"
#include "utils/resowner.h"
}

#include "identity/running_query.h"

#include "enforcement/row_filter.h"
#include "identity/credential.h"
#include "identity/identity.h"
#include "identity/outliving.h"
#include "server/guard.h"

namespace pat_auth::identity {

namespace {

ExecutorRun_hook_type previous_executor_run = nullptr;
ExecutorFinish_hook_type previous_executor_finish = nullptr;

// What a query's rows depend on. Lives in the query's own memory and leaves the list when that goes.
struct QueryMark {
    const QueryDesc* query;
    uint64 fingerprint; // of the identity; 0: none
    bool is_mixed;      // more than one, as when a function signs in: good for this run, not for another FETCH
    QueryMark* next;
    MemoryContextCallback callback;
};
QueryMark* marks = nullptr;

struct Run {
    QueryDesc* query;
    uint64 statement;
    QueryMark* mark;
    Run* outer;
    ResourceOwner resource_owner;
    Kept* kept;
};
Run* innermost = nullptr;
uint64 statement_counter = 0;

void forget_mark(void* argument)
{
    auto* const mark = static_cast<QueryMark*>(argument);
    for (QueryMark** link = &marks; *link != nullptr; link = &(*link)->next) {
        if (*link == mark) {
            *link = mark->next;
            return;
        }
    }
}

QueryMark* find_mark(const QueryDesc* query)
{
    for (QueryMark* mark = marks; mark != nullptr; mark = mark->next)
        if (mark->query == query)
            return mark;
    return nullptr;
}

void set_mark(Run& run, uint64 fingerprint)
{
    if (run.mark != nullptr) {
        if (run.mark->fingerprint != fingerprint)
            run.mark->is_mixed = true;
        return;
    }
    MemoryContext const context = run.query->estate->es_query_cxt;
    auto* const mark = static_cast<QueryMark*>(MemoryContextAllocZero(context, sizeof(QueryMark)));
    mark->query = run.query;
    mark->fingerprint = fingerprint;
    mark->callback.func = forget_mark;
    mark->callback.arg = mark;
    MemoryContextRegisterResetCallback(context, &mark->callback);
    mark->next = marks;
    marks = mark;
    run.mark = mark;
    enforcement::take_over_filters(run.query);
}

uint64 fingerprint_of(const Identity* identity) { return identity == nullptr ? 0 : identity->fingerprint; }

[[noreturn]] void refuse_other_identity()
{
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("the query was begun under another identity"),
             errdetail("Another one acts now, or what it may do has changed since."),
             errhint("Close the cursor and open it again.")));
    pg_unreachable();
}

// Whether workers would have an identity to ask for, and anything that may: a policy, or what depends on a function or
// a domain that is not PostgreSQL's own.
bool has_parallel_identity(const QueryDesc& query)
{
    const PlannedStmt* const plan = query.plannedstmt;
    return plan->parallelModeNeeded && current_credential().kind != Kind::none &&
           (plan->dependsOnRole || plan->invalItems != NIL);
}

// Calls run() for a query that goes on, or that comes to its end: that is part of the last run.
template <typename Function>
void in_frame(QueryDesc* query, bool goes_on, Function&& run)
{
    Run frame = {query, ++statement_counter, find_mark(query), innermost, CurrentResourceOwner, nullptr};
    const char* const outer_outliving = outliving();
    innermost = &frame;
    PG_TRY();
    {
        server::enter([&] {
            if (const char* const what = what_outlives(*query); what != nullptr)
                set_outliving(what);
            if (frame.mark != nullptr) {
                current_identity();
                if (goes_on && frame.mark->is_mixed)
                    refuse_other_identity();
            } else if (outliving() == nullptr && has_parallel_identity(*query)) {
                // Workers verify for themselves, but only we can know that the transaction, and the queries around
                // this one, used an identity.
                if (frame.outer == nullptr)
                    note_parallel_use();
                else
                    current_identity();
            }
        });
        run();
        for (Kept *kept = frame.kept, *next = nullptr; kept != nullptr; kept = next) {
            next = kept->next;
            kept->close(kept);
        }
    }
    PG_FINALLY();
    {
        innermost = frame.outer;
        set_outliving(outer_outliving);
    }
    PG_END_TRY();
}

void on_executor_run(PAT_AUTH_EXECUTOR_RUN_PARAMETERS)
{
    in_frame(query, true, [&] {
        // The leader sees whether anything asks for the identity, which is to be refused; of workers it would not.
        if (outliving() != nullptr && has_parallel_identity(*query))
            PAT_AUTH_RUN_WITHOUT_WORKERS;
        previous_executor_run(PAT_AUTH_EXECUTOR_RUN_ARGUMENTS);
    });
}

// What nobody reads from in a WITH, as an INSERT, runs to its end only here.
void on_executor_finish(QueryDesc* query)
{
    if (query->estate->es_auxmodifytables == NIL)
        previous_executor_finish(query);
    else
        in_frame(query, false, [&] { previous_executor_finish(query); });
}

} // namespace

uint64 current_statement() { return innermost == nullptr ? 0 : innermost->statement; }

void begin_statement()
{
    if (innermost != nullptr)
        innermost->statement = ++statement_counter;
}

bool belongs_to_running_query(MemoryContext context)
{
    return innermost != nullptr && context == innermost->query->estate->es_query_cxt;
}

bool is_nested_query() { return innermost == nullptr || innermost->outer != nullptr; }

bool can_keep() { return innermost != nullptr && innermost->resource_owner == CurrentResourceOwner; }

Kept* kept(void (*close)(Kept* kept))
{
    Kept* kept = innermost->kept;
    while (kept != nullptr && kept->close != close)
        kept = kept->next;
    return kept;
}

void keep(Kept* kept)
{
    kept->next = innermost->kept;
    innermost->kept = kept;
}

MemoryContext memory_of_kept() { return innermost->query->estate->es_query_cxt; }

void note_identity_use(const Identity* identity)
{
    if (identity != nullptr)
        refuse_outliving();
    for (Run* run = innermost; run != nullptr; run = run->outer)
        set_mark(*run, fingerprint_of(identity));
}

void register_running_query()
{
    previous_executor_run = ExecutorRun_hook != nullptr ? ExecutorRun_hook : standard_ExecutorRun;
    ExecutorRun_hook = on_executor_run;
    previous_executor_finish = ExecutorFinish_hook != nullptr ? ExecutorFinish_hook : standard_ExecutorFinish;
    ExecutorFinish_hook = on_executor_finish;
}

} // namespace pat_auth::identity
