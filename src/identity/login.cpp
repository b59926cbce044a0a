// Signing in and out for a transaction: pat_login, pat_login_user, pat_logout.

#include "server/prelude.h"

#include "identity/credential.h"
#include "identity/identity.h"
#include "identity/refusal.h"
#include "identity/running_query.h"
#include "redaction/shown.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"

namespace {

namespace redaction = pat_auth::redaction;
namespace server = pat_auth::server;
namespace identity = pat_auth::identity;

server::Statement<2> select_user_id{R"sql(
    SELECT user_id FROM pat_auth.app_user WHERE tenant = $1 AND name = $2
    )sql",
                                    {TEXTOID, TEXTOID}};

// As SET LOCAL does: outside of a transaction block the identity is gone with this statement.
void warn_without_transaction_block(const char* function)
{
    if (!IsTransactionBlock() && !IsSubTransaction() && !identity::is_nested_query())
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
    int32 const user_id = server::as_owner([&] {
        if (select_user_id.read({server::argument(PG_GETARG_DATUM(0)), server::argument(PG_GETARG_DATUM(1))}) == 0) {
            ereport(ERROR,
                    (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("user \"%s\" of tenant \"%s\" does not exist",
                                                               redaction::shown(server::argument_view(fcinfo, 1)),
                                                               redaction::shown(server::argument_view(fcinfo, 0)))));
        }
        return DatumGetInt32(server::result_column(0, 1).value);
    });
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
