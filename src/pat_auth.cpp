// The module: its magic block, and the registration of each part.

#include "server/prelude.h"

#include "enforcement/reader_subquery.h"
#include "identity/credential.h"
#include "identity/identity.h"
#include "identity/outliving.h"
#include "identity/running_query.h"
#include "identity/settings.h"
#include "identity/shared_rights.h"
#include "redaction/log.h"
#include "redaction/statement.h"
#include "registry/copy.h"
#include "registry/set_up_lock.h"
#include "server/catalog.h"
#include "server/guard.h"
#include "server/invalidation.h"
#include "server/preload.h"
#include "server/shared_age.h"
#include "server/shared_hints.h"
#include "token/new_secret.h"
#include "token/scope_count.h"
#include "usage/record.h"

#include <sodium.h>

extern "C" {
PG_MODULE_MAGIC;
void _PG_init(void); // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): PostgreSQL's name
}

void _PG_init()
{
    using namespace pat_auth;
    if (sodium_init() < 0)
        ereport(ERROR, (errmsg("libsodium could not be initialised")));
    identity::define_settings();
    identity::define_credential_settings();
    usage::define_usage_settings();
    MarkGUCPrefixReserved("pat_auth");
    server::register_preload();
    server::register_catalog();
    server::register_invalidation();
    server::register_shared_age();
    server::register_shared_hints();
    identity::register_shared_rights();
    identity::register_identity();
    identity::register_running_query();
    identity::register_outliving();
    enforcement::register_reader_subqueries();
    registry::register_copy();
    registry::register_set_up_lock();
    token::register_secret_supply();
    token::register_scope_count();
    usage::register_usage();
    redaction::register_log();
    redaction::register_statements();
}
