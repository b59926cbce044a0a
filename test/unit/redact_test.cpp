// Masking: what is masked, what stays, and the work it takes.
#include "core/redact.h"

#include <chrono>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/base62.h"
#include "core/token_text.h"

namespace pat_auth::core {
namespace {

const std::string token = "pat_0000000000g003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf4VBnVB";
const std::string masked_token = "pat_" + std::string(60, '*');

std::string masked(std::string text, std::string_view prefix = default_token_prefix)
{
    const std::size_t length = text.size();
    mask_tokens(text.data(), text.size(), prefix);
    EXPECT_EQ(text.size(), length);
    return text;
}

std::size_t count(std::string text, std::string_view prefix = default_token_prefix)
{
    return mask_tokens(text.data(), text.size(), prefix);
}

TEST(Redact, R10_token_is_masked_wherever_it_stands)
{
    EXPECT_EQ(masked(token), masked_token);
    EXPECT_EQ(masked("SET pat_auth.token = '" + token + "'"), "SET pat_auth.token = '" + masked_token + "'");
    EXPECT_EQ(masked("a " + token + ", " + token + "\n" + token),
              "a " + masked_token + ", " + masked_token + "\n" + masked_token);
    EXPECT_EQ(masked("\xC3\xA4" + token + "\xC3\xA4"), "\xC3\xA4" + masked_token + "\xC3\xA4");
    EXPECT_EQ(masked('\0' + token + '\0' + token), '\0' + masked_token + '\0' + masked_token);
    EXPECT_EQ(count("a " + token + ", " + token + "\n" + token), 3U);
}

TEST(Redact, R10_mistyped_token_is_masked)
{
    std::string text = token;
    text.back() = text.back() == '0' ? '1' : '0';
    EXPECT_EQ(masked(text), masked_token);
}

TEST(Redact, R10_token_glued_to_other_text_is_masked)
{
    EXPECT_EQ(masked("x" + token), "x" + masked_token);
    EXPECT_EQ(masked("pat_" + token), "pat_" + masked_token);
    EXPECT_EQ(masked(token + "abc def"), masked_token + "*** def");
    EXPECT_EQ(masked(token + "_abc"), masked_token + "_abc");
    EXPECT_EQ(masked(token + token), masked_token + "***_" + std::string(60, '*'));
    EXPECT_EQ(masked(token + token + token), masked_token + "***_" + std::string(63, '*') + "_" + std::string(60, '*'));
    EXPECT_EQ(count(token + token + token), 3U);
    EXPECT_EQ(masked("pat_" + std::string(1000, 'a')), "pat_" + std::string(1000, '*'));
}

TEST(Redact, R10_overlapping_prefixes_hide_nothing)
{
    EXPECT_EQ(masked("a_a_a_" + std::string(60, 'x'), "a_a_"), "a_a_a_" + std::string(60, '*'));
    EXPECT_EQ(masked("___" + std::string(60, 'x'), "__"), "___" + std::string(60, '*'));
    EXPECT_EQ(masked("_" + std::string(60, 'x') + "_" + std::string(60, 'y'), "_"),
              "_" + std::string(60, '*') + "_" + std::string(60, '*'));
    // The second prefix begins inside the first body.
    EXPECT_EQ(masked("a_" + std::string(59, 'x') + "a_" + std::string(60, 'y'), "a_"),
              "a_" + std::string(60, '*') + "_" + std::string(60, '*'));
}

TEST(Redact, everything_else_stays)
{
    for (const std::string& text :
         {std::string(), std::string("pat_"), std::string("pat_auth.token"), token.substr(0, 63), token.substr(1),
          "PAT_" + token.substr(4), "pat-" + token.substr(4), "pat_ " + token.substr(4),
          "pat_" + std::string(59, 'a') + "_", "pat_" + std::string(30, 'a') + "-" + std::string(30, 'a'),
          std::string(64, 'a'), std::string(1000, 'a'), masked_token}) {
        EXPECT_EQ(masked(text), text);
        EXPECT_EQ(count(text), 0U) << text;
    }
}

TEST(Redact, honours_the_prefix)
{
    EXPECT_EQ(masked("acme_" + token.substr(4), "acme_"), "acme_" + std::string(60, '*'));
    EXPECT_EQ(masked(token, "acme_"), token);
    EXPECT_EQ(masked(token.substr(4), "pat_"), token.substr(4));
}

TEST(Redact, stays_within_the_length_given)
{
    std::string text = token + token.substr(0, 10);
    EXPECT_EQ(mask_tokens(text.data(), 63, default_token_prefix), 0U);
    EXPECT_EQ(text, token + token.substr(0, 10));
    EXPECT_EQ(mask_tokens(text.data(), 64, default_token_prefix), 1U);
    EXPECT_EQ(text, masked_token + token.substr(0, 10));
    EXPECT_EQ(mask_tokens(nullptr, 0, default_token_prefix), 0U);
}

// The rule as redact.h words it, from left to right on a copy.
std::string masked_by_the_book(const std::string& text, std::string_view prefix)
{
    std::string result = text;
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
        const std::size_t begin = at + prefix.size();
        std::size_t end = begin;
        while (end < text.size() && is_base62(text[end]))
            ++end;
        if (end - begin >= token_body_length)
            result.replace(begin, end - begin, end - begin, '*');
    }
    return result;
}

TEST(Redact, agrees_with_a_plain_search_on_random_texts)
{
    std::mt19937_64 random(10);
    constexpr std::string_view pieces[] = {"p", "a", "t", "_", "pat_", "a_", " ", "\xC3\xA4", "'"};
    for (int i = 0; i < 100'000; ++i) {
        std::string text;
        while (random() % 12 != 0) {
            if (random() % 2 == 0)
                text.append(55 + random() % 10, "xpat"[random() % 4]);
            else
                text += pieces[random() % std::size(pieces)];
        }
        for (std::string_view prefix : {"pat_", "a_", "_", "a_a_"})
            ASSERT_EQ(masked(text, prefix), masked_by_the_book(text, prefix)) << text;
    }
}

TEST(Redact, takes_linear_time)
{
    // Each of these would take hours if a run were looked at anew from every position.
    const auto start = std::chrono::steady_clock::now();
    const std::size_t size = 16U << 20U;
    EXPECT_EQ(count(std::string(size, 'a')), 0U);
    EXPECT_EQ(count("pat_" + std::string(size, 'a')), 1U);
    std::string prefixes;
    std::string short_runs;
    while (prefixes.size() < size)
        prefixes += "pat_";
    while (short_runs.size() < size)
        short_runs += std::string(59, 'a') + "__";
    EXPECT_EQ(count(prefixes), 0U);
    EXPECT_EQ(count(short_runs), 0U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

} // namespace
} // namespace pat_auth::core
