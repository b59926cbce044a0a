// The writer: a background worker that takes one database's pending uses to its table, in one transaction, and ends.

#include "server/prelude.h"

extern "C" {
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
}

#include "server/catalog.h"
#include "server/guard.h"
#include "server/statement.h"
#include "usage/known_uses.h"
#include "usage/pending.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>

extern "C" {
PGDLLEXPORT void pat_auth_usage_writer(Datum database);
}

namespace {

namespace server = pat_auth::server;
namespace usage = pat_auth::usage;

// A token that was deleted meanwhile is left out, and so is one that a use is older than: of an earlier installation.
constexpr char usable_uses[] = R"sql(
        SELECT pending.*
        FROM unnest($1, $2, $3, $4) AS pending (token_id, last_used_at, client_address, address_is_known)
        JOIN pat_auth.token USING (token_id)
        WHERE pending.last_used_at >= token.created_at
    )sql";

// Whether they have a row or not: somebody else may have written one since we looked.
constexpr char write_usable[] = R"sql(
    INSERT INTO pat_auth.token_usage AS stored (token_id, last_used_at, client_address)
    SELECT token_id, last_used_at, CASE WHEN address_is_known THEN client_address ELSE (
        SELECT previous.client_address FROM pat_auth.token_usage AS previous
        WHERE previous.token_id = usable.token_id) END
    FROM usable
    ON CONFLICT (token_id) DO UPDATE
    SET last_used_at = excluded.last_used_at, client_address = excluded.client_address
    WHERE stored.last_used_at < excluded.last_used_at
    )sql";

constexpr auto write_first_uses = server::join("WITH usable AS (", usable_uses, ")", write_usable);

// Around tokens that somebody has locked. Who deletes a token locks its row first, and then waits for us if we are
// writing its use. Returned are those tokens that were skipped.
constexpr char skipped_tokens[] = R"sql(
    SELECT token_id
    FROM unnest($1, $2) AS pending (token_id, last_used_at) JOIN pat_auth.token USING (token_id)
    WHERE pending.last_used_at >= token.created_at AND token_id NOT IN (SELECT token_id FROM usable)
    )sql";
constexpr auto write_uses_around_locks =
    server::join("WITH usable AS MATERIALIZED (", usable_uses, "FOR KEY SHARE OF token SKIP LOCKED), written AS (",
                 write_usable, ")", skipped_tokens);

// Whatever the database's own settings say, the writing is to get through; it waits for nobody's lock for long.
void override_settings()
{
    constexpr struct {
        const char* name;
        const char* value;
    } settings[] = {
        {"default_transaction_read_only", "off"},
        {"default_transaction_isolation", "read committed"},
        {"session_replication_role", "origin"},
        {"synchronous_commit", "local"},
        {"lock_timeout", "200ms"},
        {"deadlock_timeout", "10ms"}, // rather we than those who wait for us
        {"work_mem", "16MB"},
    };
    for (const auto& setting : settings)
        SetConfigOption(setting.name, setting.value, PGC_SUSET, PGC_S_OVERRIDE);
}

NullableDatum array_argument(Datum* values, bool* nulls, int count, Oid type)
{
    int16 length = 0;
    bool is_by_value = false;
    char alignment = 0;
    get_typlenbyvalalign(type, &length, &is_by_value, &alignment);
    int lower_bound = 1;
    return server::argument(PointerGetDatum(
        construct_md_array(values, nulls, 1, &count, &lower_bound, type, length, is_by_value, alignment)));
}

// Marks those that could not be written: their copies are not as in memory any more, so that they are not removed.
void keep_skipped(const usage::PendingUses& pending, uint64 rows)
{
    usage::PendingUse* const end = pending.uses + pending.count;
    for (uint64 row = 0; row < rows; ++row) {
        int64 const token_id = DatumGetInt64(server::result_column(row, 1).value);
        usage::PendingUse* const use = std::lower_bound(
            pending.uses, end, token_id, [](const usage::PendingUse& one, int64 id) { return one.key.token_id < id; });
        if (use != end && use->key.token_id == token_id)
            use->last_used_at = DT_NOBEGIN;
    }
}

