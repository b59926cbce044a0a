// Which query runs, and under which identity each open cursor was begun.
#pragma once

#include "server/prelude.h"

namespace pat_auth::identity {

struct Identity;

// A number that is another one for each run of the executor; 0 outside of any.
uint64 current_statement();

// As if a run began here: what has asked before in the same run asks again.
void begin_statement();

// Whether something in this memory, as the state of a call site, is of the innermost query that runs, and so goes with
// it. (Of a PL/pgSQL function's simple expressions it is not: they are no queries to the executor.)
bool belongs_to_running_query(MemoryContext context);

// Whether the running query was started by another one, as in a function or a DO block.
bool is_nested_query();

// What stays open until the innermost query has run, and is then closed. After an error it is not closed: what it
// held of the server's the (sub)transaction's abort has given back.
struct Kept {
    void (*close)(Kept* kept); // tells what it is, too
    Kept* next;
};

// Whether something can be kept: a query runs, and in the subtransaction in which it began to, so that what is opened
// now belongs to the same resource owner as at its end.
bool can_keep();
// What was kept that is closed by this function, or nullptr.
Kept* kept(void (*close)(Kept* kept));
void keep(Kept* kept);
MemoryContext memory_of_kept();

// Notes that the rows of the running query, and so of those around it, depend on this identity (nullptr: on there being
// none), so that a later FETCH from them is refused under any other. 42501 where they would outlive it.
void note_identity_use(const Identity* identity);

void register_running_query();

} // namespace pat_auth::identity
