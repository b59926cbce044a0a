// The rows that a token refers to: see kept_rows.h.

#include "server/prelude.h"

extern "C" {
#include "utils/hsearch.h"
}

#include "token/kept_rows.h"

#include "server/statement.h"

namespace pat_auth::token {

namespace {

server::Statement<1> lock_user{R"sql(
    SELECT FROM pat_auth.app_user WHERE user_id = ANY ($1) FOR KEY SHARE
    )sql",
                               {INT4ARRAYOID}};

server::Statement<1> lock_application{R"sql(
    SELECT FROM pat_auth.application WHERE application_id = ANY ($1) FOR KEY SHARE
    )sql",
                                      {INT4ARRAYOID}};

server::Statement<1> lock_roles{R"sql(
    SELECT FROM pat_auth.role WHERE role_id = ANY ($1) FOR KEY SHARE
    )sql",
                                {INT4ARRAYOID}};

enum class Kind : int32 { user, application, role };

struct Row {
    Kind kind;
    int32 id;
};

// What is locked already. In the memory of the transaction, and forgotten with a subtransaction that is rolled back:
// its locks are.
HTAB* kept_rows = nullptr;

void keep(Kind kind, const int32* ids, int count, server::Statement<1>& lock, const char* name)
{
    if (kept_rows == nullptr) {
        HASHCTL control = {};
        control.keysize = sizeof(Row);
        control.entrysize = sizeof(Row);
        control.hcxt = TopTransactionContext;
        kept_rows = hash_create("pat_auth kept rows", 32, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    }
    auto* const missing = static_cast<Datum*>(palloc(sizeof(Datum) * static_cast<Size>(count)));
    int missing_count = 0;
    for (int i = 0; i < count; ++i)
        if (Row const row = {kind, ids[i]}; hash_search(kept_rows, &row, HASH_FIND, nullptr) == nullptr)
            missing[missing_count++] = Int32GetDatum(ids[i]);
    if (missing_count == 0)
        return;

    ArrayType* const wanted = construct_array(missing, missing_count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
    uint64 const locked = server::as_owner([&] { return lock.write({server::argument(PointerGetDatum(wanted))}); });
    if (locked != static_cast<uint64>(missing_count))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("%s was deleted at the same time", name)));
    for (int i = 0; i < missing_count; ++i) {
        Row const row = {kind, DatumGetInt32(missing[i])};
        hash_search(kept_rows, &row, HASH_ENTER, nullptr);
    }
}

void at_transaction_end(XactEvent event, void* /*argument*/)
{
    switch (event) {
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
        kept_rows = nullptr;
        break;
    default:
        break;
    }
}

void at_subtransaction_end(SubXactEvent event, SubTransactionId /*own*/, SubTransactionId /*parent*/,
                           void* /*argument*/)
{
    if (event == SUBXACT_EVENT_ABORT_SUB)
        kept_rows = nullptr;
}

} // namespace

void keep_user(int32 user_id) { keep(Kind::user, &user_id, 1, lock_user, "the user"); }

void keep_application(int32 application_id)
{
    keep(Kind::application, &application_id, 1, lock_application, "the application");
}

void keep_roles(const int32* role_ids, int count) { keep(Kind::role, role_ids, count, lock_roles, "a role"); }

void register_kept_rows()
{
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_subtransaction_end, nullptr);
}

} // namespace pat_auth::token
