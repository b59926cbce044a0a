// Hints about very many keys in a fixed piece of memory, read and written by many processes at once without a lock. A
// hint may be missing, old, or another key's: whoever asks checks what he finds there. Memory that is all zero is an
// empty table.
//
// A key has one line of the processor's cache and may be in any of its eight words, each a tag and a hint.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pat_auth::core {

class HintTable {
public:
    static constexpr std::uint64_t no_hint = 0;
    static constexpr unsigned hint_bits = 48;

    static constexpr std::size_t size_of(std::uint32_t line_count) noexcept { return sizeof(Line) * line_count; }

    constexpr HintTable() noexcept = default;

    // Memory of size_of(line_count) bytes, on a boundary of a line.
    HintTable(void* memory, std::uint32_t line_count) noexcept
        : lines_(static_cast<Line*>(memory)), line_count_(line_count)
    {}

    [[nodiscard]] bool exists() const noexcept { return lines_ != nullptr; }

    void empty() noexcept
    {
        for (std::uint32_t line = 0; line < line_count_; ++line)
            for (Word& word : lines_[line].words)
                word.store(no_hint, std::memory_order_relaxed);
    }

    // `hash` is the key's, with all its bits evenly spread. What was noted for it, unless it was driven out, or what
    // was noted for another key that looks the same.
    [[nodiscard]] std::uint64_t find(std::uint64_t hash) const noexcept
    {
        for (const Word& word : line_of(hash).words)
            if (const std::uint64_t value = word.load(std::memory_order_relaxed); is_of(value, hash))
                return value & hint_mask;
        return no_hint;
    }

    // Fetches what find() will look at.
    void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&line_of(hash)); }

    // A hint is of hint_bits, and not no_hint. It takes the place of the key's last one, or an empty one, or another
    // key's.
    void note(std::uint64_t hash, std::uint64_t hint) noexcept
    {
        Line& line = line_of(hash);
        Word* place = &line.words[(hash >> tag_bits) % words_a_line];
        for (Word& word : line.words) {
            const std::uint64_t value = word.load(std::memory_order_relaxed);
            if (is_of(value, hash)) {
                place = &word;
                break;
            }
            if (value == no_hint)
                place = &word;
        }
        place->store((hash << hint_bits) | hint, std::memory_order_relaxed);
    }

private:
    using Word = std::atomic<std::uint64_t>;
    static_assert(Word::is_always_lock_free);

    static constexpr std::size_t words_a_line = 8;
    static constexpr unsigned tag_bits = 64 - hint_bits;
    static constexpr std::uint64_t hint_mask = (std::uint64_t{1} << hint_bits) - 1;

    struct alignas(64) Line {
        Word words[words_a_line];
    };

    // The tag is the hash's lowest bits; its highest say which line.
    static bool is_of(std::uint64_t value, std::uint64_t hash) noexcept
    {
        return value != no_hint && value >> hint_bits == (hash & (UINT64_MAX >> hint_bits));
    }

    [[nodiscard]] Line& line_of(std::uint64_t hash) const noexcept
    {
        return lines_[(hash >> 32U) * line_count_ >> 32U];
    }

    Line* lines_ = nullptr;
    std::uint32_t line_count_ = 0;
};

} // namespace pat_auth::core
