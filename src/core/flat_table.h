// A hash table of fixed size in one piece of memory, without a pointer in it: it may lie in shared memory, at another
// address in each process. There it begins with empty(); memory that is all zero is an empty table, too.
//
// Open addressing, linear probing (Knuth, The Art of Computer Programming, volume 3, section 6.4): what is looked for
// is found in a line or two of the processor's cache, one of tags and one of the entry. An entry is moved when another
// one is removed, so a pointer to it is good until then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace pat_auth::core {

// An entry is of a plain type with a member `key`, without padding in it: keys are compared as bytes.
template <typename Entry, std::uint32_t EntryCount>
class FlatTable {
public:
    using Key = decltype(Entry::key);
    static constexpr std::uint32_t capacity = EntryCount;

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

    // Has the processor fetch what a search begins with, while something else is done. Needs no lock.
    void prefetch(std::uint32_t hash) const noexcept
    {
        const std::uint32_t slot = home_of(tag_of(hash));
        __builtin_prefetch(&tags_[slot]);
        __builtin_prefetch(&entries_[slot]);
    }

    // `hash` is the key's, the same at each call; its high bits say where the search begins.
    Entry* find(const Key& key, std::uint32_t hash) noexcept
    {
        const std::uint32_t slot = search(key, tag_of(hash));
        return tags_[slot] == no_tag ? nullptr : &entries_[slot];
    }

    // The entry, a new one if need be, of which only the key is set; nullptr when there is no room.
    Entry* find_or_add(const Key& key, std::uint32_t hash, bool& is_new) noexcept
    {
        const std::uint32_t tag = tag_of(hash);
        const std::uint32_t slot = search(key, tag);
        is_new = tags_[slot] == no_tag;
        if (is_new) {
            if (count_ == capacity)
                return nullptr;
            tags_[slot] = tag;
            entries_[slot].key = key;
            ++count_;
        }
        return &entries_[slot];
    }

    // What stands behind the removed entry and would no longer be found moves up.
    void remove(Entry* entry) noexcept
    {
        auto hole = static_cast<std::uint32_t>(entry - entries_);
        for (std::uint32_t slot = next(hole); tags_[slot] != no_tag; slot = next(slot)) {
            const std::uint32_t distance = distance_between(home_of(tags_[slot]), slot);
            if (distance >= distance_between(hole, slot)) {
                tags_[hole] = tags_[slot];
                entries_[hole] = entries_[slot];
                hole = slot;
            }
        }
        tags_[hole] = no_tag;
        --count_;
    }

    void empty() noexcept
    {
        std::memset(tags_, 0, sizeof tags_);
        count_ = 0;
    }

    template <typename Visit>
    void visit(Visit&& visit)
    {
        for (std::uint32_t slot = 0; slot < slot_count; ++slot)
            if (tags_[slot] != no_tag)
                visit(entries_[slot]);
    }

    template <typename Wanted>
    void remove_where(Wanted&& wanted)
    {
        // What moves up into the slot is looked at too.
        for (std::uint32_t slot = 0; slot < slot_count; ++slot)
            while (tags_[slot] != no_tag && wanted(entries_[slot]))
                remove(&entries_[slot]);
    }

private:
    static_assert(std::is_trivially_copyable_v<Entry> && std::has_unique_object_representations_v<Key>);

    // At most eight of nine are ever used, so that a search ends soon.
    static constexpr std::uint32_t slot_count = EntryCount + EntryCount / 8 + 1;
    static constexpr std::uint32_t no_tag = 0;

    // A tag is the hash, but never that of an empty slot.
    static std::uint32_t tag_of(std::uint32_t hash) noexcept { return hash == no_tag ? 1 : hash; }

    static std::uint32_t home_of(std::uint32_t tag) noexcept
    {
        return static_cast<std::uint32_t>((std::uint64_t{tag} * slot_count) >> 32U);
    }

    static std::uint32_t next(std::uint32_t slot) noexcept { return slot + 1 == slot_count ? 0 : slot + 1; }

    static std::uint32_t distance_between(std::uint32_t from, std::uint32_t to) noexcept
    {
        return to >= from ? to - from : to + slot_count - from;
    }

    // The slot of the key, or the empty one where it would be.
    std::uint32_t search(const Key& key, std::uint32_t tag) const noexcept
    {
        std::uint32_t slot = home_of(tag);
        while (tags_[slot] != no_tag && (tags_[slot] != tag || std::memcmp(&entries_[slot].key, &key, sizeof key) != 0))
            slot = next(slot);
        return slot;
    }

    alignas(64) Entry entries_[slot_count];
    std::uint32_t tags_[slot_count];
    std::uint32_t count_;
};

} // namespace pat_auth::core
