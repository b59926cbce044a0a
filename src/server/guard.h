// The boundary between C++ and PostgreSQL, one guard each way.
//
// PostgreSQL reports an error by longjmp, which skips destructors; C++ by an exception, which no C frame may see.
// So: a frame that calls the server directly keeps only trivially destructible locals. Where an object with a
// destructor must live across such a call, the call goes through call_server(). Every function that PostgreSQL calls
// and that may meet an exception goes through enter().
#pragma once

#include "server/prelude.h"

#include <exception>
#include <type_traits>
#include <utility>

namespace pat_auth::server {

// An error of the server on its way through C++ frames: the whole ErrorData (SQLSTATE, message, detail, hint,
// context, position). It is to reach enter(), which raises it again; one that is swallowed leaves the transaction's
// resources to its end, so only code that touched none may do that.
class ServerError : public std::exception {
public:
    explicit ServerError(ErrorData* data) noexcept : data_(data) {}
    ServerError(ServerError&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
    ServerError(const ServerError&) = delete;
    ServerError& operator=(const ServerError&) = delete;
    ServerError& operator=(ServerError&&) = delete;
    ~ServerError() override;

    [[nodiscard]] const char* what() const noexcept override;
    [[nodiscard]] const ErrorData& data() const noexcept { return *data_; }
    ErrorData* release() noexcept { return std::exchange(data_, nullptr); }

private:
    ErrorData* data_;
};

namespace detail {

using Body = void (*)(void* closure);

// Runs body(closure); an error of the server becomes a ServerError, an exception passes through.
void call_server(Body body, void* closure);

// What is to be raised for the exception that is being handled. It stays until the next one.
struct Failure;
const Failure* describe_current_exception() noexcept;
[[noreturn]] void raise(const Failure* failure);

template <typename Function>
void invoke(void* closure)
{
    (*static_cast<Function*>(closure))();
}

} // namespace detail

// PostgreSQL called from C++ that has something to destroy. The function itself keeps only trivially destructible
// locals. Returns what it returns; throws ServerError.
template <typename Function>
auto call_server(Function&& function)
{
    using Result = std::invoke_result_t<Function>;
    if constexpr (std::is_void_v<Result>) {
        auto body = [&] { function(); };
        detail::call_server(detail::invoke<decltype(body)>, &body);
    } else {
        static_assert(std::is_trivially_destructible_v<Result>);
        Result result{};
        auto body = [&] { result = function(); };
        detail::call_server(detail::invoke<decltype(body)>, &body);
        return result;
    }
}

// C++ called from PostgreSQL: no exception leaves. Returns what the function returns; raises with ereport, after the
// catch block has been left. All of it here, where the compiler sees that nothing is to be done unless one is thrown.
template <typename Function>
auto enter(Function&& function)
{
    const detail::Failure* failure = nullptr;
    try {
        return function();
    } catch (...) {
        failure = detail::describe_current_exception();
    }
    detail::raise(failure);
}

} // namespace pat_auth::server

// Defines the SQL-callable function `name` around a body that takes `fcinfo` and returns a Datum.
#define PAT_AUTH_FUNCTION(name)                                                                                        \
    static Datum name##_body(FunctionCallInfo fcinfo);                                                                 \
    extern "C" {                                                                                                       \
    PG_FUNCTION_INFO_V1(name);                                                                                         \
    Datum name(PG_FUNCTION_ARGS)                                                                                       \
    {                                                                                                                  \
        return pat_auth::server::enter([fcinfo] { return name##_body(fcinfo); });                                      \
    }                                                                                                                  \
    }                                                                                                                  \
    static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
