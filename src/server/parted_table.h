// A hash table of fixed size in shared memory, in parts with a lock each: who copies or empties one part holds up
// nobody who uses another.
//
// An entry is of a plain type whose first member is `key`, without padding: it is hashed as bytes. PostgreSQL puts 16
// bytes before each entry, and begins the first at the beginning of a cache line: entries of 64 n - 16 bytes are in n
// lines each.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "common/hashfn.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
}

#include "server/shared_memory.h"

#include <type_traits>

namespace pat_auth::server {

// A constant-initialised static beside the code that uses it.
template <typename Entry, uint32 part_count, long part_capacity>
class PartedTable {
public:
    using Key = decltype(Entry::key);
    static constexpr long capacity = part_count * part_capacity;

    // The name of its locks, and the beginning of those of its parts.
    explicit constexpr PartedTable(const char* name) : name_(name) {}

    // For the functions of a SharedMemory.
    void request() const
    {
        for (uint32 part = 0; part < part_count; ++part)
            RequestAddinShmemSpace(hash_estimate_size(part_capacity, sizeof(Entry)));
        RequestNamedLWLockTranche(name_, part_count);
    }

    void attach()
    {
        for (uint32 part = 0; part < part_count; ++part) {
            HASHCTL control = {};
            control.keysize = sizeof(Key);
            control.entrysize = sizeof(Entry);
            parts_[part] = ShmemInitHash(psprintf("%s %u", name_, part), part_capacity, part_capacity, &control,
                                         HASH_ELEM | HASH_BLOBS | HASH_FIXED_SIZE);
        }
        locks_ = GetNamedLWLockTranche(name_);
    }

    [[nodiscard]] bool exists() const { return locks_ != nullptr; }

    // The part where a key belongs, locked until unlock(). The key must last as long.
    class Place {
    public:
        Entry* find() { return search(HASH_FIND); }

        // The entry, a new one if need be, of which only the key is set; nullptr when the part is full.
        Entry* find_or_add() { return search(HASH_ENTER_NULL); }

        void remove() { search(HASH_REMOVE); }

        void empty()
        {
            HASH_SEQ_STATUS scan;
            hash_seq_init(&scan, part_);
            while (auto* const entry = static_cast<Entry*>(hash_seq_search(&scan)))
                hash_search(part_, &entry->key, HASH_REMOVE, nullptr);
        }

        // Whether find_or_add() added what it returned.
        [[nodiscard]] bool is_new() const { return !found_; }
        [[nodiscard]] long entry_count() const { return hash_get_num_entries(part_); }
        void unlock() { LWLockRelease(lock_); }

    private:
        friend class PartedTable;
        Place(const Key& key, uint32 hash, HTAB* part, LWLock* lock) : key_(key), hash_(hash), part_(part), lock_(lock)
        {}

        Entry* search(HASHACTION action)
        {
            return static_cast<Entry*>(hash_search_with_hash_value(part_, &key_, hash_, action, &found_));
        }

        const Key& key_;
        uint32 hash_;
        HTAB* part_;
        LWLock* lock_;
        bool found_ = false;
    };

    [[nodiscard]] Place lock(const Key& key, LWLockMode mode) const
    {
        // The parts pick their buckets by the low bits of the hash, we the part by the high ones.
        uint32 const hash = get_hash_value(parts_[0], &key);
        uint32 const part = hash / (PG_UINT32_MAX / part_count + 1);
        LWLockAcquire(&locks_[part].lock, mode);
        return Place(key, hash, parts_[part], &locks_[part].lock);
    }
    Place lock(Key&&, LWLockMode) const = delete;

    // Calls visit(entry) for each entry, part after part; it must not raise.
    template <typename Visit>
    void visit(Visit&& visit) const
    {
        visit_parts(LW_SHARED, [&](HTAB* /*part*/, const Entry& entry) { visit(entry); });
    }

    // Removes those of which wanted(entry) is true; it must not raise.
    template <typename Wanted>
    void remove_where(Wanted&& wanted) const
    {
        visit_parts(LW_EXCLUSIVE, [&](HTAB* part, const Entry& entry) {
            // Removing the entry that a scan has just returned is allowed.
            if (wanted(entry))
                hash_search(part, &entry.key, HASH_REMOVE, nullptr);
        });
    }

private:
    static_assert(std::is_trivially_copyable_v<Entry> && std::has_unique_object_representations_v<Key>);

    template <typename Visit>
    void visit_parts(LWLockMode mode, Visit&& visit) const
    {
        for (uint32 part = 0; part < part_count; ++part) {
            LWLockAcquire(&locks_[part].lock, mode);
            HASH_SEQ_STATUS scan;
            hash_seq_init(&scan, parts_[part]);
            while (const auto* const entry = static_cast<const Entry*>(hash_seq_search(&scan)))
                visit(parts_[part], *entry);
            LWLockRelease(&locks_[part].lock);
        }
    }

    const char* name_;
    HTAB* parts_[part_count] = {};
    LWLockPadded* locks_ = nullptr;
};

} // namespace pat_auth::server
