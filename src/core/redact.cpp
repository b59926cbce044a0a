// Masking token texts.
#include "core/redact.h"

#include <cstring>

#include "core/base62.h"
#include "core/token_text.h"

namespace pat_auth::core {

// From right to left, for two reasons. A prefix stands left of its run, so masking never destroys one that is
// still to be looked at, even where it overlaps the run before it ("pat_" + 57 characters + "pat_" + 60
// characters). And a foreign character found at the left edge of a body-sized window rules out the whole
// window: ordinary text is looked at about once in ten bytes.
std::size_t mask_tokens(char* text, std::size_t length, std::string_view prefix) noexcept
{
    std::size_t masked_runs = 0;
    // No run that is still to be found reaches beyond end.
    std::size_t end = length;
    while (end >= token_body_length) {
        std::size_t begin = end - token_body_length;
        std::size_t foreign_at = begin;
        while (foreign_at < end && is_base62(text[foreign_at]))
            ++foreign_at;
        if (foreign_at < end) {
            end = foreign_at;
            continue;
        }
        while (begin > 0 && is_base62(text[begin - 1]))
            --begin;
        if (begin >= prefix.size() && std::memcmp(text + begin - prefix.size(), prefix.data(), prefix.size()) == 0) {
            std::memset(text + begin, '*', end - begin);
            ++masked_runs;
        }
        end = begin;
    }
    return masked_runs;
}

} // namespace pat_auth::core
