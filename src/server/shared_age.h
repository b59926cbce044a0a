// Age of what backends put into shared memory for each other: whether a copy of rights that another backend made may
// still be used. A backend that was told of a change (server/invalidation.h) cannot know which copies are older, so
// each copy carries a ticket: a number drawn before the tables were read.
//
// A copy is good if its ticket was drawn after the last change that anybody committed: a commit notes that before any
// backend is told, so whoever was told of a change, or began after it, finds it noted. The commit of a prepared
// transaction runs none of our code, and notes nothing. Where there may be such, a copy must be of after the last
// change that this backend was told of, too: then each backend reads the tables once after each change.
#pragma once

#include "server/prelude.h"

namespace pat_auth::server {

// Whether this transaction may take and give copies at all. Not where the library was not preloaded for the whole
// server; not in a transaction that has written, whose own changes nobody else is to see, nor is it to miss them; not
// on a standby, where no commit runs our code.
bool may_share_rights();

// Before the tables are read for a copy.
uint64 draw_ticket();

// Copies of older tickets, or this one, are not to be used. `generation` is that of rights, as just accepted.
uint64 oldest_ticket(uint64 generation);

// This transaction changes rights: if it commits, every copy made until then is too old.
void outdate_copies_at_commit();

void register_shared_age();

} // namespace pat_auth::server
