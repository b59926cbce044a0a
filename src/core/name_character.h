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

// What nobody sees at the end of a name. The property White_Space, and the characters without width that divide words
// or hold them together: U+180E (once White_Space), U+200B, U+2060, U+FEFF. Not U+200C and U+200D, which have no width
// either: they shape the letter beside them, and in Malayalam and Sinhala words end in one.
constexpr bool is_blank(char32_t character) noexcept
{
    return (character >= 0x09 && character <= 0x0d) || character == 0x20 || character == 0x85 || character == 0xa0 ||
           character == 0x1680 || character == 0x180e || (character >= 0x2000 && character <= 0x200b) ||
           character == 0x2028 || character == 0x2029 || character == 0x202f || character == 0x205f ||
           character == 0x2060 || character == 0x3000 || character == 0xfeff;
}

} // namespace pat_auth::core
