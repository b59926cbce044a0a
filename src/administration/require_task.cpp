// Who may run an administrative task: see require_task.h.

#include "server/prelude.h"

#include "administration/require_task.h"

#include "identity/identity.h"
#include "server/catalog.h"

namespace pat_auth::administration {

void require_task(const char* role)
{
    if (server::is_above_rules(GetUserId()))
        return;
    const identity::Identity* const who = identity::current_identity();
    if (who == nullptr)
        ereport(ERROR, (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("%s() needs an identity", role),
                        errhint("Sign an administrator in with pat_auth.pat_login_user(), or use a token of the "
                                "application administration.")));
    if (!identity::has_permission(*who, "administration", role))
        ereport(ERROR,
                (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                 errmsg("scope \"%s\" of application \"administration\" is required", role),
                 errhint("A user who holds the administrator role for it can run the task or create a token for it.")));
}

} // namespace pat_auth::administration
