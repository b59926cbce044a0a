// Masking token texts.
#include "core/redact.h"

#include <algorithm>
#include <cstring>

#include "core/base62.h"
#include "core/token_text.h"

namespace pat_auth::core {
namespace {

// What a body may be: see redact.h.
bool is_body(std::size_t length, char first) noexcept
{
    return length >= token_body_length || (length >= min_masked_length && first == '0');
}

// One character of a text, as a reader below has decoded it.
struct Character {
    char value;
    std::size_t end; // behind its source
};
constexpr char foreign = '\0'; // whatever no token has

char ascii(unsigned long code) noexcept { return code < 0x80 ? static_cast<char>(code) : foreign; }

int hexadecimal_digit(char character) noexcept
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

// The number that begins at `at`, of min_digits to max_digits digits. False if there are fewer.
bool read_number(std::string_view text, std::size_t& at, int base, int min_digits, int max_digits,
                 unsigned long& number) noexcept
{
    number = 0;
    int digits = 0;
    while (digits < max_digits && at < text.size()) {
        int const digit = hexadecimal_digit(text[at]);
        if (digit < 0 || digit >= base)
            break;
        number = number * static_cast<unsigned long>(base) + static_cast<unsigned long>(digit);
        ++at;
        ++digits;
    }
    return digits >= min_digits;
}

// As in E'' strings. Several backslashes count as one: a string inside another has them doubled.
Character read_backslashed(std::string_view text, std::size_t at) noexcept
{
    constexpr std::size_t max_backslashes = 8;
    std::size_t end = at;
    while (end < text.size() && text[end] == '\\' && end - at < max_backslashes)
        ++end;
    if (end == at || end == text.size())
        return {text[at], at + 1};
    unsigned long code = 0;
    std::size_t number_end = end + 1;
    switch (text[end]) {
    case 'x':
        if (read_number(text, number_end, 16, 1, 2, code))
            return {ascii(code), number_end};
        break;
    case 'u':
        if (read_number(text, number_end, 16, 4, 4, code))
            return {ascii(code), number_end};
        break;
    case 'U':
        if (read_number(text, number_end, 16, 8, 8, code))
            return {ascii(code), number_end};
        break;
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return {foreign, end + 1};
    default:
        number_end = end;
        if (read_number(text, number_end, 8, 1, 3, code))
            return {ascii(code & 0xFF), number_end};
        break;
    }
    return {text[end], end + 1};
}

// As in U&'' strings with this escape character.
Character read_unicode(std::string_view text, std::size_t at, char escape) noexcept
{
    if (text[at] != escape)
        return {text[at], at + 1};
    unsigned long code = 0;
    std::size_t end = at + 1;
    if (end < text.size() && text[end] == '+') {
        ++end;
        if (read_number(text, end, 16, 6, 6, code))
            return {ascii(code), end};
    } else if (read_number(text, end, 16, 4, 4, code)) {
        return {ascii(code), end};
    }
    return {text[at], at + 1};
}

constexpr std::size_t max_line_length = 100; // a dump's have fewer

// Behind the line break that a pretty dump has put at `at`, indentation and all.
std::size_t skip_break(std::string_view text, std::size_t at) noexcept
{
    if (at >= text.size() || text[at] != '\n')
        return at;
    std::size_t end = at + 1;
    while (end < text.size() && end - at < max_line_length && (text[end] == ' ' || text[end] == '\t'))
        ++end;
    return end;
}

// As the strings in a dump, which may have a break anywhere, and strings with escapes in them.
Character read_broken(std::string_view text, std::size_t at) noexcept
{
    constexpr std::size_t window_size = 24; // the longest escape
    char window[window_size] = {};
    std::size_t ends[window_size] = {};
    std::size_t size = 0;
    std::size_t next = skip_break(text, at);
    while (size < window_size && next < text.size()) {
        window[size] = text[next];
        ends[size++] = ++next;
        if (window[0] != '\\')
            break;
        next = skip_break(text, next);
    }
    if (size == 0)
        return {foreign, at + 1};
    Character const character = read_backslashed({window, size}, 0);
    return {character.value, ends[character.end - 1]};
}

std::size_t skip_spaces(std::string_view text, std::size_t at) noexcept
{
    std::size_t end = at;
    while (end < text.size() && end - at < max_line_length && text[end] == ' ')
        ++end;
    return end;
}

std::size_t count_digits(std::string_view text, std::size_t at) noexcept
{
    std::size_t count = 0;
    while (count < 4 && at + count < text.size() && text[at + count] >= '0' && text[at + count] <= '9')
        ++count;
    return count;
}

// As the constants in a dump: "112 97 116 95". A break can be inside of a number, or between two: all those of a token
// have two digits or three, so one that is cut has three in all, and two that stand side by side have more.
Character read_byte(std::string_view text, std::size_t at) noexcept
{
    std::size_t end = skip_break(text, at);
    std::size_t const digits = count_digits(text, end);
    if (digits == 0)
        return {foreign, at + 1};
    unsigned number = 0;
    const auto append = [&](std::size_t count) {
        for (; count > 0; --count)
            number = number * 10 + static_cast<unsigned>(text[end++] - '0');
    };
    append(digits);
    std::size_t const rest = skip_break(text, end);
    std::size_t const rest_digits = rest == end ? 0 : count_digits(text, rest);
    if (rest_digits > 0 && digits + rest_digits <= 3) {
        end = rest;
        append(rest_digits);
    }
    // What stands between it and the next one goes with it.
    std::size_t next = skip_break(text, skip_spaces(text, skip_break(text, end)));
    next = skip_spaces(text, next);
    if (next < text.size() && text[next] >= '0' && text[next] <= '9')
        end = next;
    return {ascii(number), end};
}

// The ways in which a text is to be read.
struct Reader {
    enum class Kind { backslashed, unicode, broken, bytes } kind;
    char escape;

