/* A function that does nothing: what PostgreSQL needs to call one and to hand on its result. */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(pat_auth_bench_empty);

Datum pat_auth_bench_empty(PG_FUNCTION_ARGS) { PG_RETURN_NULL(); }
