// Fuzzes the token parser: whatever it accepts must be exactly what the formatter writes for that id and
// secret.
#include <cstdlib>
#include <cstring>

#include "core/base62.h"
#include "core/checksum.h"
#include "core/token_text.h"

namespace {

using namespace pat_auth::core;

void require(bool holds)
{
    if (!holds)
        std::abort();
}

// Plain 256-bit arithmetic, apart from the core's; aborts on overflow, which the parser promises to have
// refused.
void decode_secret(std::string_view text, Secret& secret)
{
    for (char character : text) {
        auto carry = static_cast<unsigned>(base62_alphabet.find(character));
        for (std::size_t i = secret_size; i-- > 0;) {
            carry += secret.data()[i] * 62U;
            secret.data()[i] = static_cast<unsigned char>(carry);
            carry >>= 8U;
        }
        require(carry == 0);
    }
}

void check(std::string_view text, std::string_view prefix)
{
    std::int64_t token_id = -7;
    if (!parse_token_text(text, prefix, token_id)) {
        require(token_id == -7);
        return;
    }
    require(token_id > 0);
    Secret secret;
    decode_secret(text.substr(prefix.size() + token_id_length, token_secret_length), secret);
    char again[max_token_text_length];
    require(token_text_length(prefix) == text.size());
    format_token_text(prefix, token_id, secret, again);
    require(text == std::string_view(again, text.size()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check(input, default_token_prefix);

    // A prefix from the input itself.
    const std::string_view prefix = input.substr(0, input.find('_') + 1);
    if (is_token_prefix(prefix))
        check(input, prefix);

    // In the alphabet and with a checksum that fits, so that the checks behind those are reached too.
    constexpr std::size_t checked_length = 4 + token_id_length + token_secret_length;
    if (size >= checked_length) {
        char text[checked_length + token_checksum_length];
        for (std::size_t i = 0; i < checked_length; ++i)
            text[i] = base62_alphabet[data[i] % base62_alphabet.size()];
        std::memcpy(text, default_token_prefix.data(), default_token_prefix.size());
        const std::uint32_t checksum = crc32(std::string_view(text, checked_length));
        unsigned char bytes[4];
        for (unsigned i = 0; i < 4; ++i)
            bytes[i] = static_cast<unsigned char>(checksum >> (24 - 8 * i));
        encode_base62(bytes, sizeof bytes, text + checked_length, token_checksum_length);
        check(std::string_view(text, sizeof text), default_token_prefix);
    }
    return 0;
}
