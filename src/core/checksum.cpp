// CRC-32, eight bytes at a time from tables made at compile time.
#include "core/checksum.h"

#include <array>

namespace pat_auth::core {
namespace {

constexpr std::uint32_t polynomial = 0xEDB88320U;

constexpr std::size_t step = 8;
using Table = std::array<std::uint32_t, 256>;

// The first table is for a byte at a time; the others for bytes that 1 to 7 more follow.
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

constexpr unsigned char byte_of(char character) noexcept { return static_cast<unsigned char>(character); }

} // namespace

std::uint32_t crc32(std::string_view bytes) noexcept
{
    std::uint32_t remainder = UINT32_MAX;
    while (bytes.size() >= step) {
        const auto at = [&bytes](std::size_t i) { return byte_of(bytes[i]); };
        remainder = tables[7][(remainder & 0xFFU) ^ at(0)] ^ tables[6][(remainder >> 8U & 0xFFU) ^ at(1)] ^
                    tables[5][(remainder >> 16U & 0xFFU) ^ at(2)] ^ tables[4][(remainder >> 24U) ^ at(3)] ^
                    tables[3][at(4)] ^ tables[2][at(5)] ^ tables[1][at(6)] ^ tables[0][at(7)];
        bytes.remove_prefix(step);
    }
    for (char byte : bytes)
        remainder = (remainder >> 8U) ^ tables[0][(remainder ^ byte_of(byte)) & 0xFFU];
    return ~remainder;
}

} // namespace pat_auth::core
