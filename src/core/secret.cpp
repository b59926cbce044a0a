// Random bytes and wiping, by libsodium.
#include "core/secret.h"

#include <sodium.h>

namespace pat_auth::core {

void wipe(void* memory, std::size_t size) noexcept { sodium_memzero(memory, size); }

void Secret::fill_random() noexcept { randombytes_buf(bytes_, secret_size); }

} // namespace pat_auth::core
