// Functions that fail on purpose, for the tests of the error boundary (test/pgtap/boundary.sql): errors of
// the server below C++ objects, exceptions below the server, each through any number of layers of the other.

#include "server/guard.h"

extern "C" {
#include "funcapi.h"

PG_MODULE_MAGIC;
}

#include <malloc.h>

#include <new>
#include <stdexcept>
#include <string>

namespace {

namespace server = pat_auth::server;

int64 constructed = 0;
int64 destroyed = 0;

// What a longjmp would skip: a count, and memory of the C++ heap.
class Tracked {
public:
    Tracked() : memory_(1000, 'x') { ++constructed; }
    Tracked(const Tracked&) = delete;
    Tracked& operator=(const Tracked&) = delete;
    ~Tracked() { ++destroyed; }

private:
    std::string memory_;
};

constexpr int result_of_success = 42;

// Every field that an error can carry to a client.
void raise_server_error()
{
    ereport(ERROR,
            (errcode(ERRCODE_CHECK_VIOLATION), errmsg("the primary message"), errdetail("the detail"),
             errhint("the hint"), errcontext("the context"), err_generic_string(PG_DIAG_SCHEMA_NAME, "the schema"),
             err_generic_string(PG_DIAG_TABLE_NAME, "the table"), err_generic_string(PG_DIAG_COLUMN_NAME, "the column"),
             err_generic_string(PG_DIAG_DATATYPE_NAME, "the data type"),
             err_generic_string(PG_DIAG_CONSTRAINT_NAME, "the constraint"), errposition(7), internalerrposition(3),
             internalerrquery("the internal query")));
}

int fail(const std::string& way)
{
    if (way == "server")
        server::call_server([] { raise_server_error(); });
    else if (way == "runtime_error")
        throw std::runtime_error("the words of the exception");
    else if (way == "long")
        throw std::runtime_error(std::string(10000, 'x'));
    else if (way == "bad_alloc")
        throw std::bad_alloc();
    else if (way == "int")
        throw 7; // NOLINT(hicpp-exception-baseclass): what nobody expects is the point
    else if (way != "none")
        throw std::invalid_argument("unknown way to fail: " + way);
    return result_of_success;
}

// Each layer is C++ with something to destroy, that calls the server, that calls C++.
int fail_below(const std::string& way, int layers)
{
    Tracked const tracked;
    if (layers == 0)
        return fail(way);
    return server::call_server([&] { return server::enter([&] { return fail_below(way, layers - 1); }); });
}

std::string text_argument(FunctionCallInfo fcinfo, int argument)
{
    text* const value = server::call_server([fcinfo, argument] { return DatumGetTextPP(PG_GETARG_DATUM(argument)); });
    return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

Datum make_row(FunctionCallInfo fcinfo, Datum* values, bool* nulls)
{
    TupleDesc descriptor = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "a row type is expected");
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

struct Memory {
    int64 current;
    int64 top;
    int64 error;
    int64 heap;
};

Memory memory_now()
{
    return {static_cast<int64>(MemoryContextMemAllocated(CurrentMemoryContext, true)),
            static_cast<int64>(MemoryContextMemAllocated(TopMemoryContext, true)),
            static_cast<int64>(MemoryContextMemAllocated(ErrorContext, true)),
            static_cast<int64>(mallinfo2().uordblks)};
}

void catch_failures(const std::string& way, int layers, int times)
{
    for (int i = 0; i < times; ++i) {
        try {
            fail_below(way, layers);
        } catch (...) { // NOLINT(bugprone-empty-catch): caught, freed, and that is all
        }
    }
}

} // namespace

// boundary_raise(way text, layers integer) returns integer
PAT_AUTH_FUNCTION(boundary_raise) { return Int32GetDatum(fail_below(text_argument(fcinfo, 0), PG_GETARG_INT32(1))); }

// boundary_direct() returns void: no object and no call_server, the error jumps over enter.
PAT_AUTH_FUNCTION(boundary_direct)
{
    raise_server_error();
    PG_RETURN_VOID();
}

// boundary_execute(sql text) returns bigint: the number of rows.
PAT_AUTH_FUNCTION(boundary_execute)
{
    Tracked const tracked;
    std::string const sql = text_argument(fcinfo, 0);
    return Int64GetDatum(server::call_server([&sql] {
        if (SPI_connect() != SPI_OK_CONNECT || SPI_execute(sql.c_str(), false, 0) < 0)
            elog(ERROR, "SPI failed");
        auto const processed = static_cast<int64>(SPI_processed);
        SPI_finish();
        return processed;
    }));
}

// boundary_objects(OUT constructed bigint, OUT destroyed bigint)
PAT_AUTH_FUNCTION(boundary_objects)
{
    Datum values[] = {Int64GetDatum(constructed), Int64GetDatum(destroyed)};
    bool nulls[] = {false, false};
    return make_row(fcinfo, values, nulls);
}

// boundary_catch(way text, layers integer, times integer, OUT current_context bigint, OUT all_contexts
// bigint, OUT error_context bigint, OUT heap bigint): by how many bytes each has grown, after some rounds of
// warming up.
PAT_AUTH_FUNCTION(boundary_catch)
{
    Memory before = {};
    Memory after = {};
    {
        std::string const way = text_argument(fcinfo, 0);
        catch_failures(way, PG_GETARG_INT32(1), 100);
        before = memory_now();
        catch_failures(way, PG_GETARG_INT32(1), PG_GETARG_INT32(2));
        after = memory_now();
    }
    Datum values[] = {Int64GetDatum(after.current - before.current), Int64GetDatum(after.top - before.top),
                      Int64GetDatum(after.error - before.error), Int64GetDatum(after.heap - before.heap)};
    bool nulls[] = {false, false, false, false};
    return make_row(fcinfo, values, nulls);
}

// boundary_seen(way text, layers integer, OUT ...): what C++ catches, and whether the server's stacks of
// handlers are as they were.
PAT_AUTH_FUNCTION(boundary_seen)
{
    constexpr int columns = 16;
    Datum values[columns] = {};
    bool nulls[columns] = {};
    int column = 0;
    auto add_text = [&](const char* value) {
        nulls[column] = value == nullptr;
        values[column++] = value == nullptr ? Datum{0} : CStringGetTextDatum(value);
    };

    ErrorData* data = nullptr;
    char what[64] = "";
    char what_after_release[64] = "";
    const char* kind = "nothing";
    auto* const handlers = PG_exception_stack;
    auto* const callbacks = error_context_stack;
    {
        std::string const way = text_argument(fcinfo, 0);
        int const layers = PG_GETARG_INT32(1);
        try {
            Tracked const tracked;
            server::call_server([&way, layers] { fail_below(way, layers); });
        } catch (server::ServerError& caught) {
            server::ServerError error = std::move(caught);
            kind = "ServerError";
            strlcpy(what, error.what(), sizeof what);
            data = error.release();
            strlcpy(what_after_release, error.what(), sizeof what_after_release);
        } catch (const std::bad_alloc&) {
            kind = "std::bad_alloc";
        } catch (const std::runtime_error& error) {
            kind = "std::runtime_error";
            strlcpy(what, error.what(), sizeof what);
        } catch (int) {
            kind = "int";
        }
    }
    bool const is_intact = handlers == PG_exception_stack && callbacks == error_context_stack;

    add_text(kind);
    add_text(what);
    add_text(what_after_release);
    values[column++] = BoolGetDatum(is_intact);
    if (data == nullptr) {
        while (column < columns)
            nulls[column++] = true;
    } else {
        add_text(unpack_sql_state(data->sqlerrcode));
        add_text(data->message);
        add_text(data->detail);
        add_text(data->hint);
        add_text(data->schema_name);
        add_text(data->table_name);
        add_text(data->column_name);
        add_text(data->datatype_name);
        add_text(data->constraint_name);
        add_text(data->internalquery);
        values[column++] = Int32GetDatum(data->cursorpos);
        values[column++] = Int32GetDatum(data->internalpos);
        FreeErrorData(data);
    }
    return make_row(fcinfo, values, nulls);
}
