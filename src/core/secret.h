// Memory for secrets, wiped when it goes.
//
// The wiping is done by destructors, which an error of the server (longjmp) skips: no call into PostgreSQL
// that may raise an error belongs in a frame while one of these lives there, unless it is guarded below.
#pragma once

#include <cstddef>

namespace pat_auth::core {

// Zeroes memory in a way that the optimiser does not remove.
void wipe(void* memory, std::size_t size) noexcept;

inline constexpr std::size_t secret_size = 32;

// The 256 random bits of a token. Not copyable, so that there is one place to wipe; zero until it is filled.
class Secret {
public:
    Secret() noexcept = default;
    ~Secret() { wipe(bytes_, secret_size); }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    // From the operating system's generator. The caller has called sodium_init() once in this process.
    void fill_random() noexcept;

    unsigned char* data() noexcept { return bytes_; }
    const unsigned char* data() const noexcept { return bytes_; }
    static constexpr std::size_t size() noexcept { return secret_size; }

private:
    unsigned char bytes_[secret_size] = {};
};

// Secrets to come, for who makes many: to ask the operating system for each takes as long as all else that a token's
// text takes. The first is asked for alone, as most need but one.
class SecretSupply {
public:
    SecretSupply() noexcept = default;
    ~SecretSupply() { wipe(); }
    SecretSupply(const SecretSupply&) = delete;
    SecretSupply& operator=(const SecretSupply&) = delete;

    // Each is given once, and not kept.
    void fill(Secret& secret) noexcept;

    // As if it were new.
    void wipe() noexcept;

private:
    // As many as the system's generator gives at once, whatever happens meanwhile: getrandom(2).
    static constexpr std::size_t size = 256;
    static_assert(size % secret_size == 0);

    unsigned char bytes_[size] = {};
    std::size_t next_ = size;
    bool is_first_ = true;
};

// A buffer for the text of a secret.
template <std::size_t Size>
class WipedText {
public:
    WipedText() noexcept = default;
    ~WipedText() { wipe(text_, Size); }
    WipedText(const WipedText&) = delete;
    WipedText& operator=(const WipedText&) = delete;

    char* data() noexcept { return text_; }
    const char* data() const noexcept { return text_; }
    static constexpr std::size_t size() noexcept { return Size; }

private:
    char text_[Size] = {};
};

} // namespace pat_auth::core
