// CRC-32, up to sixteen bytes at a time from tables made at compile time; by other means where the processor has them.
#include "core/checksum.h"

#include "core/checksum_folded.h"

#include <array>
#include <utility>

namespace pat_auth::core {
namespace {

constexpr std::uint32_t polynomial = 0xEDB88320U;

constexpr std::size_t step = 16;
using Table = std::array<std::uint32_t, 256>;

// The first table is for the last byte of a step; the others for bytes that 1 to 15 more follow.
constexpr std::array<Table, step> make_tables() noexcept
{
    std::array<Table, step> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? polynomial : 0U);
        tables[0][byte] = remainder;
    }
    for (std::size_t following = 1; following < step; ++following)
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t shorter = tables[following - 1][byte];
            tables[following][byte] = (shorter >> 8U) ^ tables[0][shorter & 0xFFU];
        }
    return tables;
}

constexpr std::array<Table, step> tables = make_tables();

// The remainder after so many more bytes. A step waits for the one before, not for the look-ups within it: so few long
// steps are quicker than many short ones.
template <std::size_t... I>
std::uint32_t advance(std::uint32_t remainder, std::string_view bytes, std::index_sequence<I...> /*places*/) noexcept
{
    constexpr std::size_t size = sizeof...(I);
    const auto at = [&](std::size_t i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        return i < sizeof remainder ? byte ^ (remainder >> (8 * i) & 0xFFU) : byte;
    };
    std::uint32_t next = 0;
    if constexpr (size < sizeof remainder)
        next = remainder >> (8 * size);
    return (next ^ ... ^ tables[size - 1 - I][at(I)]);
}

} // namespace

std::uint32_t crc32_by_tables(std::string_view bytes) noexcept
{
    std::uint32_t remainder = UINT32_MAX;
    const auto take = [&](auto places) {
        remainder = advance(remainder, bytes, places);
        bytes.remove_prefix(places.size());
    };
    while (bytes.size() >= step)
        take(std::make_index_sequence<step>());
    if (bytes.size() >= 8)
        take(std::make_index_sequence<8>());
    while (bytes.size() >= 2)
        take(std::make_index_sequence<2>());
    if (!bytes.empty())
        take(std::make_index_sequence<1>());
    return ~remainder;
}

std::uint32_t crc32(std::string_view bytes) noexcept
{
    return can_fold_crc32(bytes.size()) ? folded_crc32(bytes) : crc32_by_tables(bytes);
}

} // namespace pat_auth::core
