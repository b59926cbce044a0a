// Where the extension's own relations are, and who owns them.
#pragma once

#include "server/prelude.h"

namespace pat_auth::server {

enum class Relation {
    token,
    token_digest,
    token_key,
    token_sequence,
    role_token_count,
    role_token_count_role,
    token_event,
    token_event_sequence,
    token_usage,
    token_usage_key,
    app_user,
    app_user_key,
    application,
    rights_generation,
    token_generation
};

// Whether the extension is installed in this database.
bool is_installed();

// Whether a relation is one of ours: a table, view, index or sequence in the extension's schema.
bool is_own_relation(Oid relation);

// The name of a relation that there is, quoted, with its schema. Allocated in the current context.
const char* qualified_name(Oid relation);

// The relation of ours that a name means, or could come to mean as soon as another one before it in the search path is
// gone; InvalidOid: none. Waits for nobody.
Oid own_relation_named(const RangeVar& name);

// 42704 when the extension is not installed here.
Oid relation_oid(Relation relation);

// That there are so many columns (XX000): what reads and writes them by their numbers relies on it.
void require_columns(::Relation table, int count);

// The role that owns a relation (XX000 when there is none).
Oid owner_of(Oid relation);

// The role that owns the extension's tables.
Oid extension_owner();

// Whether the rules do not bind the current role (R29): a superuser, or the extension's owner.
bool is_above_rules(Oid role);

void register_catalog();

} // namespace pat_auth::server
