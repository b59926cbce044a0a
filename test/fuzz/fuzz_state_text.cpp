// Fuzzes the parser of the session setting's form: whatever it accepts must be exactly what the formatter
// writes.
#include <cstdlib>

#include "core/state_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pat_auth::core;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::int64_t token_id = -7;
    Digest digest{};
    if (!parse_state_text(text, token_id, digest)) {
        if (token_id != -7 || digest != Digest{})
            std::abort();
        return 0;
    }
    char again[max_state_text_length + 1];
    const std::size_t length = format_state_text(token_id, digest, again);
    if (token_id <= 0 || std::string_view(again, length) != text)
        std::abort();
    return 0;
}
