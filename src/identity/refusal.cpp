// How a token is refused: see refusal.h.

#include "server/prelude.h"

extern "C" {
#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
}

#include "identity/refusal.h"

namespace pat_auth::identity {

namespace {

// The connection's address, "" for a local socket.
const char* connection_address()
{
    LOCAL_FCINFO(call, 0);
    InitFunctionCallInfoData(*call, nullptr, 0, InvalidOid, nullptr, nullptr);
    Datum const address = inet_client_addr(call);
    return call->isnull ? "" : DatumGetCString(DirectFunctionCall1(inet_out, address));
}

} // namespace

void log_refusal(const char* reason, int64 token_id, NullableDatum address)
{
    // Before there is a transaction neither can be looked up; log_line_prefix has both.
    bool const can_look_up = IsTransactionState();
    StringInfoData line;
    initStringInfo(&line);
    appendStringInfo(&line, "{\"token_id\": %lld, \"reason\": ", static_cast<long long>(token_id));
    escape_json(&line, reason);
    appendStringInfoString(&line, ", \"database_role\": ");
    escape_json(&line, can_look_up ? GetUserNameFromId(GetSessionUserId(), true) : "");
    appendStringInfoString(&line, ", \"client_address\": ");
    if (!address.isnull)
        escape_json(&line, DatumGetCString(DirectFunctionCall1(inet_out, address.value)));
    else
        escape_json(&line, can_look_up ? connection_address() : "");
    appendStringInfoChar(&line, '}');
    // LOG_SERVER_ONLY: no client_min_messages brings it to a client. Without the statement, which may have the token.
    ereport(LOG_SERVER_ONLY,
            (errmsg("pat_auth: token refused %s", line.data), errhidestmt(true), errhidecontext(true)));
    pfree(line.data);
}

void refuse(const char* reason, int64 token_id, NullableDatum address)
{
    log_refusal(reason, token_id, address);
    ereport(ERROR, (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("%s", refusal_message)));
    pg_unreachable();
}

} // namespace pat_auth::identity
