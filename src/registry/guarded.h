// Whom the rules of the set-up bind at this moment, and changes of ours that are bound by them.
#pragma once

#include "server/prelude.h"

#include "server/guard.h"

namespace pat_auth::registry {

// Whether the rules bind whoever is changing a set-up table now: everybody but superusers and the extension's owner
// (R29). Inside as_bound() it is the role that called, though the change runs as the owner.
bool is_bound();

// Whether the change is one of as_bound()'s.
bool is_task();

namespace detail {
Oid begin_bound(Oid caller); // returns whose turn it is again at the end
void end_bound(Oid outer);
} // namespace detail

// Calls a function that changes set-up tables as the extension's owner for another role, usually the current one: the
// triggers hold it to the same rules as if that role had written the change itself, and leave the events. One place
// decides, whichever way a change comes. One may run within another: a trigger that somebody has put on a set-up table
// calls a task.
template <typename Function>
void as_bound(Oid role, Function&& function)
{
    Oid const outer = detail::begin_bound(role);
    PG_TRY();
    {
        server::enter(function);
    }
    PG_FINALLY();
    {
        detail::end_bound(outer);
    }
    PG_END_TRY();
}

} // namespace pat_auth::registry
