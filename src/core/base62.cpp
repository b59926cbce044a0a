// Base62: conversion between numbers and characters.
#include "core/base62.h"

#include <algorithm>
#include <array>

#include "core/secret.h"

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

// Horner's scheme in groups of five digits: number = number * 2^32 + word.
void encode_base62(const unsigned char* number, std::size_t number_size, char* text, std::size_t text_length) noexcept
{
    constexpr std::size_t word_size = 4;
    constexpr std::size_t group_length = 5;
    constexpr std::uint32_t group_base = base * base * base * base * base;
    std::uint32_t groups[(max_base62_length + group_length - 1) / group_length] = {}; // the lowest first
    const std::size_t group_count = (text_length + group_length - 1) / group_length;

    std::size_t at = 0;
    while (at < number_size) {
        std::uint64_t carry = 0;
        unsigned bits = 0;
        for (; at < number_size && bits < 8 * word_size; ++at, bits += 8)
            carry = carry << 8U | number[at];
        // A group is more than 29 bits; those above are still 0.
        const std::size_t used = std::min(group_count, at * 8 / 29 + 1);
        for (std::size_t i = 0; i < used; ++i) {
            carry += std::uint64_t{groups[i]} << bits;
            groups[i] = static_cast<std::uint32_t>(carry % group_base);
            carry /= group_base;
        }
    }

    std::size_t end = text_length;
    for (std::size_t i = 0; i < group_count; ++i) {
        const std::size_t begin = end > group_length ? end - group_length : 0;
        for (std::uint32_t group = groups[i]; end > begin; group /= base)
            text[--end] = base62_alphabet[group % base];
    }
    wipe(groups, sizeof groups);
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
