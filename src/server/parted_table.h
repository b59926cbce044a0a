// A hash table of fixed size in shared memory, in parts with a lock each: who copies or empties one part holds up
// nobody who uses another. A part is a core::FlatTable: PostgreSQL's own table of shared memory takes half a dozen
// lines of the processor's cache for a look-up, this one two and those of the entry.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "common/hashfn.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
}

#include "core/flat_table.h"
#include "server/shared_memory.h"

namespace pat_auth::server {

// A constant-initialised static beside the code that uses it.
template <typename Entry, uint32 PartCount, uint32 PartCapacity>
class PartedTable {
    using Part = core::FlatTable<Entry, PartCapacity>;

public:
    using Key = decltype(Entry::key);
    static constexpr long capacity = long{PartCount} * PartCapacity;

    // The name of the memory and of its locks.
    explicit constexpr PartedTable(const char* name) : name_(name) {}

    // For the functions of a SharedMemory.
    void request() const
    {
        RequestAddinShmemSpace(sizeof(Part) * PartCount);
        RequestNamedLWLockTranche(name_, PartCount);
    }

    void attach()
    {
        bool found = false;
        static_assert(alignof(Part) <= PG_CACHE_LINE_SIZE); // as this memory is aligned
        parts_ = static_cast<Part*>(ShmemInitStruct(name_, sizeof(Part) * PartCount, &found));
        for (uint32 part = 0; !found && part < PartCount; ++part)
            parts_[part].empty();
        locks_ = GetNamedLWLockTranche(name_);
    }

    [[nodiscard]] bool exists() const { return locks_ != nullptr; }

    // The part where a key belongs, locked until unlock(). The key must last as long.
    class Place {
    public:
        Entry* find() { return part_->find(key_, hash_); }

        // The entry, a new one if need be, of which only the key is set; nullptr when the part is full.
        Entry* find_or_add() { return part_->find_or_add(key_, hash_, is_new_); }

        void remove(Entry* entry) { part_->remove(entry); }
        void empty() { part_->empty(); }

        // Whether find_or_add() added what it returned.
        [[nodiscard]] bool is_new() const { return is_new_; }
        [[nodiscard]] bool is_filling() const { return part_->count() > PartCapacity / 2; }
        void unlock() { LWLockRelease(lock_); }

    private:
        friend class PartedTable;
        Place(const Key& key, uint32 hash, Part* part, LWLock* lock) : key_(key), hash_(hash), part_(part), lock_(lock)
        {}

        const Key& key_;
        uint32 hash_;
        Part* part_;
        LWLock* lock_;
        bool is_new_ = false;
    };

    [[nodiscard]] Place lock(const Key& key, LWLockMode mode) const
    {
        // The high bits pick the part, what is left of them the place in it.
        uint64 const hash = uint64{hash_bytes(reinterpret_cast<const unsigned char*>(&key), sizeof key)} * PartCount;
        auto const part = static_cast<uint32>(hash >> 32);
        parts_[part].prefetch(static_cast<uint32>(hash));
        LWLockAcquire(&locks_[part].lock, mode);
        return Place(key, static_cast<uint32>(hash), &parts_[part], &locks_[part].lock);
    }
    Place lock(Key&&, LWLockMode) const = delete;

    // Calls visit(entry) for each entry, part after part; it must not raise.
    template <typename Visit>
    void visit(Visit&& visit) const
    {
        in_each_part(LW_SHARED, [&](Part& part) { part.visit(visit); });
    }

    // Removes those of which wanted(entry) is true; it must not raise.
    template <typename Wanted>
    void remove_where(Wanted&& wanted) const
    {
        in_each_part(LW_EXCLUSIVE, [&](Part& part) { part.remove_where(wanted); });
    }

private:
    template <typename Function>
    void in_each_part(LWLockMode mode, Function&& function) const
    {
        for (uint32 part = 0; part < PartCount; ++part) {
            LWLockAcquire(&locks_[part].lock, mode);
            function(parts_[part]);
            LWLockRelease(&locks_[part].lock);
        }
    }

    const char* name_;
    Part* parts_ = nullptr;
    LWLockPadded* locks_ = nullptr;
};

} // namespace pat_auth::server
