// The readers: what policies, views and functions ask about the identity in force.

#include "server/prelude.h"

extern "C" {
#include "nodes/primnodes.h"
}

#include "identity/credential.h"
#include "identity/identity.h"
#include "identity/running_query.h"
#include "redaction/shown.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"

namespace {

using pat_auth::identity::belongs_to_running_query;
using pat_auth::identity::credential_generation;
using pat_auth::identity::current_identity;
using pat_auth::identity::current_statement;
using pat_auth::identity::has_permission;
using pat_auth::identity::Identity;
using pat_auth::identity::Kind;
namespace redaction = pat_auth::redaction;
namespace server = pat_auth::server;

// The identity if it is an interactive user's: administration and the views know no other (R25).
const Identity* interactive_identity()
{
    const Identity* const identity = current_identity();
    return identity != nullptr && identity->kind == Kind::user ? identity : nullptr;
}

server::Statement<2> select_administered{R"sql(
    SELECT administrator.application
    FROM pat_auth.administrator
    JOIN pat_auth.app_user ON app_user.tenant = administrator.tenant AND app_user.name = administrator.user_name
    WHERE app_user.user_id = $1 AND administrator.administrator_role = $2 AND administrator.application IS NOT NULL
    ORDER BY administrator.application
    )sql",
                                         {INT4OID, TEXTOID}};

} // namespace

PAT_AUTH_FUNCTION(pat_auth_tenant)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr)
        PG_RETURN_NULL();
    return CStringGetTextDatum(identity->tenant);
}

PAT_AUTH_FUNCTION(pat_auth_user)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr)
        PG_RETURN_NULL();
    return CStringGetTextDatum(identity->user_name);
}

PAT_AUTH_FUNCTION(pat_auth_application)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr || identity->kind != Kind::token)
        PG_RETURN_NULL();
    return CStringGetTextDatum(identity->application);
}

PAT_AUTH_FUNCTION(pat_auth_token_id)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr || identity->kind != Kind::token)
        PG_RETURN_NULL();
    PG_RETURN_INT64(identity->token_id);
}

PAT_AUTH_FUNCTION(pat_auth_scopes)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr || PG_ARGISNULL(0))
        PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
    std::string_view const application = server::argument_view(fcinfo, 0);
    auto* const names =
        static_cast<const char**>(palloc(sizeof(const char*) * static_cast<Size>(Max(identity->permission_count, 1))));
    int count = 0;
    for (int i = 0; i < identity->permission_count; ++i)
        if (application == identity->permissions[i].application)
            names[count++] = identity->permissions[i].role;
    PG_RETURN_ARRAYTYPE_P(server::sorted_text_array(names, count));
}

