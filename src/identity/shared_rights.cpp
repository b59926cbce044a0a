// Rights in shared memory: see shared_rights.h.

#include "server/prelude.h"

#include "identity/shared_rights.h"

#include "server/catalog.h"
#include "server/parted_table.h"

#include <algorithm>
#include <cstring>

namespace pat_auth::identity {

namespace {

// Ids are those of one installation of the extension: dropped and created again, it counts from 1.
struct Key {
    Oid database;
    Oid installation; // the oid of one of the extension's tables
    int32 id;
};

// Role ids, then the names of tenant and user, each with its NUL: in most cases the second line of the processor's
// cache has their end.
constexpr std::size_t content_size = 180;
struct UserCopy {
    Key key;
    DateADT date;
    uint64 ticket;
    UserRights user; // its pointers mean nothing
    uint32 used;     // of the content
    alignas(int32) char content[content_size];
};
static_assert(sizeof(UserCopy) == 256);

// A block that holds the roles, the tenants that are switched off, then the names of the application and of its roles,
// each with its NUL.
constexpr std::size_t block_size = 8128;
struct ApplicationCopy {
    Key key;
    uint32 used;
    uint64 ticket;
    ApplicationRights application; // its pointers mean nothing, and neither do those of its roles
    alignas(RoleRights) char block[block_size];
};

// Room for so many. A part that is full begins anew.
server::PartedTable<UserCopy, 64, 2048> users("pat_auth rights");
server::PartedTable<ApplicationCopy, 16, 32> applications("pat_auth applications");

// What is returned: this backend's own.
UserCopy own = {};

Key key_of(int32 id) { return {MyDatabaseId, server::relation_oid(server::Relation::rights_generation), id}; }

std::size_t size_of_name(const char* name) { return std::strlen(name) + 1; }

std::size_t roles_size(const UserRights& user) { return sizeof(int32) * static_cast<std::size_t>(user.role_count); }

// Our own copy, with pointers into its content.
const UserRights* own_rights()
{
    own.user.role_ids = reinterpret_cast<const int32*>(own.content);
    own.user.tenant = own.content + roles_size(own.user);
    own.user.name = own.user.tenant + size_of_name(own.user.tenant);
    return &own.user;
}

// The entry of a locked place, a new one if need be.
template <typename Place>
auto* make_room(Place& place)
{
    auto* copy = place.find_or_add();
    if (copy == nullptr) {
        place.empty();
        copy = place.find_or_add();
    }
    return copy;
}

std::size_t roles_size(const ApplicationRights& application)
{
    return sizeof(RoleRights) * static_cast<std::size_t>(application.role_count);
}

std::size_t tenants_size(const ApplicationRights& application)
{
    return sizeof(int32) * static_cast<std::size_t>(application.tenant_off_count);
}

std::size_t used_size(const ApplicationRights& application)
{
    std::size_t size = roles_size(application) + tenants_size(application) + size_of_name(application.name);
    for (int32 i = 0; i < application.role_count && size <= block_size; ++i)
        size += size_of_name(application.roles[i].name);
    return size;
}

void fill_block(char* block, const ApplicationRights& application)
{
    auto const append = [&block](const void* content, std::size_t size) {
        block = std::copy_n(static_cast<const char*>(content), size, block);
    };
    append(application.roles, roles_size(application));
    append(application.tenants_off, tenants_size(application));
    append(application.name, size_of_name(application.name));
    for (int32 i = 0; i < application.role_count; ++i)
        append(application.roles[i].name, size_of_name(application.roles[i].name));
}

// Pointers into a block of this backend's.
void point_into(char* block, ApplicationRights& application)
{
    auto* const roles = reinterpret_cast<RoleRights*>(block);
    application.roles = roles;
    application.tenants_off = reinterpret_cast<const int32*>(block + roles_size(application));
    application.name = block + roles_size(application) + tenants_size(application);
    const char* name = application.name;
    for (int32 i = 0; i < application.role_count; ++i) {
        name += size_of_name(name);
        roles[i].name = name;
    }
}

void request()
{
    users.request();
    applications.request();
}

void attach()
{
    users.attach();
    applications.attach();
}

server::SharedMemory memory = {request, attach, nullptr};

} // namespace

const UserRights* find_shared_rights(const CopyTerms& terms)
{
    Key const key = key_of(terms.user_id);
    auto place = users.lock(key, LW_SHARED);
    const UserCopy* const copy = place.find();
    bool const is_good = copy != nullptr && copy->ticket > terms.oldest_ticket && copy->date == terms.date;
    if (is_good)
        std::memcpy(&own, copy, offsetof(UserCopy, content) + copy->used);
    place.unlock();
    return is_good ? own_rights() : nullptr;
}

const UserRights* share_rights(const UserRights& user, DateADT date, uint64 ticket)
{
    std::size_t const tenant_size = size_of_name(user.tenant);
    std::size_t const name_size = size_of_name(user.name);
    std::size_t const used = roles_size(user) + tenant_size + name_size;
    if (used > content_size)
        return nullptr;
    own.key = key_of(user.user_id);
    own.date = date;
    own.ticket = ticket;
    own.user = user;
    own.used = static_cast<uint32>(used);
    std::memcpy(own.content, user.role_ids, roles_size(user));
    std::memcpy(own.content + roles_size(user), user.tenant, tenant_size);
    std::memcpy(own.content + roles_size(user) + tenant_size, user.name, name_size);

    auto place = users.lock(own.key, LW_EXCLUSIVE);
    *make_room(place) = own;
    place.unlock();
    return own_rights();
}

bool find_shared_application(int32 application_id, uint64 oldest_ticket, MemoryContext context,
                             ApplicationRights& application)
{
    Key const key = key_of(application_id);
    auto place = applications.lock(key, LW_SHARED);
    const ApplicationCopy* const copy = place.find();
    char* block = nullptr;
    if (copy != nullptr && copy->ticket > oldest_ticket) {
        application = copy->application;
        block = static_cast<char*>(MemoryContextAlloc(context, copy->used));
        std::copy_n(copy->block, copy->used, block);
    }
    place.unlock();
    if (block != nullptr)
        point_into(block, application);
    return block != nullptr;
}

void share_application(const ApplicationRights& application, uint64 ticket)
{
    std::size_t const used = used_size(application);
    if (used > block_size)
        return;
    Key const key = key_of(application.application_id);
    auto place = applications.lock(key, LW_EXCLUSIVE);
    ApplicationCopy* const copy = make_room(place);
    copy->used = static_cast<uint32>(used);
    copy->ticket = ticket;
    copy->application = application;
    fill_block(copy->block, application);
    place.unlock();
}

void register_shared_rights() { server::register_shared_memory(memory); }

} // namespace pat_auth::identity
