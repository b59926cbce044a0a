// SQL that C++ runs, through SPI: planned once a backend, as the extension's owner, with a search path in which
// nobody else's objects are found, and on a snapshot that sees all that is committed now, at every isolation level.
#pragma once

#include "server/prelude.h"

#include <array>
#include <type_traits>

namespace pat_auth::server {

// Everything between begin and end is connected to SPI and has search_path pinned; as the extension's owner, or as the
// role that called. There is no end on the way of an error: the (sub)transaction's abort restores all that.
struct Frame {
    Oid user;
    int security_context;
    int settings_level;
    bool is_connected; // to SPI
};
Frame begin_as_owner();
Frame begin_as_caller();
Frame begin_with_owner_rights();
Frame begin_as_owner_of(Oid table);
void end_frame(const Frame& frame);

namespace detail {
template <typename Function>
auto run_in(const Frame& frame, Function& function)
{
    if constexpr (std::is_void_v<std::invoke_result_t<Function>>) {
        function();
        end_frame(frame);
    } else {
        auto result = function();
        end_frame(frame);
        return result;
    }
}
} // namespace detail

// Calls the function inside such a frame. What it returns must not lie in SPI's memory, which goes with the frame.
template <typename Function>
auto as_owner(Function&& function)
{
    return detail::run_in(begin_as_owner(), function);
}

template <typename Function>
auto as_caller(Function&& function)
{
    return detail::run_in(begin_as_caller(), function);
}

// As the owner of a table that is not ours, connected to SPI too. To read it is to evaluate, as early as the plan is
// made, what its owner has put into indexes and constraints: so that is done with his rights, and without the means to
// change the session. No row-level security narrows what is read.
template <typename Function>
auto as_owner_of(Oid table, Function&& function)
{
    return detail::run_in(begin_as_owner_of(table), function);
}

// As the extension's owner without SPI, for what runs no statement itself but may run a trigger or an expression of
// somebody else's.
template <typename Function>
auto with_owner_rights(Function&& function)
{
    return detail::run_in(begin_with_owner_rights(), function);
}

// Runs a definition (DDL) that was put together from quoted parts.
void execute(const char* sql);

// One SQL statement with N parameters. A constant-initialised static beside the code that runs it.
template <std::size_t N>
class Statement {
public:
    constexpr Statement(const char* sql, std::array<Oid, N> types) : sql_(sql), types_(types) {}

    // Runs it without writing, on a fresh snapshot; safe in parallel workers. Returns the number of rows, which are
    // in SPI_tuptable.
    uint64 read(const std::array<NullableDatum, N>& arguments) { return run(arguments, true); }

    // Runs it with writing, or locking rows; triggers fire. Returns the number of rows.
    uint64 write(const std::array<NullableDatum, N>& arguments) { return run(arguments, false); }

private:
    uint64 run(const std::array<NullableDatum, N>& arguments, bool read_only);

    const char* sql_;
    std::array<Oid, N> types_;
    SPIPlanPtr plan_ = nullptr;
};

namespace detail {
uint64 run_statement(SPIPlanPtr& plan, const char* sql, int count, const Oid* types, const NullableDatum* arguments,
                     bool read_only);
} // namespace detail

template <std::size_t N>
uint64 Statement<N>::run(const std::array<NullableDatum, N>& arguments, bool read_only)
{
    return detail::run_statement(plan_, sql_, static_cast<int>(N), types_.data(), arguments.data(), read_only);
}

// One SQL text of parts that several statements share, or that are too many things for one literal.
template <std::size_t... Sizes>
constexpr std::array<char, (Sizes + ...) - sizeof...(Sizes) + 1> join(const char (&... parts)[Sizes])
{
    std::array<char, (Sizes + ...) - sizeof...(Sizes) + 1> joined = {};
    std::size_t size = 0;
    auto const append = [&joined, &size](const char* part, std::size_t length) {
        for (std::size_t i = 0; i < length; ++i)
            joined[size++] = part[i];
    };
    (append(parts, Sizes - 1), ...);
    return joined;
}

// Arguments.
inline NullableDatum argument(Datum value) { return {value, false}; }
inline NullableDatum null_argument() { return {static_cast<Datum>(0), true}; }

// A column of a row of the last result, by number from 1; it lies in SPI's memory.
NullableDatum result_column(uint64 row, int column);

} // namespace pat_auth::server
