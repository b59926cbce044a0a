// Random bytes and wiping, by libsodium.
#include "core/secret.h"

#include <cstring>

#include <sodium.h>

namespace pat_auth::core {

void wipe(void* memory, std::size_t size) noexcept { sodium_memzero(memory, size); }

void Secret::fill_random() noexcept { randombytes_buf(bytes_, secret_size); }

void SecretSupply::fill(Secret& secret) noexcept
{
    if (is_first_) {
        is_first_ = false;
        secret.fill_random();
        return;
    }
    if (next_ == size) {
        randombytes_buf(bytes_, size);
        next_ = 0;
    }
    std::memcpy(secret.data(), bytes_ + next_, secret_size);
    core::wipe(bytes_ + next_, secret_size);
    next_ += secret_size;
}

void SecretSupply::wipe() noexcept
{
    core::wipe(bytes_, size);
    next_ = size;
    is_first_ = true;
}

} // namespace pat_auth::core
