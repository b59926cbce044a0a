// Rights of users in shared memory: see shared_rights.h.

#include "server/prelude.h"

#include "identity/shared_rights.h"

#include "server/catalog.h"
#include "server/parted_table.h"

#include <cstring>

namespace pat_auth::identity {

namespace {

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

// Room for so many users. A part that is full begins anew.
server::PartedTable<Copy, 64, 2048> table("pat_auth rights");

// What is returned: this backend's own.
Copy own = {};

Key key_of(int32 user_id) { return {MyDatabaseId, server::relation_oid(server::Relation::rights_generation), user_id}; }

std::size_t roles_size(const UserRights& user) { return sizeof(int32) * static_cast<std::size_t>(user.role_count); }

// Our own copy, with pointers into its content.
const UserRights* own_rights()
{
    own.user.role_ids = reinterpret_cast<const int32*>(own.content);
    own.user.tenant = own.content + roles_size(own.user);
    own.user.name = own.user.tenant + std::strlen(own.user.tenant) + 1;
    return &own.user;
}

server::SharedMemory memory = {[] { table.request(); }, [] { table.attach(); }, nullptr};

} // namespace

const UserRights* find_shared_rights(const CopyTerms& terms)
{
    Key const key = key_of(terms.user_id);
    auto place = table.lock(key, LW_SHARED);
    const Copy* const copy = place.find();
    bool const is_good = copy != nullptr && copy->ticket > terms.oldest_ticket && copy->date == terms.date;
    if (is_good)
        own = *copy;
    place.unlock();
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

    auto place = table.lock(own.key, LW_EXCLUSIVE);
    Copy* copy = place.find_or_add();
    if (copy == nullptr) {
        place.empty();
        copy = place.find_or_add();
    }
    *copy = own;
    place.unlock();
    return own_rights();
}

void register_shared_rights() { server::register_shared_memory(memory); }

} // namespace pat_auth::identity
