// CRC-32, a byte at a time from a table made at compile time.
#include "core/checksum.h"

#include <array>

namespace pat_auth::core {
namespace {

constexpr std::uint32_t polynomial = 0xEDB88320U;

constexpr std::array<std::uint32_t, 256> make_table() noexcept
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? polynomial : 0U);
        table[byte] = remainder;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> table = make_table();

} // namespace

std::uint32_t crc32(std::string_view bytes) noexcept
{
    std::uint32_t remainder = UINT32_MAX;
    for (char byte : bytes)
        remainder = (remainder >> 8U) ^ table[(remainder ^ static_cast<unsigned char>(byte)) & 0xFFU];
    return ~remainder;
}

} // namespace pat_auth::core