using Statement = server::Statement<4>;
constexpr std::array<Oid, 4> use_types = {INT8ARRAYOID, TIMESTAMPTZARRAYOID, INETARRAYOID, BOOLARRAYOID};

std::array<NullableDatum, 4> arguments_of(const usage::PendingUses& pending)
{
    auto const count = static_cast<int>(pending.count);
    auto* const token_ids = static_cast<Datum*>(palloc(sizeof(Datum) * pending.count));
    auto* const moments = static_cast<Datum*>(palloc(sizeof(Datum) * pending.count));
    auto* const addresses = static_cast<Datum*>(palloc(sizeof(Datum) * pending.count));
    auto* const addresses_are_null = static_cast<bool*>(palloc(sizeof(bool) * pending.count));
    auto* const addresses_are_known = static_cast<Datum*>(palloc(sizeof(Datum) * pending.count));
    for (int i = 0; i < count; ++i) {
        const usage::PendingUse& use = pending.uses[i];
        token_ids[i] = Int64GetDatum(use.key.token_id);
        moments[i] = TimestampTzGetDatum(use.last_used_at);
        NullableDatum const address = usage::inet_of(use.address);
        addresses_are_null[i] = address.isnull;
        addresses[i] = address.value;
        addresses_are_known[i] = BoolGetDatum(use.address.is_known);
    }
    return {array_argument(token_ids, nullptr, count, INT8OID), array_argument(moments, nullptr, count, TIMESTAMPTZOID),
            array_argument(addresses, addresses_are_null, count, INETOID),
            array_argument(addresses_are_known, nullptr, count, BOOLOID)};
}

void write_first(const usage::PendingUses& pending)
{
    Statement statement{write_first_uses.data(), use_types};
    server::as_owner([&] { statement.write(arguments_of(pending)); });
}

void write_around_locks(const usage::PendingUses& pending)
{
    Statement statement{write_uses_around_locks.data(), use_types};
    server::as_owner([&] { keep_skipped(pending, statement.write(arguments_of(pending))); });
}

// Most uses are of tokens that were used before, and one by one in their order takes a third of the time of a statement
// that joins them all.
void write_at_once(const usage::PendingUses& pending)
{
    std::optional<usage::PendingUses> const first = usage::write_known_uses(pending);
    if (!first)
        write_around_locks(pending);
    else if (first->count > 0)
        write_first(*first);
}

void write_in_transaction(const usage::PendingUses& pending, void (*write_all)(const usage::PendingUses& pending))
{
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    // Where the extension is not installed any more, there is nothing to write to.
    if (server::is_installed())
        write_all(pending);
    PopActiveSnapshot();
    CommitTransactionCommand();
}

// An open transaction that deletes a token must not stop the recording of all others. It seldom happens, so the locks
// of tokens that let us step around it, which are writes, are taken only then.
void write(const usage::PendingUses& pending)
{
    bool is_written = false;
    try {
        server::call_server([&] { write_in_transaction(pending, write_at_once); });
        is_written = true;
    } catch (const server::ServerError& error) {
        // What is wrong otherwise comes up again, or shows here.
        ereport(DEBUG1,
                (errmsg_internal("pat_auth: writing the last use of tokens once more, around what is locked: %s",
                                 error.what())));
    }
    if (!is_written) {
        AbortCurrentTransaction();
        write_in_transaction(pending, write_around_locks);
    }
}

void write_database(Oid database)
{
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
    override_settings();

    usage::PendingUses const pending = usage::copy_pending_of(database);
    // In order of the key, so that neighbours in the table are written together.
    std::sort(pending.uses, pending.uses + pending.count,
              [](const usage::PendingUse& one, const usage::PendingUse& other) {
                  return one.key.token_id < other.key.token_id;
              });
    pgstat_report_activity(STATE_RUNNING, "writing the last use of tokens");
    if (pending.count > 0)
        write(pending);
    // Not before: what is lost with the transaction is still in memory.
    usage::remove_written(pending);
    usage::set_written(true);
    pgstat_report_stat(true);
}

} // namespace

void pat_auth_usage_writer(Datum database)
{
    server::enter([database] { write_database(DatumGetObjectId(database)); });
}
