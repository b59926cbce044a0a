// How a token is refused: see refusal.h.

#include "server/prelude.h"

extern "C" {
#include "lib/stringinfo.h"
#include "utils/json.h"
}

#include "identity/refusal.h"

#include "server/connection.h"

namespace pat_auth::identity {

namespace {

// One line that a machine can read: who was refused, and why.
void log_line(const char* refused, const char* id_key, int64 id, const char* reason, NullableDatum address)
{
    // Before there is a transaction neither can be looked up; log_line_prefix has both.
    bool const can_look_up = IsTransactionState();
    StringInfoData line;
    initStringInfo(&line);
    appendStringInfo(&line, "{\"%s\": %lld, \"reason\": ", id_key, static_cast<long long>(id));
    escape_json(&line, reason);
    appendStringInfoString(&line, ", \"database_role\": ");
    escape_json(&line, can_look_up ? GetUserNameFromId(GetSessionUserId(), true) : "");
    appendStringInfoString(&line, ", \"client_address\": ");
    if (address.isnull && can_look_up)
        address = server::connection_address();
    escape_json(&line, address.isnull ? "" : DatumGetCString(DirectFunctionCall1(inet_out, address.value)));
    appendStringInfoChar(&line, '}');
    // LOG_SERVER_ONLY: no client_min_messages brings it to a client. Without the statement, which may have the token.
    ereport(LOG_SERVER_ONLY,
            (errmsg("pat_auth: %s refused %s", refused, line.data), errhidestmt(true), errhidecontext(true)));
    pfree(line.data);
}

} // namespace

void log_refusal(const char* reason, int64 token_id, NullableDatum address)
{
    log_line("token", "token_id", token_id, reason, address);
}

void refuse(const char* reason, int64 token_id, NullableDatum address)
{
    log_refusal(reason, token_id, address);
    ereport(ERROR, (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("%s", refusal_message)));
    pg_unreachable();
}

void refuse_user(const char* reason, int32 user_id, const char* detail)
{
    log_line("user", "user_id", user_id, reason, {0, true});
    ereport(ERROR, (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("the signed-in user may not act now"),
                    errdetail("%s", detail)));
    pg_unreachable();
}

} // namespace pat_auth::identity
