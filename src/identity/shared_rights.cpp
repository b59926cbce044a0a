// Rights of users in shared memory: see shared_rights.h.

#include "server/prelude.h"

extern "C" {
#include "common/hashfn.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
}

#include "identity/shared_rights.h"

#include "server/catalog.h"

#include <cstring>

namespace pat_auth::identity {

namespace {

// Room for so many users, in parts with a lock each. A part that is full begins anew.
constexpr uint32 part_count = 64;
constexpr long part_capacity = 2048;
constexpr const char* name = "pat_auth rights";

// Ids are those of one installation of the extension: dropped and created again, it counts from 1.
struct Key {
    Oid database;
    Oid installation; // the oid of one of the extension's tables
    int32 user_id;
};

// Role ids, then the names of tenant and user, each with its NUL.
constexpr std::size_t content_size = 192;
struct Copy {
    Key key; // first
    DateADT date;
    uint64 ticket;
    UserRights user; // its pointers mean nothing
    alignas(int32) char content[content_size];
};

HTAB* parts[part_count] = {};
LWLockPadded* locks = nullptr;

// What is returned: this backend's own.
Copy own = {};

shmem_request_hook_type previous_request = nullptr;
shmem_startup_hook_type previous_startup = nullptr;

// The tables pick their buckets by the low bits of the hash, we the part by the high ones.
struct Place {
    uint32 hash;
    HTAB* part;
    LWLock* lock;
};

Place place_of(const Key& key)
{
    uint32 const hash = get_hash_value(parts[0], &key);
    uint32 const part = hash / (PG_UINT32_MAX / part_count + 1);
    return {hash, parts[part], &locks[part].lock};
}

Copy* search(const Place& place, const Key& key, HASHACTION action)
{
    return static_cast<Copy*>(hash_search_with_hash_value(place.part, &key, place.hash, action, nullptr));
}

Key key_of(int32 user_id) { return {MyDatabaseId, server::relation_oid(server::Relation::rights_generation), user_id}; }

void empty(HTAB* part)
{
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, part);
    while (auto* const copy = static_cast<Copy*>(hash_seq_search(&scan)))
        hash_search(part, &copy->key, HASH_REMOVE, nullptr);
}

std::size_t roles_size(const UserRights& user) { return sizeof(int32) * static_cast<std::size_t>(user.role_count); }

// Our own copy, with pointers into its content.
const UserRights* own_rights()
{
    own.user.role_ids = reinterpret_cast<const int32*>(own.content);
    own.user.tenant = own.content + roles_size(own.user);
    own.user.name = own.user.tenant + std::strlen(own.user.tenant) + 1;
    return &own.user;
}

void request()
{
    if (previous_request != nullptr)
        previous_request();
    for (uint32 part = 0; part < part_count; ++part)
        RequestAddinShmemSpace(hash_estimate_size(part_capacity, sizeof(Copy)));
    RequestNamedLWLockTranche(name, part_count);
}

void startup()
{
    if (previous_startup != nullptr)
        previous_startup();
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    for (uint32 part = 0; part < part_count; ++part) {
        HASHCTL control = {};
        control.keysize = sizeof(Key);
        control.entrysize = sizeof(Copy);
        parts[part] = ShmemInitHash(psprintf("%s %u", name, part), part_capacity, part_capacity, &control,
                                    HASH_ELEM | HASH_BLOBS | HASH_FIXED_SIZE);
    }
    locks = GetNamedLWLockTranche(name);
    LWLockRelease(AddinShmemInitLock);
}

} // namespace

const UserRights* find_shared_rights(const CopyTerms& terms)
{
    Key const key = key_of(terms.user_id);
    Place const place = place_of(key);
    LWLockAcquire(place.lock, LW_SHARED);
    const Copy* const copy = search(place, key, HASH_FIND);
    bool const is_good = copy != nullptr && copy->ticket > terms.oldest_ticket && copy->date == terms.date;
    if (is_good)
        own = *copy;
    LWLockRelease(place.lock);
    return is_good ? own_rights() : nullptr;
}

const UserRights* share_rights(const UserRights& user, DateADT date, uint64 ticket)
{
    std::size_t const tenant_size = std::strlen(user.tenant) + 1;
    std::size_t const name_size = std::strlen(user.name) + 1;
    if (roles_size(user) + tenant_size + name_size > content_size)
        return nullptr;
    own.key = key_of(user.user_id);
    own.date = date;
    own.ticket = ticket;
    own.user = user;
    std::memcpy(own.content, user.role_ids, roles_size(user));
    std::memcpy(own.content + roles_size(user), user.tenant, tenant_size);
    std::memcpy(own.content + roles_size(user) + tenant_size, user.name, name_size);

    Place const place = place_of(own.key);
    LWLockAcquire(place.lock, LW_EXCLUSIVE);
    Copy* copy = search(place, own.key, HASH_ENTER_NULL);
    if (copy == nullptr) {
        empty(place.part);
        copy = search(place, own.key, HASH_ENTER_NULL);
    }
    *copy = own;
    LWLockRelease(place.lock);
    return own_rights();
}

void register_shared_rights()
{
    if (!process_shared_preload_libraries_in_progress)
        return;
    previous_request = shmem_request_hook;
    shmem_request_hook = request;
    previous_startup = shmem_startup_hook;
    shmem_startup_hook = startup;
}

} // namespace pat_auth::identity
