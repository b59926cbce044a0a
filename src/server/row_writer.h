// Rows written into one of the extension's own tables as an INSERT or UPDATE writes them, without a statement to plan
// and start: indexes, constraints and the triggers that others added are served (without transition tables: each row is
// a statement of its own). Without triggers of others, none fires: whoever writes holds locks on the rows that foreign
// keys lead to (token/request.h, keep_rights), and does himself what our own would do.
// Nor are the table's own CHECK constraints looked at, as long as there is none of others: he has seen to them.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "nodes/execnodes.h"
}

#include <initializer_list>
#include <string_view>

namespace pat_auth::server {

// Holds the table open, for the resource owner and in the memory context that were current when it was opened.
struct RowWriter {
    EState* state;
    ResultRelInfo* table;
    TupleTableSlot* row;
    bool fires_triggers;
    bool runs_code_of_others; // a trigger, or an expression in a constraint, an index or a column
};

// The names of the CHECK constraints and foreign keys that each row is known to hold.
struct OwnConstraints {
    const std::string_view* names;
    std::size_t count;
};

RowWriter open_row_writer(Oid relation, const OwnConstraints& own);
void close_row_writer(const RowWriter& writer);

// A value for each column, in their order; columns that others added are null. As the extension's owner (statement.h,
// with_owner_rights) where code of others runs. What was written is seen after the next CommandCounterIncrement().
void write_row(const RowWriter& writer, const NullableDatum* values, int count);

struct ColumnValue {
    AttrNumber column;
    NullableDatum value;
};

// A row in the place of the one in the slot, which a scan found, with these columns changed. Only where no code of
// others runs. Waits for whoever changes that row now; an error (XX000) if he then has changed or deleted it.
void change_row(const RowWriter& writer, TupleTableSlot* found, std::initializer_list<ColumnValue> changes);

} // namespace pat_auth::server
