// Signing in and out for a transaction: pat_login, pat_login_user, pat_logout.

#include "server/prelude.h"

extern "C" {
#include "tcop/pquery.h"
}

#include "identity/credential.h"
#include "identity/find_user.h"
#include "identity/identity.h"
#include "identity/refusal.h"
#include "identity/running_query.h"
#include "redaction/shown.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/text.h"

namespace {

namespace redaction = pat_auth::redaction;
namespace server = pat_auth::server;
namespace identity = pat_auth::identity;

// Whose statements are several, and may be several transactions.
bool is_in_procedure()
{
    return ActivePortal != nullptr &&
           (ActivePortal->commandTag == CMDTAG_CALL || ActivePortal->commandTag == CMDTAG_DO);
}

// As SET LOCAL does: outside of a transaction block the identity is gone with this statement.
void warn_without_transaction_block(const char* function)
{
    if (!IsTransactionBlock() && !IsSubTransaction() && !identity::is_nested_query() && !is_in_procedure())
        ereport(WARNING, (errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
                          errmsg("%s has an effect only inside a transaction block", function)));
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_login)
{
    warn_without_transaction_block("pat_login");
    if (PG_ARGISNULL(0))
        identity::refuse("malformed", 0, fcinfo->args[1]);
    identity::use_token(server::argument_view(fcinfo, 0), fcinfo->args[1]);
    identity::set_client_address(fcinfo->args[1]);
    identity::current_identity();
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_login_user)
{
    warn_without_transaction_block("pat_login_user");
    server::require_argument(fcinfo, 0, "tenant");
    server::require_argument(fcinfo, 1, "user_name");
    int32 user_id = 0;
    if (!identity::find_user(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), user_id))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("user \"%s\" of tenant \"%s\" does not exist",
                                                                  redaction::shown(server::argument_view(fcinfo, 1)),
                                                                  redaction::shown(server::argument_view(fcinfo, 0)))));
    identity::use_user(user_id);
    identity::current_identity();
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_logout)
{
    warn_without_transaction_block("pat_logout");
    identity::use_nobody();
    PG_RETURN_VOID();
}
