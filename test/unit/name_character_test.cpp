// core/name_character.h

#include "core/name_character.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace pat_auth::core {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// That it is so for exactly the characters of the ranges, of all that there are.
void expect_exactly(bool (*is_so)(char32_t) noexcept, const std::vector<Range>& ranges)
{
    std::size_t expected = 0;
    for (const Range& range : ranges)
        for (char32_t character = range.first; character <= range.last; ++character, ++expected)
            EXPECT_TRUE(is_so(character)) << std::hex << static_cast<unsigned>(character);
    std::size_t found = 0;
    for (char32_t character = 0; character <= 0x10ffff; ++character)
        found += is_so(character) ? 1 : 0;
    EXPECT_EQ(found, expected);
}

TEST(NameCharacter, deceptive_are_controls_line_separators_and_marks_of_direction)
{
    expect_exactly(is_deceptive, {{0x00, 0x1f},
                                  {0x7f, 0x9f},
                                  {0x061c, 0x061c},
                                  {0x200e, 0x200f},
                                  {0x2028, 0x2029},
                                  {0x202a, 0x202e},
                                  {0x2066, 0x2069},
                                  {0xfeff, 0xfeff}});
}

// White_Space as in Unicode's PropList.txt, Default_Ignorable_Code_Point as in DerivedCoreProperties.txt but for the
// joiners and the variation selectors, and Braille's empty pattern.
TEST(NameCharacter, blank_are_white_space_and_what_shows_nothing)
{
    expect_exactly(is_blank,
                   {{0x09, 0x0d},       {0x20, 0x20},     {0x85, 0x85},       {0xa0, 0xa0},       {0x1680, 0x1680},
                    {0x2000, 0x200a},   {0x2028, 0x2028}, {0x2029, 0x2029},   {0x202f, 0x202f},   {0x205f, 0x205f},
                    {0x3000, 0x3000},   {0xad, 0xad},     {0x34f, 0x34f},     {0x61c, 0x61c},     {0x115f, 0x1160},
                    {0x17b4, 0x17b5},   {0x180e, 0x180e}, {0x200b, 0x200b},   {0x200e, 0x200f},   {0x202a, 0x202e},
                    {0x2060, 0x2064},   {0x2065, 0x2065}, {0x2066, 0x206f},   {0x3164, 0x3164},   {0xfeff, 0xfeff},
                    {0xffa0, 0xffa0},   {0xfff0, 0xfff8}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff},
                    {0xe01f0, 0xe0fff}, {0x2800, 0x2800}});
}

TEST(NameCharacter, joiners_are_neither)
{
    for (char32_t const character : {U'\u200c', U'\u200d'}) {
        EXPECT_FALSE(is_blank(character));
        EXPECT_FALSE(is_deceptive(character));
    }
}

} // namespace
} // namespace pat_auth::core