    [[nodiscard]] Character read(std::string_view text, std::size_t at) const noexcept
    {
        switch (kind) {
        case Kind::backslashed:
            return read_backslashed(text, at);
        case Kind::unicode:
            return read_unicode(text, at, escape);
        case Kind::broken:
            return read_broken(text, at);
        default:
            return read_byte(text, at);
        }
    }
};

struct Readers {
    static constexpr std::size_t max_count = 8;
    Reader items[max_count] = {};
    std::size_t count = 0;

    void add(Reader::Kind kind, char escape) noexcept
    {
        for (std::size_t i = 0; i < count; ++i)
            if (items[i].kind == kind && items[i].escape == escape)
                return;
        if (count < max_count)
            items[count++] = {kind, escape};
    }
};

// The characters that a prefix can begin with, however it is written: nearly all of a text is passed over by them.
class Beginnings {
public:
    Beginnings(std::string_view prefix, const Readers& readers) noexcept
    {
        add(prefix.front());
        for (std::size_t i = 0; i < readers.count; ++i) {
            if (readers.items[i].kind == Reader::Kind::bytes)
                for (char digit = '0'; digit <= '9'; ++digit)
                    add(digit);
            else
                add(readers.items[i].escape);
        }
    }

    [[nodiscard]] bool has(char character) const noexcept { return is_one_[static_cast<unsigned char>(character)]; }

private:
    void add(char character) noexcept { is_one_[static_cast<unsigned char>(character)] = true; }

