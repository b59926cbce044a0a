// The server-wide settings of tokens: see settings.h.

#include "server/version.h"

extern "C" {
#include "access/parallel.h"
}

#include "identity/settings.h"

#include "core/secret.h"
#include "core/token_text.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace pat_auth::identity {

namespace {

char* prefix_value = nullptr;
std::size_t prefix_size = 0;
char* pepper_file_value = nullptr;

// A key shorter than the digest would be the weakest part of it (RFC 2104, section 3).
constexpr std::size_t min_pepper_size = 32;
constexpr std::size_t max_pepper_size = 4096;

struct Pepper {
    std::size_t size;
    char bytes[max_pepper_size];
};
const Pepper* pepper = nullptr;

// A starting parallel worker, in which all settings are made anew, has the pepper that its process was begun with, or
// none: it does not read the file for itself.
Pepper pepper_of_server = {};
bool has_pepper_of_server = false;

bool is_defined = false; // the settings are, and a value that comes now is of a reload

bool check_prefix(char** value, void** /*extra*/, GucSource /*source*/)
{
    if (core::is_token_prefix(*value))
        return true;
    GUC_check_errdetail("A prefix is 1 to %zu letters, digits and underscores, the last one an underscore.",
                        core::max_token_prefix_length);
    return false;
}

void assign_prefix(const char* value, void* /*extra*/) { prefix_size = std::strlen(value); }

// Wipes and gives back a buffer that will not be used.
void drop(Pepper* buffer)
{
    core::wipe(buffer, sizeof(Pepper));
    server::free_setting(buffer);
}

bool read_pepper(const char* path, Pepper& buffer)
{
    std::FILE* const file = std::fopen(path, "rb");
    if (file == nullptr)
        return false;
    std::setvbuf(file, nullptr, _IONBF, 0); // no second copy of the pepper in a buffer that nobody wipes
    buffer.size = std::fread(buffer.bytes, 1, max_pepper_size, file);
    bool const is_whole = std::ferror(file) == 0 && std::fgetc(file) == EOF;
    std::fclose(file);
    return is_whole && buffer.size >= min_pepper_size;
}

// Reads the file anew at each reload of the configuration, and one that cannot be read leaves the setting as it was. At
// the start, of the server or of a session that loads the library, it is taken all the same: without it, new tokens
// would silently be made with no pepper. Then no token is made or accepted (is_pepper_missing).
bool check_pepper_file(char** value, void** extra, GucSource /*source*/)
{
    if ((*value)[0] == '\0')
        return true;
    if (!is_absolute_path(*value)) {
        GUC_check_errdetail("The path must be absolute.");
        return false;
    }
    auto* const buffer = static_cast<Pepper*>(server::allocate_setting(sizeof(Pepper)));
    if (buffer == nullptr)
        return false;
    if (InitializingParallelWorker) {
        if (!has_pepper_of_server) {
            server::free_setting(buffer);
            return true;
        }
        *buffer = pepper_of_server;
        *extra = buffer;
        return true;
    }
    if (read_pepper(*value, *buffer)) {
        *extra = buffer;
        return true;
    }
    drop(buffer);
    if (is_defined) {
        GUC_check_errdetail("The file \"%s\" must be readable and hold %zu to %zu bytes.", *value, min_pepper_size,
                            max_pepper_size);
        return false;
    }
    ereport(WARNING, (errmsg("pat_auth: the pepper file \"%s\" cannot be read, or does not hold %zu to %zu bytes",
                             *value, min_pepper_size, max_pepper_size),
                      errdetail("Tokens are neither made nor accepted.")));
    return true;
}

void assign_pepper_file(const char* /*value*/, void* extra)
{
    pepper = static_cast<const Pepper*>(extra);
    if (InitializingParallelWorker)
        return;
    has_pepper_of_server = pepper != nullptr;
    if (has_pepper_of_server)
        pepper_of_server = *pepper;
    else
        core::wipe(&pepper_of_server, sizeof pepper_of_server);
}

} // namespace

void define_settings()
{
    DefineCustomStringVariable("pat_auth.token_prefix", "What the text of a personal access token begins with.",
                               "Tokens of another prefix are refused.", &prefix_value, "pat_", PGC_SIGHUP, 0,
                               check_prefix, assign_prefix, nullptr);
    DefineCustomStringVariable(
        "pat_auth.pepper_file", "File with a secret key that the stored digests of tokens depend on.",
        "Empty: plain SHA-256. Tokens made under another pepper are refused.", &pepper_file_value, "", PGC_SIGHUP,
        GUC_SUPERUSER_ONLY, check_pepper_file, assign_pepper_file, nullptr);
    is_defined = true;
}

bool is_pepper_missing() { return pepper == nullptr && pepper_file_value[0] != '\0'; }

std::string_view token_prefix() { return {prefix_value, prefix_size}; }

core::Digest digest_of(std::string_view token_text)
{
    return pepper == nullptr ? core::sha256(token_text) : core::hmac_sha256({pepper->bytes, pepper->size}, token_text);
}

} // namespace pat_auth::identity
