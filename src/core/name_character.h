// Which characters names do without, as Unicode code points.
#pragma once

namespace pat_auth::core {

// What a person cannot see for what it is. The general categories Cc, Zl and Zp, the bidirectional controls of UAX #9,
// section 2, and the byte order mark.
constexpr bool is_deceptive(char32_t character) noexcept
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x061c || character == 0x200e ||
           character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

// What nobody sees at the end of a name. The property White_Space; Default_Ignorable_Code_Point, but for U+200C, U+200D
// and the variation selectors, which shape the letter before them (in Malayalam and Sinhala words end in one); and the
// empty pattern of Braille, U+2800.
constexpr bool is_blank(char32_t character) noexcept
{
    return (character >= 0x09 && character <= 0x0d) || character == 0x20 || character == 0x85 || character == 0xa0 ||
           character == 0xad || character == 0x034f || character == 0x061c || character == 0x115f ||
           character == 0x1160 || character == 0x1680 || character == 0x17b4 || character == 0x17b5 ||
           character == 0x180e || (character >= 0x2000 && character <= 0x200b) || character == 0x200e ||
           character == 0x200f || (character >= 0x2028 && character <= 0x202f) ||
           (character >= 0x205f && character <= 0x206f) || character == 0x2800 || character == 0x3000 ||
           character == 0x3164 || character == 0xfeff || character == 0xffa0 ||
           (character >= 0xfff0 && character <= 0xfff8) || (character >= 0x1bca0 && character <= 0x1bca3) ||
           (character >= 0x1d173 && character <= 0x1d17a) || (character >= 0xe0000 && character <= 0xe00ff) ||
           (character >= 0xe01f0 && character <= 0xe0fff);
}

} // namespace pat_auth::core
