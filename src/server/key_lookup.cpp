// A row that is found by its key: see key_lookup.h.

#include "server/version.h"

extern "C" {
#include "access/skey.h"
#include "access/tableam.h"
#include "utils/fmgroids.h"
}

#include "server/key_lookup.h"

namespace pat_auth::server {

NullableDatum find_by_texts(Relation table, Relation index, const std::array<Datum, 2>& key, AttrNumber column)
{
    // The locks stay to the end of the transaction, as those of any query.
    ::Relation const table_relation = table_open(relation_oid(table), AccessShareLock);
    ::Relation const index_relation = index_open(relation_oid(index), AccessShareLock);
    Snapshot const snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(table_relation)));
    TupleTableSlot* const slot = table_slot_create(table_relation, nullptr);
    IndexScanDesc const scan = begin_index_scan(table_relation, index_relation, snapshot, static_cast<int>(key.size()));
    ScanKeyData keys[key.size()];
    for (std::size_t i = 0; i < key.size(); ++i)
        ScanKeyEntryInitialize(&keys[i], 0, static_cast<AttrNumber>(i + 1), BTEqualStrategyNumber, InvalidOid,
                               index_relation->rd_indcollation[i], F_TEXTEQ, key[i]);
    index_rescan(scan, keys, static_cast<int>(key.size()), nullptr, 0);

    NullableDatum result = {static_cast<Datum>(0), true};
    if (index_getnext_slot(scan, ForwardScanDirection, slot))
        result.value = slot_getattr(slot, column, &result.isnull);
    index_endscan(scan);
    ExecDropSingleTupleTableSlot(slot);
    UnregisterSnapshot(snapshot);
    index_close(index_relation, NoLock);
    table_close(table_relation, NoLock);
    return result;
}

} // namespace pat_auth::server
