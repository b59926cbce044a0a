// When the pending uses are written, and to which databases: see launcher.h.

#include "server/prelude.h"

extern "C" {
#include "access/stratnum.h"
#include "catalog/pg_database.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/fmgroids.h"
#include "utils/relcache.h"
#include "utils/wait_event.h"
}

#include "usage/launcher.h"

#include "server/guard.h"
#include "usage/pending.h"
#include "usage/record.h"

#include <csignal>

extern "C" {
PGDLLEXPORT void pat_auth_usage_launcher(Datum argument);
}

namespace pat_auth::usage {

namespace {

constexpr int restart_seconds = 10;

BackgroundWorker describe(const char* kind, const char* function)
{
    BackgroundWorker worker = {};
    strlcpy(worker.bgw_name, kind, BGW_MAXLEN);
    strlcpy(worker.bgw_type, kind, BGW_MAXLEN);
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished; // a standby cannot write: its uses wait for the promotion
    strlcpy(worker.bgw_library_name, "pat_auth", BGW_MAXLEN);
    strlcpy(worker.bgw_function_name, function, BGW_MAXLEN);
    return worker;
}

// A dropped database has no one to connect to; neither has one whose dropping was cut short.
bool can_connect_to(Oid database)
{
    StartTransactionCommand();
    Relation const databases = table_open(DatabaseRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_database_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(database));
    // In a new cluster the shared indexes may not be known yet to a process without a database.
    SysScanDesc const scan =
        systable_beginscan(databases, DatabaseOidIndexId, criticalSharedRelcachesBuilt, nullptr, 1, &key);
    HeapTuple const tuple = systable_getnext(scan);
    constexpr int32 limit_of_invalid_database = -2;
    bool const can_connect =
        HeapTupleIsValid(tuple) &&
        reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple))->datconnlimit != limit_of_invalid_database;
    systable_endscan(scan);
    table_close(databases, AccessShareLock);
    CommitTransactionCommand();
    return can_connect;
}

// Whether a writer got through.
bool write_database(Oid database)
{
    BackgroundWorker worker = describe("pat_auth last use writer", "pat_auth_usage_writer");
    worker.bgw_restart_time = BGW_NEVER_RESTART;
    worker.bgw_main_arg = ObjectIdGetDatum(database);
    worker.bgw_notify_pid = MyProcPid;
    set_written(false);
    BackgroundWorkerHandle* handle = nullptr;
    if (!RegisterDynamicBackgroundWorker(&worker, &handle)) {
        ereport(LOG, (errmsg("pat_auth: no background worker was free to write the last use of tokens"),
                      errhint("Consider increasing max_worker_processes.")));
        return false;
    }
    if (WaitForBackgroundWorkerShutdown(handle) == BGWH_POSTMASTER_DIED)
        proc_exit(1);
    pfree(handle);
    return was_written();
}

void say_dropped()
{
    if (uint64 const dropped = take_dropped_count(); dropped > 0)
        ereport(LOG, (errmsg("pat_auth: %llu uses of tokens were not recorded, since memory for them was full",
                             static_cast<unsigned long long>(dropped))));
}

// Whether all was written.
bool write_all()
{
    say_dropped();
    bool is_complete = true;
    List* const databases = databases_with_pending();
    ListCell* cell = nullptr;
    foreach (cell, databases) {
        Oid const database = lfirst_oid(cell);
        if (ShutdownRequestPending)
            return false;
        if (!can_connect_to(database))
            remove_database(database);
        else if (!write_database(database))
            is_complete = false;
    }
    list_free(databases);
    return is_complete;
}

void forget_latch(int /*code*/, Datum /*argument*/) { set_launcher_latch(nullptr); }

// Milliseconds from now on; -1 for an interval of 0.
long time_to_next(TimestampTz last_writing)
{
    if (last_used_interval() == 0)
        return -1;
    return TimestampDifferenceMilliseconds(GetCurrentTimestamp(), last_writing + last_used_interval() * USECS_PER_SEC);
}

[[noreturn]] void launch()
{
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnection(nullptr, nullptr, 0); // to no database: pg_database can be read all the same
    before_shmem_exit(forget_latch, static_cast<Datum>(0));
    set_launcher_latch(MyLatch);

    TimestampTz last_writing = GetCurrentTimestamp();
    bool is_due = false;
    bool is_complete = true; // where a database could not be written, only the clock makes us try again
    for (;;) {
        if (ShutdownRequestPending)
            proc_exit(1); // to be started again unless the server is shut down
        if (ConfigReloadPending) {
            ConfigReloadPending = 0;
            ProcessConfigFile(PGC_SIGHUP);
            is_due = true; // what is pending when it is switched off is written, too
        }
        if (is_due || (is_complete && is_early_write_requested())) {
            pgstat_report_activity(STATE_RUNNING, "writing the last use of tokens");
            is_complete = write_all();
            forget_early_write();
            pgstat_report_activity(STATE_IDLE, nullptr);
            last_writing = GetCurrentTimestamp();
        }
        long const timeout = time_to_next(last_writing);
        WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (timeout < 0 ? 0 : WL_TIMEOUT), timeout,
                  PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
        CHECK_FOR_INTERRUPTS();
        is_due = time_to_next(last_writing) == 0;
    }
}

} // namespace

void register_launcher()
{
    BackgroundWorker worker = describe("pat_auth last use launcher", "pat_auth_usage_launcher");
    worker.bgw_restart_time = restart_seconds;
    RegisterBackgroundWorker(&worker);
}

} // namespace pat_auth::usage

void pat_auth_usage_launcher(Datum /*argument*/)
{
    pat_auth::server::enter([] { pat_auth::usage::launch(); });
}
