// Fuzzes masking against a plain search from left to right on a copy.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base62.h"
#include "core/redact.h"
#include "core/token_text.h"

namespace {

using namespace pat_auth::core;

std::string masked_by_the_book(const std::string& text, std::string_view prefix, std::size_t& count)
{
    std::string result = text;
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
        const std::size_t begin = at + prefix.size();
        std::size_t end = begin;
        while (end < text.size() && is_base62(text[end]))
            ++end;
        if (end - begin >= token_body_length || (end - begin >= min_masked_length && text[begin] == '0')) {
            result.replace(begin, end - begin, end - begin, mask_character);
            ++count;
        }
    }
    return result;
}

// Mutation alone seldom makes sixty base62 characters in a row: here a byte above 0x7F stands for a run of 52
// to 67. Of the first bytes only, for speed.
std::string with_runs(const std::string& input)
{
    std::string text;
    for (char character : input.substr(0, 64)) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte >= 0x80)
            text.append(52U + byte % 16U, base62_alphabet[byte % base62_alphabet.size()]);
        else
            text += character;
    }
    return text;
}

bool has_escapes(const std::string& text)
{
    return text.find('\\') != std::string::npos || text.find("u&") != std::string::npos ||
           text.find("U&") != std::string::npos;
}

// What is changed is masked, and nothing that is a token as it stands is left.
void check_escaped(const std::string& text, const std::string& expected, std::string_view prefix)
{
    std::vector<char> buffer(text.begin(), text.end());
    const std::size_t count = mask_tokens(buffer.data(), buffer.size(), prefix);
    if ((count != 0) != has_tokens(text, prefix))
        std::abort();
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (buffer[at] != text[at] && buffer[at] != mask_character)
            std::abort();
        if (expected[at] != text[at] && buffer[at] != mask_character)
            std::abort();
    }
}

void check_dump(const std::string& text, std::string_view prefix)
{
    std::vector<char> buffer(text.begin(), text.end());
    mask_tokens_in_dump(buffer.data(), buffer.size(), prefix);
    mask_cut_tokens(buffer.data(), buffer.size());
    for (std::size_t at = 0; at < text.size(); ++at)
        if (buffer[at] != text[at] && buffer[at] != mask_character)
            std::abort();
}

void check(const std::string& text, std::string_view prefix)
{
    std::size_t expected_count = 0;
    const std::string expected = masked_by_the_book(text, prefix, expected_count);
    if (has_escapes(text)) {
        check_escaped(text, expected, prefix);
        return;
    }
    // No room for a terminating NUL, so that a byte read beyond the end is seen.
    std::vector<char> buffer(text.begin(), text.end());
    const std::size_t count = mask_tokens(buffer.data(), buffer.size(), prefix);
    if (count != expected_count || std::string(buffer.begin(), buffer.end()) != expected)
        std::abort();
    if (mask_tokens(buffer.data(), buffer.size(), prefix) != 0)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string plain(reinterpret_cast<const char*>(data), size);
    const std::string runs = with_runs(plain);
    for (std::string_view prefix : {"pat_", "_", "a_a_"}) {
        check(plain, prefix);
        check(runs, prefix);
        check("\\" + runs, prefix);
        check("U& UESCAPE '!'" + runs, prefix);
        check_dump(plain, prefix);
        check_dump(runs, prefix);
    }
    return 0;
}
