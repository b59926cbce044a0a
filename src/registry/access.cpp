// pat_grant_access and pat_revoke_access: what an application's database role needs, in one call of the DBA's. The
// grants are made as the caller, so PostgreSQL decides whether he may.

#include "server/prelude.h"

extern "C" {
#include "lib/stringinfo.h"
}

#include "registry/set_up_tables.h"
#include "server/catalog.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"

namespace {

namespace server = pat_auth::server;

constexpr const char* readable_views = "pat_auth.my_tokens, pat_auth.token_overview, pat_auth.token_events, "
                                       "pat_auth.protection";

// What stays the DBA's, or only our own SQL calls. A trigger fires without a privilege on its function; that is for who
// puts it on a table.
constexpr const char* dba_functions =
    "pat_auth.pat_grant_access(regrole, boolean), pat_auth.pat_revoke_access(regrole), "
    "pat_auth.pat_sync_users(regclass, name, name), pat_auth.pat_unsync_users(regclass), "
    "pat_auth.tokens_with_role(integer), pat_auth.sync_users(), pat_auth.token_changed(), pat_auth.keep_local(), "
    "pat_auth.guard_registry(), pat_auth.registry_changed()";

constexpr const char* sign_in_function = "pat_auth.pat_login_user(text, text)";

const char* role_argument(FunctionCallInfo fcinfo)
{
    server::require_argument(fcinfo, 0, "database_role");
    return quote_identifier(GetUserNameFromId(PG_GETARG_OID(0), false));
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_grant_access)
{
    const char* const role = role_argument(fcinfo);
    if (PG_GETARG_OID(0) == server::extension_owner())
        PG_RETURN_VOID(); // he has it all, and the REVOKE below would take some of it
    bool const may_sign_in_users = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
    server::as_caller([&] {
        server::execute(psprintf("GRANT USAGE ON SCHEMA pat_auth TO %s", role));
        server::execute(psprintf("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pat_auth TO %s", role));
        server::execute(psprintf("REVOKE ALL ON FUNCTION %s FROM %s", dba_functions, role));
        if (!may_sign_in_users)
            server::execute(psprintf("REVOKE ALL ON FUNCTION %s FROM %s", sign_in_function, role));
        server::execute(psprintf("GRANT SELECT ON %s TO %s", readable_views, role));
        for (const pat_auth::registry::SetUpTable& table : pat_auth::registry::set_up_tables)
            server::execute(psprintf("GRANT SELECT, INSERT (%s), UPDATE (%s), DELETE ON pat_auth.%s TO %s",
                                     table.written_columns, table.written_columns, table.name, role));
    });
    PG_RETURN_VOID();
}

PAT_AUTH_FUNCTION(pat_auth_revoke_access)
{
    const char* const role = role_argument(fcinfo);
    if (PG_GETARG_OID(0) == server::extension_owner())
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("database_role is the owner of the extension, which needs its access")));
    server::as_caller([&] {
        server::execute(psprintf("REVOKE ALL ON ALL TABLES IN SCHEMA pat_auth FROM %s", role));
        server::execute(psprintf("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pat_auth FROM %s", role));
        server::execute(psprintf("REVOKE ALL ON SCHEMA pat_auth FROM %s", role));
    });
    PG_RETURN_VOID();
}
