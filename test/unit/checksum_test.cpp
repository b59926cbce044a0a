// CRC-32 against published values.
#include "core/checksum.h"

#include <string>

#include <gtest/gtest.h>

namespace pat_auth::core {
namespace {

TEST(Checksum, known_values)
{
    EXPECT_EQ(crc32(""), 0x00000000U);
    EXPECT_EQ(crc32("123456789"), 0xCBF43926U); // the check value of every CRC catalogue
    EXPECT_EQ(crc32("a"), 0xE8B7BE43U);
    EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339U);
    EXPECT_EQ(crc32(std::string(4, '\0')), 0x2144DF1CU);
    EXPECT_EQ(crc32("\xFF\xFF\xFF\xFF"), 0xFFFFFFFFU);
}

// As IEEE 802.3 defines it, bit by bit.
std::uint32_t crc32_by_definition(const std::string& bytes)
{
    std::uint32_t remainder = UINT32_MAX;
    for (char byte : bytes) {
        remainder ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~remainder;
}

// However many bytes are left over after each step.
TEST(Checksum, texts_of_any_length)
{
    std::string bytes;
    for (unsigned i = 0; i < 100; ++i) {
        EXPECT_EQ(crc32(bytes), crc32_by_definition(bytes)) << i;
        EXPECT_EQ(crc32_by_tables(bytes), crc32_by_definition(bytes)) << i;
        bytes += static_cast<char>(i * 167 + 41);
    }
}

} // namespace
} // namespace pat_auth::core
