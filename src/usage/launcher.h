// The background workers that write the pending uses to the table. A launcher, which is connected to no database,
// starts one writer after another, each for one database and for as long as it takes: so that nobody's DROP DATABASE
// or CREATE DATABASE … TEMPLATE meets a connection that stays.
#pragma once

namespace pat_auth::usage {

void register_launcher();

} // namespace pat_auth::usage
