// The server-wide settings of tokens: see settings.h.

#include "server/version.h"

#include "identity/settings.h"

#include "core/secret.h"
#include "core/token_text.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace pat_auth::identity {

namespace {

char* prefix_value = nullptr;
char* pepper_file_value = nullptr;

// A key shorter than the digest would be the weakest part of it (RFC 2104, section 3).
constexpr std::size_t min_pepper_size = 32;
constexpr std::size_t max_pepper_size = 4096;

struct Pepper {
    std::size_t size;
    char bytes[max_pepper_size];
};
const Pepper* pepper = nullptr;

bool check_prefix(char** value, void** /*extra*/, GucSource /*source*/)
{
    if (core::is_token_prefix(*value))
        return true;
    GUC_check_errdetail("A prefix is 1 to %zu letters, digits and underscores, the last one an underscore.",
                        core::max_token_prefix_length);
    return false;
}

// Reads the file anew at each reload of the configuration; refuses the setting rather than go on without the pepper.
bool check_pepper_file(char** value, void** extra, GucSource /*source*/)
{
    if ((*value)[0] == '\0')
        return true;
    if (!is_absolute_path(*value)) {
        GUC_check_errdetail("The path must be absolute.");
        return false;
    }
    auto* read = static_cast<Pepper*>(server::allocate_setting(sizeof(Pepper)));
    if (read == nullptr)
        return false;

    std::FILE* file = std::fopen(*value, "rb");
    bool complete = false;
    if (file != nullptr) {
        std::setvbuf(file, nullptr, _IONBF, 0); // no second copy of the pepper in a buffer that nobody wipes
        read->size = std::fread(read->bytes, 1, max_pepper_size, file);
        complete = std::ferror(file) == 0 && std::fgetc(file) == EOF;
        std::fclose(file);
    }
    if (!complete || read->size < min_pepper_size) {
        if (file == nullptr)
            GUC_check_errdetail("Could not open the file \"%s\".", *value);
        else
            GUC_check_errdetail("The file must be readable and hold %zu to %zu bytes.", min_pepper_size,
                                max_pepper_size);
        core::wipe(read, sizeof(Pepper));
        server::free_setting(read);
        return false;
    }
    *extra = read;
    return true;
}

void assign_pepper_file(const char* /*value*/, void* extra) { pepper = static_cast<const Pepper*>(extra); }

} // namespace

void define_settings()
{
    DefineCustomStringVariable("pat_auth.token_prefix", "What the text of a personal access token begins with.",
                               "Tokens of another prefix are refused.", &prefix_value, "pat_", PGC_SIGHUP, 0,
                               check_prefix, nullptr, nullptr);
    DefineCustomStringVariable(
        "pat_auth.pepper_file", "File with a secret key that the stored digests of tokens depend on.",
        "Empty: plain SHA-256. Tokens made under another pepper are refused.", &pepper_file_value, "", PGC_SIGHUP,
        GUC_SUPERUSER_ONLY, check_pepper_file, assign_pepper_file, nullptr);
}

std::string_view token_prefix() { return prefix_value; }

core::Digest digest_of(std::string_view token_text)
{
    return pepper == nullptr ? core::sha256(token_text) : core::hmac_sha256({pepper->bytes, pepper->size}, token_text);
}

} // namespace pat_auth::identity