namespace {

// The answer of a call site with constant arguments, as in a policy, for the run of its query: it is asked for each
// row, and STABLE says that one statement has one answer. Elsewhere (a PL/pgSQL expression, say, whose call site
// outlives many statements) each call asks anew.
struct Answer {
    uint64 statement;
    uint64 credential_generation; // a function may sign out half-way
    bool has_scope;
};

bool has_constant_arguments(const FmgrInfo* function)
{
    if (function->fn_expr == nullptr || !IsA(function->fn_expr, FuncExpr))
        return false;
    ListCell* cell = nullptr;
    foreach (cell, reinterpret_cast<const FuncExpr*>(function->fn_expr)->args)
        if (!IsA(lfirst(cell), Const))
            return false;
    return true;
}

void remember(FmgrInfo* site, bool has_scope)
{
    if (!belongs_to_running_query(site->fn_mcxt) || !has_constant_arguments(site))
        return;
    if (site->fn_extra == nullptr)
        site->fn_extra = MemoryContextAlloc(site->fn_mcxt, sizeof(Answer));
    *static_cast<Answer*>(site->fn_extra) = {current_statement(), credential_generation(), has_scope};
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_has_scope)
{
    const auto* const answer = static_cast<const Answer*>(fcinfo->flinfo->fn_extra);
    if (answer != nullptr && answer->statement == current_statement() &&
        answer->credential_generation == credential_generation())
        PG_RETURN_BOOL(answer->has_scope);
    const Identity* const identity = current_identity();
    bool const has_scope =
        identity != nullptr && !PG_ARGISNULL(0) && !PG_ARGISNULL(1) &&
        has_permission(*identity, server::argument_view(fcinfo, 0), server::argument_view(fcinfo, 1));
    remember(fcinfo->flinfo, has_scope);
    PG_RETURN_BOOL(has_scope);
}

PAT_AUTH_FUNCTION(pat_auth_require_scope)
{
    server::require_argument(fcinfo, 0, "application");
    server::require_argument(fcinfo, 1, "scope");
    std::string_view const application = server::argument_view(fcinfo, 0);
    std::string_view const scope = server::argument_view(fcinfo, 1);
    const Identity* const identity = current_identity();
    if (identity == nullptr || !has_permission(*identity, application, scope))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("scope \"%s\" of application \"%s\" is required", redaction::shown(scope),
                               redaction::shown(application)),
                        identity == nullptr ? errdetail("There is no identity in this transaction.") : 0,
                        identity == nullptr
                            ? errhint("Set pat_auth.token, or call pat_auth.pat_login() in the same transaction.")
                        : identity->kind == Kind::token
                            ? errhint("The owner of the token can add a scope that is among his roles.")
                            : errhint("A main administrator, a user administrator of the tenant or an owner of the "
                                      "application can give the user the role.")));
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_identity_user_id)
{
    const Identity* const identity = interactive_identity();
    if (identity == nullptr)
        PG_RETURN_NULL();
    PG_RETURN_INT32(identity->user_id);
}

PAT_AUTH_FUNCTION(pat_auth_identity_tenant)
{
    const Identity* const identity = interactive_identity();
    if (identity == nullptr)
        PG_RETURN_NULL();
    return CStringGetTextDatum(identity->tenant);
}

PAT_AUTH_FUNCTION(pat_auth_identity_user)
{
    const Identity* const identity = interactive_identity();
    if (identity == nullptr)
        PG_RETURN_NULL();
    return CStringGetTextDatum(identity->user_name);
}

PAT_AUTH_FUNCTION(pat_auth_identity_is)
{
    const Identity* const identity = interactive_identity();
    if (identity == nullptr || PG_ARGISNULL(0))
        PG_RETURN_BOOL(false);
    PG_RETURN_BOOL(pat_auth::identity::has_administrator_role(
        *identity, pat_auth::identity::administrator_role_by_name(server::argument_view(fcinfo, 0))));
}

PAT_AUTH_FUNCTION(pat_auth_identity_applications)
{
    const Identity* const identity = interactive_identity();
    if (identity == nullptr || PG_ARGISNULL(0))
        PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
    MemoryContext const context = CurrentMemoryContext;
    Datum const user_id = Int32GetDatum(identity->user_id);
    ArrayType* const applications = server::as_owner([&] {
        auto const count = static_cast<int>(
            select_administered.read({server::argument(user_id), server::argument(PG_GETARG_DATUM(0))}));
        MemoryContext const spi_context = MemoryContextSwitchTo(context);
        auto* const datums = static_cast<Datum*>(palloc(sizeof(Datum) * static_cast<Size>(Max(count, 1))));
        for (int i = 0; i < count; ++i)
            datums[i] = server::result_column(static_cast<uint64>(i), 1).value;
        ArrayType* const array = construct_array(datums, count, TEXTOID, -1, false, TYPALIGN_INT);
        MemoryContextSwitchTo(spi_context);
        return array;
    });
    PG_RETURN_ARRAYTYPE_P(applications);
}

PAT_AUTH_FUNCTION(pat_auth_identity_administered_tenant_id)
{
    using namespace pat_auth::identity;
    const Identity* const identity = interactive_identity();
    if (identity == nullptr || has_administrator_role(*identity, main_administrator) ||
        !has_administrator_role(*identity, user_administrator))
        PG_RETURN_NULL();
    PG_RETURN_INT32(identity->tenant_id);
}
