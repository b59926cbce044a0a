// The boundary between C++ and PostgreSQL: see guard.h.

#include "server/guard.h"

#include <cstring>
#include <new>

namespace pat_auth::server {

namespace {

// An error has a memory context of its own: FreeErrorData() does not free all that CopyErrorData() has copied
// (the names of the source file, the function and the message domains).
ErrorData* copy_error(MemoryContext parent)
{
    MemoryContextSwitchTo(AllocSetContextCreate(parent, "pat_auth error", ALLOCSET_SMALL_SIZES));
    ErrorData* const error = CopyErrorData();
    MemoryContextSwitchTo(parent);
    return error;
}

void free_error(ErrorData* error) { MemoryContextDelete(GetMemoryChunkContext(error)); }

// ReThrowError() raises a copy. Not inlined: what its caller keeps in registers must not cross a setjmp.
[[noreturn, gnu::noinline]] void raise_again(ErrorData* error)
{
    PG_TRY();
    {
        ReThrowError(error);
    }
    PG_CATCH();
    {
        free_error(error);
        PG_RE_THROW();
    }
    PG_END_TRY();
    pg_unreachable();
}

} // namespace

ServerError::~ServerError()
{
    if (data_ != nullptr)
        free_error(data_);
}

const char* ServerError::what() const noexcept
{
    return data_ != nullptr && data_->message != nullptr ? data_->message : "error of the server";
}

namespace detail {

void call_server(Body body, void* closure)
{
    MemoryContext const context = CurrentMemoryContext;
    ErrorData* volatile error = nullptr;
    std::exception_ptr exception;

    PG_TRY();
    {
        // An exception must not leave PG_TRY either: it would skip the restoring of the handler stack.
        try {
            body(closure);
        } catch (...) {
            exception = std::current_exception();
        }
    }
    PG_CATCH();
    {
        error = copy_error(context);
        FlushErrorState();
    }
    PG_END_TRY();

    if (error != nullptr)
        throw ServerError(error);
    if (exception)
        std::rethrow_exception(exception);
}

// One at a time: whoever described it raises it.
struct Failure {
    ErrorData* server_error;
    int code;
    char message[256];
};

const Failure* describe_current_exception() noexcept
{
    static Failure failure;
    failure = {nullptr, ERRCODE_INTERNAL_ERROR, ""};
    try {
        throw;
    } catch (ServerError& error) {
        failure.server_error = error.release();
    } catch (const std::bad_alloc&) {
        failure.code = ERRCODE_OUT_OF_MEMORY;
        strlcpy(failure.message, "out of memory", sizeof failure.message);
    } catch (const std::exception& error) {
        strlcpy(failure.message, error.what(), sizeof failure.message);
    } catch (...) {
        strlcpy(failure.message, "unexpected exception", sizeof failure.message);
    }
    return &failure;
}

void raise(const Failure* failure)
{
    if (failure->server_error != nullptr)
        raise_again(failure->server_error);
    ereport(ERROR, (errcode(failure->code), errmsg("%s", failure->message)));
    pg_unreachable();
}

} // namespace detail
} // namespace pat_auth::server
