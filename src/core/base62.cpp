// Base62: conversion between numbers and characters.
#include "core/base62.h"

#include <algorithm>
#include <array>

namespace pat_auth::core {
namespace {

constexpr unsigned base = 62;
constexpr unsigned char foreign = 0xFF;

static_assert(base62_alphabet.size() == base);

constexpr std::array<unsigned char, 256> make_digit_values() noexcept
{
    std::array<unsigned char, 256> values{};
    for (auto& value : values)
        value = foreign;
    for (std::size_t digit = 0; digit < base62_alphabet.size(); ++digit)
        values[static_cast<unsigned char>(base62_alphabet[digit])] = static_cast<unsigned char>(digit);
    return values;
}

constexpr std::array<unsigned char, 256> digit_values = make_digit_values();

constexpr unsigned char digit_value(char character) noexcept
{
    return digit_values[static_cast<unsigned char>(character)];
}

} // namespace

// Horner's scheme, with the text itself as the accumulator: text = text * 2^32 + word, digit by digit.
// The usual repeated division would need a scratch copy of the number, which would have to be wiped.
void encode_base62(const unsigned char* number, std::size_t number_size, char* text, std::size_t text_length) noexcept
{
    constexpr std::size_t word_size = 4;
    for (std::size_t i = 0; i < text_length; ++i)
        text[i] = 0;
    std::size_t at = 0;
    while (at < number_size) {
        std::uint64_t carry = 0;
        unsigned bits = 0;
        for (; at < number_size && bits < 8 * word_size; ++at, bits += 8)
            carry = carry << 8U | number[at];
        // Of so many bits, log 2 / log 62 < 43 / 256 digits each; those before are still 0.
        std::size_t const digits = std::min(text_length, at * 8 * 43 / 256 + 1);
        for (std::size_t j = text_length; j-- > text_length - digits;) {
            carry += static_cast<std::uint64_t>(static_cast<unsigned char>(text[j])) << bits;
            text[j] = static_cast<char>(carry % base);
            carry /= base;
        }
    }
    for (std::size_t i = 0; i < text_length; ++i)
        text[i] = base62_alphabet[static_cast<unsigned char>(text[i])];
}

bool decode_base62_u64(std::string_view text, std::uint64_t& number) noexcept
{
    if (text.empty())
        return false;
    std::uint64_t sum = 0;
    for (char character : text) {
        const unsigned char digit = digit_value(character);
        if (digit == foreign || __builtin_mul_overflow(sum, base, &sum) || __builtin_add_overflow(sum, digit, &sum))
            return false;
    }
    number = sum;
    return true;
}

bool is_base62(char character) noexcept { return digit_value(character) != foreign; }

// No branch a character: the bits of all of them are gathered, and only a foreign one has the highest.
bool is_base62(std::string_view text) noexcept
{
    static_assert(base < 128 && foreign == 0xFF);
    unsigned gathered = 0;
    for (char character : text)
        gathered |= digit_value(character);
    return gathered < 128;
}

} // namespace pat_auth::core
