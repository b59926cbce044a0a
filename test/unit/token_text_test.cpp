// Token texts: known ones, round trips, and everything that must be refused.
#include "core/token_text.h"

#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/base62.h"
#include "core/checksum.h"

namespace pat_auth::core {
namespace {

constexpr std::string_view max_secret = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

// Id 42 and the secret 00 01 02 … 1f; computed apart from this code, with Python's zlib and integers.
const std::string known_token = "pat_0000000000g003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf4VBnVB";

std::string token(std::int64_t id, const Secret& secret, std::string_view prefix = default_token_prefix)
{
    std::string text(token_text_length(prefix), '?');
    format_token_text(prefix, id, secret, text.data());
    return text;
}

// A text with a checksum that fits, whatever the rest is.
std::string with_checksum(const std::string& checked)
{
    const std::uint32_t checksum = crc32(checked);
    const unsigned char bytes[] = {static_cast<unsigned char>(checksum >> 24U),
                                   static_cast<unsigned char>(checksum >> 16U),
                                   static_cast<unsigned char>(checksum >> 8U), static_cast<unsigned char>(checksum)};
    std::string text(token_checksum_length, '?');
    encode_base62(bytes, sizeof bytes, text.data(), text.size());
    return checked + text;
}

bool parses(std::string_view text, std::string_view prefix = default_token_prefix)
{
    std::int64_t id = -7;
    const bool parsed = parse_token_text(text, prefix, id);
    EXPECT_TRUE(parsed || id == -7) << "a refused text leaves the result alone";
    return parsed;
}

std::int64_t id_of(std::string_view text, std::string_view prefix = default_token_prefix)
{
    std::int64_t id = -7;
    EXPECT_TRUE(parse_token_text(text, prefix, id)) << text;
    return id;
}

TEST(TokenText, known_texts)
{
    Secret secret;
    EXPECT_EQ(token(1, secret), "pat_0000000000100000000000000000000000000000000000000000001muTiC");
    for (std::size_t i = 0; i < secret_size; ++i)
        secret.data()[i] = static_cast<unsigned char>(i);
    EXPECT_EQ(token(42, secret), known_token);
    std::memset(secret.data(), 0xFF, secret_size);
    EXPECT_EQ(token(INT64_MAX, secret), "pat_AzL8n0Y58m7yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13L8TId");
}

TEST(TokenText, is_always_the_same_length)
{
    EXPECT_EQ(token_text_length("pat_"), 64U);
    EXPECT_EQ(token_text_length("_"), 61U);
    EXPECT_EQ(token_text_length("a_b_c_d_e_f_g_h_"), max_token_text_length);
}

TEST(TokenText, prefixes)
{
    for (std::string_view prefix : {"pat_", "_", "__", "a_", "Acme_ERP_9_", "a_b_c_d_e_f_g_h_"})
        EXPECT_TRUE(is_token_prefix(prefix)) << prefix;
    for (std::string_view prefix :
         {"", "pat", "pat-", "_pat", "a_b_c_d_e_f_g_hi_", "pa t_", "p\xC3\xA4t_", "pat_ ", "%_", "'_", "\\_"})
        EXPECT_FALSE(is_token_prefix(prefix)) << prefix;
    EXPECT_FALSE(is_token_prefix(std::string_view("p\0_", 3)));
}

TEST(TokenText, limits_of_the_id)
{
    Secret secret;
    secret.fill_random();
    for (std::int64_t id : {std::int64_t{1}, std::int64_t{61}, std::int64_t{62}, INT64_MAX - 1, INT64_MAX})
        EXPECT_EQ(id_of(token(id, secret)), id);
}

TEST(TokenText, R14_id_out_of_range_is_refused)
{
    const std::string secret(token_secret_length, 'x');
    EXPECT_TRUE(parses(with_checksum("pat_00000000001" + secret)));
    EXPECT_TRUE(parses(with_checksum("pat_AzL8n0Y58m7" + secret)));
    EXPECT_FALSE(parses(with_checksum("pat_00000000000" + secret))) << "0";
    EXPECT_FALSE(parses(with_checksum("pat_AzL8n0Y58m8" + secret))) << "2^63";
    EXPECT_FALSE(parses(with_checksum("pat_LygHa16AHYF" + secret))) << "2^64 - 1, -1 if signed";
    EXPECT_FALSE(parses(with_checksum("pat_LygHa16AHYG" + secret))) << "2^64";
    EXPECT_FALSE(parses(with_checksum("pat_LygHa16AHYH" + secret))) << "2^64 + 1, 1 if it wrapped";
    EXPECT_FALSE(parses(with_checksum("pat_zzzzzzzzzzz" + secret)));
}

TEST(TokenText, R14_secret_of_more_than_256_bits_is_refused)
{
    const std::string head = "pat_00000000001";
    EXPECT_TRUE(parses(with_checksum(head + std::string(max_secret))));
    EXPECT_TRUE(parses(with_checksum(head + std::string(token_secret_length, '0'))));
    std::string beyond(max_secret);
    ++beyond.back();
    EXPECT_FALSE(parses(with_checksum(head + beyond)));
    EXPECT_FALSE(parses(with_checksum(head + std::string(token_secret_length, 'z'))));
    EXPECT_FALSE(parses(with_checksum(head + "z" + std::string(token_secret_length - 1, '0'))));
}

TEST(TokenText, R14_checksum_of_more_than_32_bits_is_refused)
{
    // 2^32 more says the same to a decoder that wraps: take a token whose checksum leaves room for it.
    const std::string checked = known_token.substr(0, known_token.size() - token_checksum_length);
    const std::uint64_t wrapped = (std::uint64_t{1} << 32U) + crc32(checked);
    unsigned char bytes[8];
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<unsigned char>(wrapped >> (56 - 8 * i));
    std::string text(token_checksum_length, '?');
    encode_base62(bytes, sizeof bytes, text.data(), text.size());
    EXPECT_TRUE(parses(known_token));
    EXPECT_FALSE(parses(checked + text));
}

TEST(TokenText, R14_every_change_of_one_character_is_refused)
{
    ASSERT_TRUE(parses(known_token));
    for (std::size_t position = 0; position < known_token.size(); ++position)
        for (int byte = 0; byte < 256; ++byte) {
            std::string text = known_token;
            text[position] = static_cast<char>(byte);
            if (text != known_token) {
                ASSERT_FALSE(parses(text)) << text;
            }
        }
}

TEST(TokenText, R14_every_swap_of_neighbours_is_refused)
{
    for (std::size_t position = 1; position < known_token.size(); ++position) {
        std::string text = known_token;
        std::swap(text[position - 1], text[position]);
        if (text != known_token) {
            EXPECT_FALSE(parses(text)) << text;
        }
    }
}

TEST(TokenText, R14_truncated_or_extended_text_is_refused)
{
    for (std::size_t length = 0; length < known_token.size(); ++length) {
        EXPECT_FALSE(parses(std::string_view(known_token).substr(0, length)));
        EXPECT_FALSE(parses(std::string_view(known_token).substr(known_token.size() - length)));
        EXPECT_FALSE(parses(std::string(known_token).erase(length, 1)));
        EXPECT_FALSE(parses(std::string(known_token).insert(length, 1, '0')));
    }
    for (std::string_view extra : {" ", "\n", "\t", "0", ";", "'", "\xC2\xA0", "\xEF\xBB\xBF"}) {
        EXPECT_FALSE(parses(known_token + std::string(extra)));
        EXPECT_FALSE(parses(std::string(extra) + known_token));
    }
    EXPECT_FALSE(parses(known_token + known_token));
}

TEST(TokenText, R14_malformed_token_is_refused)
{
    for (std::string_view text : {"", " ", "pat_", "0", "NULL", "' OR 1=1 --", "$1", "%s%s%n", "\\x00",
                                  "42:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
        EXPECT_FALSE(parses(text)) << text;
    EXPECT_FALSE(parses(std::string_view()));
    EXPECT_FALSE(parses(std::string(64, 'a')));
    EXPECT_FALSE(parses("pat_" + std::string(60, '*')));
    EXPECT_FALSE(parses("pat_" + std::string(60, '0')));
}

TEST(TokenText, R14_embedded_nul_is_refused)
{
    for (std::size_t position = 0; position < known_token.size(); ++position) {
        std::string text = known_token;
        text[position] = '\0';
        EXPECT_FALSE(parses(text));
        EXPECT_FALSE(parses(std::string(known_token).insert(position, 1, '\0')));
    }
    EXPECT_FALSE(parses(known_token + '\0'));
    EXPECT_FALSE(parses(with_checksum("pat_00000000001" + std::string(token_secret_length, '\0'))));
}

TEST(TokenText, R14_look_alike_characters_are_refused)
{
    // Cyrillic a and p, full-width p, combining accent, Greek omicron for 0.
    for (std::string_view prefix : {"p\xD0\xB0t_",
                                    "\xD1\x80"
                                    "at_",
                                    "\xEF\xBD\x90"
                                    "at_",
                                    "pa\xCC\x81t_"})
        EXPECT_FALSE(parses(std::string(prefix) + known_token.substr(4)));
    std::string same_characters = known_token;
    same_characters.replace(4, 1, "\xCE\xBF");
    EXPECT_FALSE(parses(same_characters));
    std::string same_bytes = known_token;
    same_bytes.replace(4, 2, "\xCE\xBF");
    EXPECT_FALSE(parses(same_bytes));
    EXPECT_FALSE(parses(with_checksum("pat_000000000\xCE\xBF" + std::string(token_secret_length, '0'))));
}

TEST(TokenText, R14_other_prefix_is_refused)
{
    Secret secret;
    secret.fill_random();
    const std::string acme = token(5, secret, "acme_");
    EXPECT_EQ(id_of(acme, "acme_"), 5);
    for (std::string_view prefix : {"pat_", "Acme_", "acme", "acmf_", "cme_", "acme_0", "_"})
        EXPECT_FALSE(parses(acme, prefix)) << prefix;
    EXPECT_FALSE(parses("PAT_" + known_token.substr(4), "PAT_")) << "the checksum covers the prefix";
    EXPECT_FALSE(parses(known_token.substr(1), "at_"));
    EXPECT_FALSE(parses("x" + known_token, "xpat_"));
}

TEST(TokenText, R14_a_megabyte_is_refused)
{
    EXPECT_FALSE(parses(std::string(1U << 20U, '0')));
    EXPECT_FALSE(parses(known_token + std::string(1U << 20U, ' ')));
    EXPECT_FALSE(parses(known_token + std::string(1U << 20U, '\0')));
}

TEST(TokenText, R14_random_texts_are_refused)
{
    std::mt19937_64 random(14);
    for (int i = 0; i < 100'000; ++i) {
        std::string text = "pat_";
        while (text.size() < 64)
            text += base62_alphabet[random() % base62_alphabet.size()];
        ASSERT_FALSE(parses(text)) << text;
    }
}

TEST(TokenText, random_round_trips)
{
    std::mt19937_64 random(1);
    for (int i = 0; i < 100'000; ++i) {
        Secret secret;
        secret.fill_random();
        const auto id = static_cast<std::int64_t>(random() >> 1U >> (random() % 63)) | 1;
        const std::string_view prefix = i % 2 == 0 ? default_token_prefix : "a_b_c_d_e_f_g_h_";
        const std::string text = token(id, secret, prefix);
        ASSERT_EQ(id_of(text, prefix), id);
        ASSERT_TRUE(is_base62(std::string_view(text).substr(prefix.size())));
    }
}

TEST(TokenText, texts_of_different_secrets_differ)
{
    Secret low;
    Secret high;
    for (std::size_t bit = 0; bit < 8 * secret_size; ++bit) {
        std::memset(high.data(), 0, secret_size);
        high.data()[bit / 8] = static_cast<unsigned char>(1U << (bit % 8));
        EXPECT_NE(token(1, low), token(1, high));
    }
}

} // namespace
} // namespace pat_auth::core
