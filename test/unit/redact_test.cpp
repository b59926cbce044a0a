// Masking: what is masked, what stays, and the work it takes.
#include "core/redact.h"

#include <chrono>
#include <cstdio>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/base62.h"
#include "core/token_text.h"

namespace pat_auth::core {
namespace {

const std::string token = "pat_0000000000g003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf4VBnVB";
const std::string masked_token = "pat_" + std::string(60, mask_character);

std::string mask_of(std::size_t length) { return std::string(length, mask_character); }

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
    EXPECT_EQ(masked(token + "abc def"), masked_token + "___ def");
    EXPECT_EQ(masked(token + "_abc"), masked_token + "_abc");
    EXPECT_EQ(masked(token + token), masked_token + "____" + mask_of(60));
    EXPECT_EQ(masked(token + token + token), masked_token + "____" + mask_of(63) + "_" + mask_of(60));
    EXPECT_EQ(count(token + token + token), 3U);
    EXPECT_EQ(masked("pat_" + std::string(1000, 'a')), "pat_" + mask_of(1000));
}

TEST(Redact, R10_overlapping_prefixes_hide_nothing)
{
    EXPECT_EQ(masked("a_a_a_" + std::string(60, 'x'), "a_a_"), "a_a_a_" + mask_of(60));
    EXPECT_EQ(masked("___" + std::string(60, 'x'), "__"), "___" + mask_of(60));
    EXPECT_EQ(masked("_" + std::string(60, 'x') + "_" + std::string(60, 'y'), "_"),
              "_" + mask_of(60) + "_" + mask_of(60));
    // The second prefix begins inside the first body.
    EXPECT_EQ(masked("a_" + std::string(59, 'x') + "a_" + std::string(60, 'y'), "a_"),
              "a_" + mask_of(60) + "_" + mask_of(60));
}

TEST(Redact, everything_else_stays)
{
    for (const std::string& text :
         {std::string(), std::string("pat_"), std::string("pat_auth.token"), token.substr(0, 19), token.substr(1),
          "PAT_" + token.substr(4), "pat-" + token.substr(4), "pat_ " + token.substr(4),
          "pat_" + std::string(59, 'a') + "_", "pat_" + std::string(30, 'a') + "-" + std::string(30, 'a'),
          std::string(64, 'a'), std::string(1000, 'a'), masked_token}) {
        EXPECT_EQ(masked(text), text);
        EXPECT_EQ(count(text), 0U) << text;
    }
}

TEST(Redact, honours_the_prefix)
{
    EXPECT_EQ(masked("acme_" + token.substr(4), "acme_"), "acme_" + mask_of(60));
    EXPECT_EQ(masked(token, "acme_"), token);
    EXPECT_EQ(masked(token.substr(4), "pat_"), token.substr(4));
}

TEST(Redact, stays_within_the_length_given)
{
    std::string text = token + token.substr(0, 10);
    EXPECT_EQ(mask_tokens(text.data(), 19, default_token_prefix), 0U);
    EXPECT_EQ(text, token + token.substr(0, 10));
    EXPECT_EQ(mask_tokens(text.data(), 63, default_token_prefix), 1U);
    EXPECT_EQ(text, masked_token.substr(0, 63) + token.back() + token.substr(0, 10));
    EXPECT_EQ(mask_tokens(nullptr, 0, default_token_prefix), 0U);
}

TEST(Redact, R10_token_that_was_cut_short_is_masked)
{
    EXPECT_EQ(masked(token.substr(0, 20)), "pat_" + mask_of(16));
    EXPECT_EQ(masked("$1 = '" + token.substr(0, 40) + "...'"), "$1 = 'pat_" + mask_of(36) + "...'");
    EXPECT_EQ(masked("pat_" + std::string(15, '0')), "pat_" + std::string(15, '0'));
    // Names of columns.
    EXPECT_EQ(masked("SELECT pat_hospitalizationdate"), "SELECT pat_hospitalizationdate");
    EXPECT_EQ(masked("pat_" + std::string(59, 'a')), "pat_" + std::string(59, 'a'));
}

// Each character as an escape of that format.
std::string written(std::string_view text, const char* format)
{
    std::string result;
    for (char character : text) {
        char buffer[24];
        std::snprintf(buffer, sizeof buffer, format, static_cast<unsigned>(static_cast<unsigned char>(character)));
        result += buffer;
    }
    return result;
}

// The token with each character escaped, and with one of them escaped, wherever it stands.
void expect_masked_in(const std::string& opening, const char* format, const std::string& closing)
{
    const std::string prefix = written(token.substr(0, 4), format);
    const std::string body = written(token.substr(4), format);
    EXPECT_EQ(masked(opening + prefix + body + closing), opening + prefix + mask_of(body.size()) + closing);
    for (std::size_t at = 0; at < token.size(); ++at) {
        const std::string escape = written(token.substr(at, 1), format);
        const std::string text = opening + token.substr(0, at) + escape + token.substr(at + 1) + closing;
        const std::string result = masked(text);
        EXPECT_EQ(result.substr(result.size() - closing.size() - 60), mask_of(60) + closing) << text;
        EXPECT_TRUE(has_tokens(text, default_token_prefix)) << text;
    }
}

TEST(Redact, R10_token_in_escapes_is_masked)
{
    for (const char* format :
         {R"(\x%02x)", R"(\x%02X)", R"(\%03o)", R"(\u%04x)", R"(\U%08X)", R"(\\x%02x)", R"(\\\\u%04X)"})
        expect_masked_in("SET x = E'", format, "'; y");
    EXPECT_EQ(masked("E'\\pat_" + token.substr(4) + "'"), "E'\\pat_" + mask_of(60) + "'");
    EXPECT_EQ(masked("E'" + token + R"(\n')"), "E'" + masked_token + R"(\n')");
    EXPECT_EQ(masked("E'" + token + R"(\'')"), "E'" + masked_token + R"(\'')");
}

TEST(Redact, R10_token_in_unicode_escapes_is_masked)
{
    expect_masked_in("U&'", R"(\%04x)", "'");
    expect_masked_in("u&'", R"(\+%06X)", "'");
    expect_masked_in("SELECT U&\"", R"(\%04X)", "\"");
    expect_masked_in("U&'", "!%04x", "' UESCAPE '!'");
    expect_masked_in("U&'", "!+%06x", "'\nuescape\t'!' , 1");
    expect_masked_in("DO 'SET x = U&''", "$%04x", "'' UESCAPE ''$'''");
    expect_masked_in("U&'", "z%04x", "' UESCAPE 'z'");
    // Two in one statement, each with its own.
    const std::string first = written(token, "!%04x");
    const std::string second = written(token, "#%04x");
    EXPECT_EQ(count("U&'" + first + "' UESCAPE '!', U&'" + second + "' UESCAPE '#'"), 2U);
    // What ends the body for one reader does not for another.
    EXPECT_EQ(masked("u&'" + token.substr(0, 30) + written(token.substr(30, 1), R"(\%04x)") + token.substr(31) + "'"),
              "u&'pat_" + mask_of(64) + "'");
}

TEST(Redact, escapes_that_are_none_stay)
{
    for (const std::string& text :
         {std::string(R"(\)"), std::string(R"(\x)"), std::string(R"(\u00)"), std::string(R"(pat_\)"), std::string("U&"),
          std::string(R"(U&'\' uescape)"), std::string("UESCAPE"), std::string("U&'!' UESCAPE '"),
          std::string(R"(\\\\\\\\\\\\)"), R"(E'pat_\n)" + token.substr(4) + "'",
          R"(E'pat_\xe4)" + token.substr(4) + "'", "U&'!0070at_" + token.substr(4) + "'"})
        EXPECT_EQ(masked(text), text);
}

// As PostgreSQL writes a constant of type text, and breaks the lines.
std::string dumped(std::string_view text, std::size_t indent, std::size_t shift, bool is_pretty)
{
    const std::string whole = "{CONST" + std::string(shift, ' ') + ":constvalue 68 [ 16 1 0 0 " + written(text, "%u ") +
                              "] :name \"" + std::string(text) + "\"}";
    std::string result = std::string(indent, ' ');
    std::size_t column = indent;
    constexpr std::size_t width = 78;
    for (char character : whole) {
        if (column >= width && (is_pretty || character == ' ')) {
            column = is_pretty ? indent : 0;
            result += '\n' + std::string(column, ' ');
            if (!is_pretty)
                continue;
        }
        result += character;
        ++column;
    }
    return result;
}

TEST(Redact, R10_token_in_a_dump_is_masked)
{
    for (bool const is_pretty : {false, true}) {
        for (std::size_t indent : {3U, 9U, 40U, 60U}) {
            for (std::size_t shift = 0; shift < 18; ++shift) {
                const std::string dump = dumped(token, indent, shift, is_pretty);
                std::string text = dump;
                ASSERT_EQ(mask_tokens_in_dump(text.data(), text.size(), default_token_prefix), 2U) << dump;
                EXPECT_NE(text.find(mask_of(60)), std::string::npos) << text;
                EXPECT_NE(text.find(']'), std::string::npos) << text;
                EXPECT_EQ(text.find("107"), std::string::npos) << text;
                EXPECT_EQ(text.find_first_of("BDG"), std::string::npos) << text;
            }
        }
    }
    const std::string other = dumped("nothing of interest", 3, 0, true);
    std::string text = other;
    EXPECT_EQ(mask_tokens_in_dump(text.data(), text.size(), default_token_prefix), 0U);
    EXPECT_EQ(text, other);
}

// A string within a string that is dumped, as the body of a DO block is: with escapes, each of them escaped once more.
TEST(Redact, R10_escaped_token_in_a_dump_is_masked)
{
    const std::string escaped = token.substr(0, 20) + R"(\\x)" + written(token.substr(20, 1), "%x") +
                                token.substr(21, 9) + R"(\\)" + written(token.substr(30, 1), "%o") + token.substr(31);
    for (std::size_t at = 0; at < escaped.size(); ++at) {
        std::string text =
            R"({DEFELEM :arg "E')" + escaped.substr(0, at) + "\n         " + escaped.substr(at) + R"('"})";
        ASSERT_EQ(mask_tokens_in_dump(text.data(), text.size(), default_token_prefix), 1U) << text;
        EXPECT_EQ(text.find(token.substr(14, 6)), std::string::npos) << text;
        EXPECT_EQ(text.find(token.substr(33, 6)), std::string::npos) << text;
        EXPECT_EQ(text.substr(text.size() - 3), R"('"})") << text;
    }
}

