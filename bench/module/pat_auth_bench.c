/* Functions that the bench calls in the server: bench/load/module.sql declares them. */
#include "postgres.h"

#include <sched.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"

PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(pat_auth_bench_empty);
PG_FUNCTION_INFO_V1(pat_auth_bench_touch_buffers);
PG_FUNCTION_INFO_V1(pat_auth_bench_stay_on);

/* Does nothing: what PostgreSQL needs to call a function and to hand on its result. */
Datum pat_auth_bench_empty(PG_FUNCTION_ARGS) { PG_RETURN_NULL(); }

/*
 * Touches all of shared_buffers, so that the kernel, and the host of a virtual machine, have found the memory for it.
 * In a server that has run for a while they have; in a new one the first touch of a page would be in the midst of what
 * is measured.
 */
Datum pat_auth_bench_touch_buffers(PG_FUNCTION_ARGS)
{
    const Size page = 4096;
    const Size size = (Size)NBuffers * BLCKSZ;

    for (Size at = 0; at < size; at += page)
        (void)*(volatile char*)(BufferBlocks + at);
    PG_RETURN_VOID();
}

/* Has the backend stay on these processors (an integer[] of their numbers). */
Datum pat_auth_bench_stay_on(PG_FUNCTION_ARGS)
{
    ArrayType* processors = PG_GETARG_ARRAYTYPE_P(0);
    int count = ArrayGetNItems(ARR_NDIM(processors), ARR_DIMS(processors));
    cpu_set_t set;

    if (array_contains_nulls(processors))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a processor must not be null")));
    CPU_ZERO(&set);
    for (int i = 0; i < count; i++) {
        int processor = ((int*)ARR_DATA_PTR(processors))[i];

        if (processor < 0 || processor >= CPU_SETSIZE)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no processor %d", processor)));
        CPU_SET(processor, &set);
    }
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        ereport(ERROR, (errmsg("could not stay on these processors: %m")));
    PG_RETURN_VOID();
}