    bool is_one_[256] = {};
};

struct Body {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t resume = 0; // where the next prefix can begin: the last characters may be part of it
};

// The body behind a prefix that begins at `at`; one with begin == end if there is none.
Body body_at(std::string_view text, std::size_t at, std::string_view prefix, const Reader& reader) noexcept
{
    for (char expected : prefix) {
        if (at >= text.size())
            return {};
        Character const character = reader.read(text, at);
        if (character.value != expected)
            return {};
        at = character.end;
    }
    std::size_t const begin = at;
    std::size_t length = 0;
    char first = foreign;
    std::size_t last[max_token_prefix_length] = {};
    while (at < text.size()) {
        Character const character = reader.read(text, at);
        if (!is_base62(character.value))
            break;
        if (length == 0)
            first = character.value;
        last[length++ % max_token_prefix_length] = at;
        at = character.end;
    }
    if (!is_body(length, first))
        return {};
    return {begin, at, last[length % max_token_prefix_length]};
}

// Calls found(begin, end) for each body, from left to right. It is called only when nothing left of `end` will be
// looked at again, so it may overwrite the body.
template <typename Found>
void find_bodies(std::string_view text, std::string_view prefix, const Readers& readers, Found&& found) noexcept
{
    Beginnings const beginnings(prefix, readers);
    Body pending;
    std::size_t at = 0;
    while (at < text.size()) {
        if (!beginnings.has(text[at])) {
            ++at;
            continue;
        }
        Body longest;
        for (std::size_t i = 0; i < readers.count; ++i) {
            Body const body = body_at(text, at, prefix, readers.items[i]);
            if (body.end > longest.end)
                longest = body;
        }
        if (longest.end == 0) {
            ++at;
            continue;
        }
        if (longest.begin < pending.end) {
            // Two readers see the same text in two ways.
            pending.begin = std::min(pending.begin, longest.begin);
            pending.end = std::max(pending.end, longest.end);
        } else {
            if (pending.end != 0)
                found(pending.begin, pending.end);
            pending = longest;
        }
        at = std::max(at + 1, longest.resume);
    }
    if (pending.end != 0)
        found(pending.begin, pending.end);
}

char lower(char character) noexcept
{
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

bool begins_with(std::string_view text, std::string_view word) noexcept
{
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

// The characters that a UESCAPE names.
void add_escapes(std::string_view text, Readers& readers) noexcept
{
    constexpr std::string_view word = "uescape";
    for (std::size_t at = 0; at + word.size() < text.size(); ++at) {
        if (!begins_with(text.substr(at), word))
            continue;
        at += word.size();
        while (at < text.size() && std::strchr(" \t\r\n\f\v'", text[at]) != nullptr && text[at] != '\0')
            ++at;
        if (at < text.size())
            readers.add(Reader::Kind::unicode, text[at]);
    }
}

bool has_unicode_string(std::string_view text) noexcept
{
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1))
        if (at > 0 && lower(text[at - 1]) == 'u')
            return true;
    return false;
}

// Whether the prefix stands somewhere as it is, with what could be the beginning of a body behind it: next to nothing
// but a token has that. The names of this extension's functions begin as its tokens do.
bool has_plain_body(std::string_view text, std::string_view prefix) noexcept
{
    for (std::size_t at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
        const std::string_view rest = text.substr(at + prefix.size(), min_masked_length);
        if (rest.size() == min_masked_length && is_base62(rest))
            return true;
    }
    return false;
}

template <typename Found>
void find_written_bodies(std::string_view text, std::string_view prefix, Found&& found) noexcept
{
    // Nearly every statement of a server: no token as it is, and nothing that could write one otherwise.
    bool const is_unicode = has_unicode_string(text);
    if (!is_unicode && text.find('\\') == std::string_view::npos && !has_plain_body(text, prefix))
        return;
    Readers readers;
    readers.add(Reader::Kind::backslashed, '\\');
    if (is_unicode) {
        readers.add(Reader::Kind::unicode, '\\');
        add_escapes(text, readers);
    }
    find_bodies(text, prefix, readers, found);
}

} // namespace

std::size_t mask_tokens(char* text, std::size_t length, std::string_view prefix) noexcept
{
    std::size_t count = 0;
    find_written_bodies({text, length}, prefix, [&](std::size_t begin, std::size_t end) {
        std::memset(text + begin, mask_character, end - begin);
        ++count;
    });
    return count;
}

bool has_tokens(std::string_view text, std::string_view prefix) noexcept
{
    bool is_found = false;
    find_written_bodies(text, prefix, [&](std::size_t, std::size_t) { is_found = true; });
    return is_found;
}

std::size_t mask_tokens_in_dump(char* text, std::size_t length, std::string_view prefix) noexcept
{
    Readers readers;
    readers.add(Reader::Kind::broken, '\\');
    readers.add(Reader::Kind::bytes, '\0');
    std::size_t count = 0;
    find_bodies({text, length}, prefix, readers, [&](std::size_t begin, std::size_t end) {
        std::memset(text + begin, mask_character, end - begin);
        ++count;
    });
    return count;
}

std::size_t mask_cut_tokens(char* text, std::size_t length) noexcept
{
    constexpr std::string_view mark = "...";
    std::size_t count = 0;
    std::string_view const view(text, length);
    for (std::size_t at = view.find(mark); at != std::string_view::npos; at = view.find(mark, at + 1)) {
        std::size_t const begin = at + mark.size();
        std::size_t end = begin;
        while (end < length && is_base62(text[end]))
            ++end;
        if (end - begin >= min_masked_length) {
            std::memset(text + begin, mask_character, end - begin);
            ++count;
        }
    }
    return count;
}

} // namespace pat_auth::core
