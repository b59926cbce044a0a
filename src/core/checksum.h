// CRC-32: tells a mistyped token text from a whole one without reading a table. No protection against
// forgery.
#pragma once

#include <cstdint>
#include <string_view>

namespace pat_auth::core {

// The CRC of IEEE 802.3 as zlib and gzip compute it: polynomial 0xEDB88320 (reflected), start and final XOR
// all ones.
std::uint32_t crc32(std::string_view bytes) noexcept;

// The same on any processor.
std::uint32_t crc32_by_tables(std::string_view bytes) noexcept;

} // namespace pat_auth::core
