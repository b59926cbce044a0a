// Base62 numbers: limits, foreign characters, overflow, round trips.
#include "core/base62.h"

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace pat_auth::core {
namespace {

using NumberBytes = std::array<unsigned char, 8>;

NumberBytes big_endian(std::uint64_t number)
{
    NumberBytes bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<unsigned char>(number >> (56 - 8 * i));
    return bytes;
}

std::string encoded(std::uint64_t number, std::size_t length = 11)
{
    const NumberBytes bytes = big_endian(number);
    std::string text(length, '?');
    encode_base62(bytes.data(), bytes.size(), text.data(), text.size());
    return text;
}

TEST(Base62, alphabet_is_62_different_characters_in_ascii_order)
{
    ASSERT_EQ(base62_alphabet.size(), 62U);
    for (std::size_t i = 1; i < base62_alphabet.size(); ++i)
        EXPECT_LT(base62_alphabet[i - 1], base62_alphabet[i]);
}

TEST(Base62, numbers_are_padded_to_the_width)
{
    EXPECT_EQ(encoded(0), "00000000000");
    EXPECT_EQ(encoded(1), "00000000001");
    EXPECT_EQ(encoded(61), "0000000000z");
    EXPECT_EQ(encoded(62), "00000000010");
    EXPECT_EQ(encoded(INT64_MAX), "AzL8n0Y58m7");
    EXPECT_EQ(encoded(UINT64_MAX), "LygHa16AHYF");
    EXPECT_EQ(encoded(UINT32_MAX, 6), "4gfFC3");
}

TEST(Base62, writes_exactly_the_width)
{
    const NumberBytes bytes = big_endian(UINT64_MAX);
    std::string text(13, '?');
    encode_base62(bytes.data(), bytes.size(), text.data() + 1, 11);
    EXPECT_EQ(text, "?LygHa16AHYF?");
}

TEST(Base62, numbers_of_any_size)
{
    const std::array<unsigned char, 9> bytes = {0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xFF};
    for (std::size_t size = 1; size < 8; ++size) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < size; ++i)
            number = number << 8U | bytes[i];
        std::string text(11, '?');
        encode_base62(bytes.data(), size, text.data(), text.size());
        EXPECT_EQ(text, encoded(number)) << size;
    }
    std::string text(13, '?');
    encode_base62(bytes.data(), bytes.size(), text.data(), text.size());
    EXPECT_EQ(text, "0jNMeug2wv6id");
}

TEST(Base62, widest_secret)
{
    std::array<unsigned char, 32> ones{};
    ones.fill(0xFF);
    std::string text(43, '?');
    encode_base62(ones.data(), ones.size(), text.data(), text.size());
    EXPECT_EQ(text, "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
}

TEST(Base62, decodes_up_to_64_bits)
{
    std::uint64_t number = 7;
    EXPECT_TRUE(decode_base62_u64("0", number));
    EXPECT_EQ(number, 0U);
    EXPECT_TRUE(decode_base62_u64("LygHa16AHYF", number));
    EXPECT_EQ(number, UINT64_MAX);
    EXPECT_TRUE(decode_base62_u64("0000000000000000000LygHa16AHYF", number));
    EXPECT_EQ(number, UINT64_MAX);
}

TEST(Base62, overflow_and_foreign_characters_are_refused)
{
    std::uint64_t number = 7;
    for (std::string_view text : {"", "LygHa16AHYG", "LygHa16AHZ0", "zzzzzzzzzzz", "100000000000", "0000_000001", " 1",
                                  "1 ", "+1", "-1", "\xD0\xB0", "1\xC0"})
        EXPECT_FALSE(decode_base62_u64(text, number)) << text;
    EXPECT_FALSE(decode_base62_u64(std::string_view("1\0", 2), number));
    EXPECT_EQ(number, 7U) << "a refused text leaves the result alone";
}

TEST(Base62, is_base62_knows_every_byte)
{
    for (int byte = 0; byte < 256; ++byte) {
        const char character = static_cast<char>(byte);
        EXPECT_EQ(is_base62(character), base62_alphabet.find(character) != std::string_view::npos) << byte;
        EXPECT_EQ(is_base62(std::string_view(&character, 1)), is_base62(character)) << byte;
    }
    EXPECT_TRUE(is_base62(base62_alphabet));
    EXPECT_TRUE(is_base62(std::string_view()));
    EXPECT_FALSE(is_base62("abc_"));
}

TEST(Base62, random_round_trips_keep_value_and_order)
{
    std::mt19937_64 random(62);
    std::uint64_t previous = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::uint64_t number = random() >> (random() % 64);
        std::uint64_t decoded = 0;
        ASSERT_TRUE(decode_base62_u64(encoded(number), decoded));
        ASSERT_EQ(decoded, number);
        ASSERT_EQ(encoded(previous) < encoded(number), previous < number);
        previous = number;
    }
}

} // namespace
} // namespace pat_auth::core