TEST(Redact, R10_rest_of_a_token_behind_an_ellipsis_is_masked)
{
    const auto masked_rest = [](std::string text) {
        mask_cut_tokens(text.data(), text.size());
        return text;
    };
    EXPECT_EQ(masked_rest("JSON data, line 1: ..." + token.substr(14) + "..."),
              "JSON data, line 1: ..." + mask_of(50) + "...");
    EXPECT_EQ(masked_rest("...." + token.substr(14, 16)), "...." + mask_of(16));
    EXPECT_EQ(masked_rest("..." + token.substr(14) + " ..." + token.substr(20)),
              "..." + mask_of(50) + " ..." + mask_of(44));
    for (const std::string& text : {std::string(), std::string(".."), std::string("..."), "..." + token.substr(49),
                                    ".." + token.substr(14), "... " + token.substr(14)})
        EXPECT_EQ(masked_rest(text), text);
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
        if (end - begin >= token_body_length || (end - begin >= min_masked_length && text[begin] == '0'))
            result.replace(begin, end - begin, end - begin, mask_character);
    }
    return result;
}

TEST(Redact, agrees_with_a_plain_search_on_random_texts)
{
    std::mt19937_64 random(10);
    constexpr std::string_view pieces[] = {"p", "a", "t", "_", "pat_", "a_", " ", "\xC3\xA4", "'"};
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        while (random() % 12 != 0) {
            if (random() % 2 == 0)
                text.append((random() % 2 == 0 ? 55 : 11) + random() % 10, "xpa0"[random() % 4]);
            else
                text += pieces[random() % std::size(pieces)];
        }
        for (std::string_view prefix : {"pat_", "a_", "_", "a_a_"}) {
            const std::string expected = masked_by_the_book(text, prefix);
            ASSERT_EQ(masked(text, prefix), expected) << text;
            ASSERT_EQ(has_tokens(text, prefix), expected != text) << text;
            // An escape somewhere makes another way of searching necessary, which finds the same.
            ASSERT_EQ(masked(text + " \\n", prefix), expected + " \\n") << text;
            ASSERT_EQ(masked(text + " U& UESCAPE '!'", prefix), expected + " U& UESCAPE '!'") << text;
        }
    }
}

TEST(Redact, takes_linear_time)
{
    // Each of these would take hours if a run were looked at anew from every position.
    const auto start = std::chrono::steady_clock::now();
    const std::size_t size = 4U << 20U;
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
    const std::string every_reader = "\\ U& UESCAPE '!' UESCAPE '#' UESCAPE '$'";
    EXPECT_EQ(count(every_reader + std::string(size, 'a')), 0U);
    EXPECT_EQ(count(every_reader + prefixes), 0U);
    EXPECT_EQ(count(every_reader + short_runs), 0U);
    EXPECT_EQ(count(every_reader + "pat_" + std::string(size, 'a')), 1U);
    EXPECT_EQ(count(std::string(size, '\\')), 0U);
    std::string spaces = "{ " + std::string(size, ' ') + std::string(size, '\n');
    EXPECT_EQ(mask_tokens_in_dump(spaces.data(), spaces.size(), default_token_prefix), 0U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

} // namespace
} // namespace pat_auth::core
