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

// White_Space as in Unicode's PropList.txt, line by line, then those without width.
TEST(NameCharacter, blank_are_white_space_and_what_has_no_width)
{
    expect_exactly(is_blank, {{0x09, 0x0d},
                              {0x20, 0x20},
                              {0x85, 0x85},
                              {0xa0, 0xa0},
                              {0x1680, 0x1680},
                              {0x2000, 0x200a},
                              {0x2028, 0x2028},
                              {0x2029, 0x2029},
                              {0x202f, 0x202f},
                              {0x205f, 0x205f},
                              {0x3000, 0x3000},
                              {0x180e, 0x180e},
                              {0x200b, 0x200b},
                              {0x2060, 0x2060},
                              {0xfeff, 0xfeff}});
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
