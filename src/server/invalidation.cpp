// How a backend learns that rights or tokens changed: see invalidation.h.

#include "server/invalidation.h"

#include "server/catalog.h"
#include "server/shared_age.h"

namespace pat_auth::server {

namespace {

Generations generations = {1, 1};

// The markers' oids, known before anything is cached: a message about a marker that we do not know yet concerns
// nothing that we keep.
Oid rights_marker = InvalidOid;
Oid token_marker = InvalidOid;

void on_relation_invalidated(Datum /*argument*/, Oid relation)
{
    if (relation == rights_marker || relation == InvalidOid)
        ++generations.rights;
    if (relation == token_marker || relation == InvalidOid)
        ++generations.tokens;
}

// What this transaction read of its own changes is not so any more. PostgreSQL tells us of those that a command was
// done with; not of those of a command that failed, though what that had written so far may have been read by us.
void on_rollback(TransactionId transaction)
{
    if (!TransactionIdIsValid(transaction))
        return;
    ++generations.rights;
    ++generations.tokens;
}

void at_transaction_end(XactEvent event, void* /*argument*/)
{
    if (event == XACT_EVENT_ABORT)
        on_rollback(GetTopTransactionIdIfAny());
}

void at_savepoint_end(SubXactEvent event, SubTransactionId /*id*/, SubTransactionId /*parent*/, void* /*argument*/)
{
    if (event == SUBXACT_EVENT_ABORT_SUB)
        on_rollback(GetCurrentTransactionIdIfAny());
}

void learn_markers()
{
    Oid const rights = relation_oid(Relation::rights_generation);
    Oid const tokens = relation_oid(Relation::token_generation);
    if (rights != rights_marker || tokens != token_marker) {
        rights_marker = rights;
        token_marker = tokens;
        ++generations.rights;
        ++generations.tokens;
    }
}

} // namespace

Generations current_generations()
{
    AcceptInvalidationMessages();
    learn_markers();
    return generations;
}

void rights_changed()
{
    CacheInvalidateRelcacheByRelid(relation_oid(Relation::rights_generation));
    outdate_copies_at_commit();
}

void tokens_changed() { CacheInvalidateRelcacheByRelid(relation_oid(Relation::token_generation)); }

void register_invalidation()
{
    CacheRegisterRelcacheCallback(on_relation_invalidated, 0);
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
}

} // namespace pat_auth::server
