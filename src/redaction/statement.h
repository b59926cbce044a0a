// Statements without tokens: for other extensions' hooks (pg_stat_statements, auto_explain), for pg_stat_activity,
// pg_prepared_statements and pg_cursors, and for the STATEMENT of a log message.
#pragma once

namespace pat_auth::redaction {

// Masks what pg_stat_activity shows of this backend.
void mask_activity();

// Sees to it that the statement that a log message of this level is about to have has no token.
void mask_logged_statement(int level);

void register_statements();

} // namespace pat_auth::redaction
