// SQL that C++ runs: see statement.h.

#include "server/statement.h"

#include "server/catalog.h"

namespace pat_auth::server {

namespace {

Frame begin_frame(Oid user, int more_security_context)
{
    Frame frame = {};
    GetUserIdAndSecContext(&frame.user, &frame.security_context);
    SetUserIdAndSecContext(user, frame.security_context | more_security_context);
    frame.settings_level = NewGUCNestLevel();
    set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                      false);
    return frame;
}

Frame connect(Frame frame)
{
    // Ours are short: by what the planner fears of a large table, compiling them took 300 ms.
    set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    if (SPI_connect() != SPI_OK_CONNECT)
        elog(ERROR, "SPI_connect failed");
    frame.is_connected = true;
    return frame;
}

} // namespace

Frame begin_with_owner_rights()
{
    return begin_frame(extension_owner(), SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
}

Frame begin_as_owner() { return connect(begin_with_owner_rights()); }

Frame begin_as_owner_of(Oid table)
{
    return connect(begin_frame(owner_of(table),
                               SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS));
}

Frame begin_as_caller() { return connect(begin_frame(GetUserId(), 0)); }

void end_frame(const Frame& frame)
{
    if (frame.is_connected && SPI_finish() != SPI_OK_FINISH)
        elog(ERROR, "SPI_finish failed");
    AtEOXact_GUC(false, frame.settings_level);
    SetUserIdAndSecContext(frame.user, frame.security_context);
}

void execute(const char* sql)
{
    if (int const result = SPI_execute(sql, false, 0); result < 0)
        elog(ERROR, "could not run \"%s\": %s", sql, SPI_result_code_string(result));
}

NullableDatum result_column(uint64 row, int column)
{
    NullableDatum result = {};
    result.value = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &result.isnull);
    return result;
}

namespace detail {

uint64 run_statement(SPIPlanPtr& plan, const char* sql, int count, const Oid* types, const NullableDatum* arguments,
                     bool read_only)
{
    if (plan == nullptr) {
        // One plan for all arguments: ours are look-ups by key, and planning them anew costs more than running them.
        SPIPlanPtr const prepared = SPI_prepare_cursor(sql, count, const_cast<Oid*>(types), CURSOR_OPT_GENERIC_PLAN);
        if (prepared == nullptr || SPI_keepplan(prepared) != 0)
            elog(ERROR, "could not prepare a statement of pat_auth: %s", SPI_result_code_string(SPI_result));
        plan = prepared;
    }

    Datum values[FUNC_MAX_ARGS];
    char nulls[FUNC_MAX_ARGS];
    for (int i = 0; i < count; ++i) {
        values[i] = arguments[i].value;
        nulls[i] = arguments[i].isnull ? 'n' : ' ';
    }

    // The catalog's snapshot is taken anew for a relation that is no catalog. Unlike GetLatestSnapshot() it may be
    // taken in parallel mode too.
    Snapshot const snapshot = RegisterSnapshot(GetCatalogSnapshot(relation_oid(Relation::token)));
    int const result = SPI_execute_snapshot(plan, values, nulls, snapshot, InvalidSnapshot, read_only, true, 0);
    UnregisterSnapshot(snapshot);
    if (result < 0)
        elog(ERROR, "could not run a statement of pat_auth: %s", SPI_result_code_string(result));
    return SPI_processed;
}

} // namespace detail
} // namespace pat_auth::server
