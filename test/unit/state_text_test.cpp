// The session setting's form: round trips, and nothing else accepted.
#include "core/state_text.h"

#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace pat_auth::core {
namespace {

const std::string abc_hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string state(std::int64_t id, const Digest& digest)
{
    char text[max_state_text_length + 1];
    std::memset(text, '?', sizeof text);
    const std::size_t length = format_state_text(id, digest, text);
    EXPECT_LE(length, max_state_text_length);
    EXPECT_EQ(std::strlen(text), length);
    return text;
}

bool parses(std::string_view text)
{
    const Digest before = sha256("before");
    std::int64_t id = -7;
    Digest digest = before;
    const bool parsed = parse_state_text(text, id, digest);
    EXPECT_TRUE(parsed || (id == -7 && digest == before)) << "a refused text leaves the results alone";
    return parsed;
}

TEST(StateText, known_texts)
{
    EXPECT_EQ(state(1, sha256("abc")), "1:" + abc_hex);
    EXPECT_EQ(state(INT64_MAX, sha256("abc")), "9223372036854775807:" + abc_hex);
    EXPECT_EQ(state(INT64_MAX, sha256("abc")).size(), max_state_text_length);
}

TEST(StateText, random_round_trips)
{
    std::mt19937_64 random(2);
    for (int i = 0; i < 100'000; ++i) {
        Digest digest{};
        for (auto& byte : digest)
            byte = static_cast<unsigned char>(random());
        const auto id = static_cast<std::int64_t>(random() >> 1U >> (random() % 63)) | 1;
        std::int64_t parsed_id = 0;
        Digest parsed_digest{};
        ASSERT_TRUE(parse_state_text(state(id, digest), parsed_id, parsed_digest));
        ASSERT_EQ(parsed_id, id);
        ASSERT_EQ(parsed_digest, digest);
    }
}

TEST(StateText, other_ids_are_refused)
{
    EXPECT_TRUE(parses("1:" + abc_hex));
    EXPECT_TRUE(parses("9223372036854775807:" + abc_hex));
    for (std::string_view id :
         {"", "0", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "0x1", "1e3", "1.0", "a", "1:1", "9223372036854775808",
          "9999999999999999999", "18446744073709551617", "99999999999999999999999999", "\xD9\xA1"})
        EXPECT_FALSE(parses(std::string(id) + ":" + abc_hex)) << id;
}

TEST(StateText, other_forms_are_refused)
{
    const std::string good = "42:" + abc_hex;
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(parses(good.substr(0, length)));
    for (std::string_view extra : {" ", "0", "\n", ":"})
        EXPECT_FALSE(parses(good + std::string(extra)));
    EXPECT_FALSE(parses(good + '\0'));
    EXPECT_FALSE(parses("42;" + abc_hex));
    EXPECT_FALSE(parses("42" + abc_hex));
    EXPECT_FALSE(parses(std::string("4\0:", 3) + abc_hex));
    EXPECT_FALSE(parses("42:BA" + abc_hex.substr(2))) << "upper case";
    EXPECT_FALSE(parses(std::string(1U << 20U, '1')));
    EXPECT_FALSE(parses(std::string(1U << 20U, '1') + ":" + abc_hex));
    EXPECT_FALSE(parses(std::string_view()));
}

TEST(StateText, every_foreign_byte_is_refused)
{
    const std::string good = "42:" + abc_hex;
    for (std::size_t position = 0; position < good.size(); ++position)
        for (int byte = 0; byte < 256; ++byte) {
            const bool is_digit = byte >= '0' && byte <= '9';
            const bool is_hex_letter = byte >= 'a' && byte <= 'f';
            if (byte == good[position] || is_digit || (is_hex_letter && position > 2))
                continue;
            std::string text = good;
            text[position] = static_cast<char>(byte);
            ASSERT_FALSE(parses(text)) << text;
        }
}

} // namespace
} // namespace pat_auth::core
