// CRC-32 by the processor's multiplication without carry, where it has one: a third of the instructions of the tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pat_auth::core {

// Whether a text of this length can be: what does not fill a block of 16 bytes comes first, and has 4 bytes at least.
// Never where the processor cannot.
bool can_fold_crc32(std::size_t length) noexcept;

// What crc32() says of such a text.
std::uint32_t folded_crc32(std::string_view bytes) noexcept;

} // namespace pat_auth::core
