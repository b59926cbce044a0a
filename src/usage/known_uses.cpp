// Writing the uses of tokens that were used before: see known_uses.h.

#include "server/version.h"

extern "C" {
#include "access/skey.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

#include "usage/known_uses.h"

#include "server/catalog.h"
#include "server/hash.h"
#include "server/row_place.h"
#include "server/row_writer.h"
#include "server/shared_hints.h"

#include <string_view>

namespace pat_auth::usage {

namespace {

// The columns of pat_auth.token_usage, in the order of sql/35_token_usage.sql.
enum UsageColumn : AttrNumber { token_id = 1, last_used_at, client_address };

// The token is there as long as its row here is.
constexpr std::string_view foreign_key = "token_usage_token_id_fkey";

struct Rows {
    server::RowWriter writer;
    ::Relation index;
    IndexScanDesc scan;
    TupleTableSlot* found;
};

Rows open_rows(const server::RowWriter& writer)
{
    Rows rows = {};
    rows.writer = writer;
    ::Relation const table = writer.table->ri_RelationDesc;
    rows.index = index_open(server::relation_oid(server::Relation::token_usage_key), RowExclusiveLock);
    // A snapshot of now, when the table is locked: who held it until then may have written all rows anew.
    PushActiveSnapshot(GetTransactionSnapshot());
    rows.scan = server::begin_index_scan(table, rows.index, GetActiveSnapshot(), 1);
    rows.found = table_slot_create(table, nullptr);
    return rows;
}

void close_rows(const Rows& rows)
{
    ExecDropSingleTupleTableSlot(rows.found);
    index_endscan(rows.scan);
    PopActiveSnapshot();
    index_close(rows.index, NoLock);
}

bool find_at_place(const Rows& rows, int64 id, uint64 hash)
{
    ItemPointerData place;
    bool is_null = false;
    return server::recall_place(hash, place) &&
           server::fetch_indexed_row(rows.scan->xs_heapfetch, place, rows.scan->xs_snapshot, rows.found) &&
           DatumGetInt64(slot_getattr(rows.found, token_id, &is_null)) == id;
}

bool find_in_index(const Rows& rows, int64 id, uint64 hash)
{
    ScanKeyData key;
    ScanKeyInit(&key, token_id, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(id));
    index_rescan(rows.scan, &key, 1, nullptr, 0);
    while (const ItemPointerData* const next = index_getnext_tid(rows.scan, ForwardScanDirection)) {
        ItemPointerData const place = *next; // before it becomes that of the version that is seen
        if (index_fetch_heap(rows.scan, rows.found)) {
            server::note_place(hash, place);
            return true;
        }
    }
    return false;
}

uint64 hash_of(int64 id) { return server::hash(server::hint_of_usage, &id, sizeof id); }

// A row stays where the index says for as long as its new versions are on the same page. So who is used again and again
// is found without a look into the index, which takes as long as changing the row.
bool find_row(const Rows& rows, int64 id)
{
    uint64 const hash = hash_of(id);
    return find_at_place(rows, id, hash) || find_in_index(rows, id, hash);
}

void write_use(const Rows& rows, const PendingUse& use)
{
    bool is_null = false;
    if (DatumGetTimestampTz(slot_getattr(rows.found, last_used_at, &is_null)) >= use.last_used_at)
        return;
    NullableDatum address = {};
    if (use.address.is_known) {
        MemoryContext const context = MemoryContextSwitchTo(GetPerTupleMemoryContext(rows.writer.state));
        address = inet_of(use.address);
        MemoryContextSwitchTo(context);
    } else {
        address.value = slot_getattr(rows.found, client_address, &address.isnull);
    }
    server::change_row(rows.writer, rows.found,
                       {{last_used_at, {TimestampTzGetDatum(use.last_used_at), false}}, {client_address, address}});
}

} // namespace

std::optional<PendingUses> write_known_uses(const PendingUses& pending)
{
    server::RowWriter const writer =
        server::open_row_writer(server::relation_oid(server::Relation::token_usage), {&foreign_key, 1});
    if (writer.runs_code_of_others) {
        server::close_row_writer(writer);
        return std::nullopt;
    }
    PendingUses first = {static_cast<PendingUse*>(palloc(sizeof(PendingUse) * pending.count)), 0};
    Rows const rows = open_rows(writer);
    constexpr std::size_t ahead = 8;
    for (std::size_t i = 0; i < pending.count; ++i) {
        CHECK_FOR_INTERRUPTS();
        if (i + ahead < pending.count)
            server::prefetch_hint(hash_of(pending.uses[i + ahead].key.token_id));
        if (find_row(rows, pending.uses[i].key.token_id))
            write_use(rows, pending.uses[i]);
        else
            first.uses[first.count++] = pending.uses[i];
    }
    close_rows(rows);
    server::close_row_writer(writer);
    return first;
}

} // namespace pat_auth::usage
