// CRC-32 by multiplication without carry: see checksum_folded.h.
//
// After Gopal, Ozturk, Guilford et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"
// (Intel, 2009): the text is a polynomial over GF(2), of which a block of 16 bytes is folded onto the next by
// multiplying it by what x^128 leaves modulo the CRC's polynomial; Barrett's reduction makes 32 bits of the last one.
// Bits are reflected, as in all of this CRC: the first one of a text is its lowest.
#include "core/checksum_folded.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace pat_auth::core {
namespace {

// x^32 is implied, in both.
constexpr std::uint32_t polynomial = 0xEDB88320U;
constexpr std::size_t block_size = 16;

// What x^exponent leaves, as a factor: the product of two reflected numbers comes out one bit too low.
constexpr std::uint64_t power(unsigned exponent) noexcept
{
    std::uint32_t remainder = 0x80000000U; // 1
    for (; exponent > 0; --exponent)
        remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? polynomial : 0U);
    return std::uint64_t{remainder} << 1U;
}

constexpr std::uint64_t whole_polynomial = std::uint64_t{polynomial} << 1U | 1U;

// The quotient of x^64 by the polynomial, 33 bits.
constexpr std::uint64_t quotient() noexcept
{
    std::uint64_t result = 1; // its highest term is x^32, which reflected is the lowest bit
    std::uint32_t remainder = polynomial;
    for (unsigned bit = 1; bit <= 32; ++bit) {
        result |= std::uint64_t{remainder & 1U} << bit;
        remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? polynomial : 0U);
    }
    return result;
}

// Pushes a block's bytes back and fills up with zeros in front, by taking from here, so many earlier.
alignas(16) constexpr unsigned char places[2 * block_size] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15};

__m128i load(const void* bytes) noexcept { return _mm_loadu_si128(static_cast<const __m128i*>(bytes)); }

__m128i factors(std::uint64_t low, std::uint64_t high) noexcept
{
    return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

} // namespace

bool can_fold_crc32(std::size_t length) noexcept
{
    const std::size_t first = length % block_size;
    return length >= block_size && (first == 0 || first >= sizeof polynomial) &&
           __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("ssse3") != 0;
}

__attribute__((target("pclmul,ssse3"))) std::uint32_t folded_crc32(std::string_view bytes) noexcept
{
    constexpr std::uint64_t by_128_bits = power(128 + 32);
    constexpr std::uint64_t by_64_bits = power(128 - 32);
    constexpr std::uint64_t by_32_bits = power(64);
    constexpr std::uint64_t inverse = quotient();

    // Zeros in front change no remainder, so that the first block is the one that is filled up. The CRC starts with all
    // ones, which is to say that the text's first 32 bits are inverted.
    const std::size_t missing = (block_size - bytes.size() % block_size) % block_size;
    const __m128i first = _mm_xor_si128(load(bytes.data()), _mm_cvtsi32_si128(-1));
    __m128i folded = _mm_shuffle_epi8(first, load(places + block_size - missing));

    const __m128i onto_next = factors(by_128_bits, by_64_bits);
    for (std::size_t at = block_size - missing; at < bytes.size(); at += block_size) {
        const __m128i low = _mm_clmulepi64_si128(folded, onto_next, 0x00);
        const __m128i high = _mm_clmulepi64_si128(folded, onto_next, 0x11);
        folded = _mm_xor_si128(load(bytes.data() + at), _mm_xor_si128(low, high));
    }

    // 128 bits, and the 32 zeros that a CRC is the remainder with, become 96, then 64.
    const __m128i low_32 = factors(UINT32_MAX, 0);
    const __m128i shorter = factors(by_64_bits, by_32_bits);
    folded = _mm_xor_si128(_mm_clmulepi64_si128(folded, shorter, 0x00), _mm_srli_si128(folded, 8));
    folded =
        _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(folded, low_32), shorter, 0x10), _mm_srli_si128(folded, 4));

    const __m128i barrett = factors(whole_polynomial, inverse);
    __m128i multiple = _mm_clmulepi64_si128(_mm_and_si128(folded, low_32), barrett, 0x10);
    multiple = _mm_clmulepi64_si128(_mm_and_si128(multiple, low_32), barrett, 0x00);
    const __m128i remainder = _mm_srli_si128(_mm_xor_si128(folded, multiple), 4);
    return ~static_cast<std::uint32_t>(_mm_cvtsi128_si32(remainder));
}

} // namespace pat_auth::core

#else

namespace pat_auth::core {

bool can_fold_crc32(std::size_t /*length*/) noexcept { return false; }

std::uint32_t folded_crc32(std::string_view /*bytes*/) noexcept { return 0; }

} // namespace pat_auth::core

#endif
