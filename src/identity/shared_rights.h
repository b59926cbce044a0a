// Rights that some backend has read from the tables, in shared memory for all of them. A backend verifies the tokens of
// ever other users, and to read each one's rights costs ten times what the rest of a verification does; to keep them
// all for itself would cost each backend the memory. Applications are few, and each backend keeps those that it needs;
// but after a change of the set-up all backends need them anew at the same time.
//
// A cache: what is not there, or too old (server/shared_age.h), or does not fit, is read from the tables.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "utils/date.h"
}

#include "identity/rights.h"

namespace pat_auth::identity {

// What the copy of a user must be, to be used.
struct CopyTerms {
    int32 user_id;
    DateADT date;         // users and memberships begin and end with the day
    uint64 oldest_ticket; // an older one, or this one, will not do
};

// The copy of a user's rights, or nullptr. Valid until the next call of either function.
const UserRights* find_shared_rights(const CopyTerms& terms);

// Puts a copy there for others, read after this ticket was drawn, and returns one that is valid until the next call;
// nullptr if it does not fit.
const UserRights* share_rights(const UserRights& user, DateADT date, uint64 ticket);

// Copies an application's rights into this memory context. False when there is no copy, or one of an older ticket than
// this, or of this.
bool find_shared_application(int32 application_id, uint64 oldest_ticket, MemoryContext context,
                             ApplicationRights& application);

// Puts a copy there for others, read after this ticket was drawn, if it fits.
void share_application(const ApplicationRights& application, uint64 ticket);

void register_shared_rights();

} // namespace pat_auth::identity
