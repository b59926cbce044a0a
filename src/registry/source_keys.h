// The keys of an application's own table of users, which pat_sync_users() follows: the names of users and their
// tenants. They are the text of two columns, and the same if their bytes are, whatever the columns' collation says.
//
// The table is read with its owner's rights; what comes of that are arrays of texts, and nothing else of it is used
// with ours.
#pragma once

#include "server/prelude.h"

struct TriggerData;

namespace pat_auth::registry {

struct KeyColumns {
    Oid relation;
    const char* tenant; // quoted
    const char* user;   // quoted
    const char* table;  // quoted and qualified
};

// Arrays of the same length; null: there are none. The last one of changed keys only: the new ones.
struct Keys {
    NullableDatum tenants;
    NullableDatum names;
    NullableDatum new_names;
};

// What a statement did to the keys.
struct KeyChanges {
    Keys changed; // within their tenant
    Keys added;
    Keys gone;
};

// 42704 for no such column, 22023 for one of a type whose text is not its one canonical form.
KeyColumns key_columns(Oid relation, const char* tenant_column, const char* user_column);

// Of all rows, in the current memory context.
Keys all_keys(const KeyColumns& columns);

// Of the rows that the trigger's statement changed, or is about to remove; likewise.
KeyChanges key_changes(const KeyColumns& columns, TriggerData* trigger);

} // namespace pat_auth::registry
