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

} // namespace
} // namespace pat_auth::core
