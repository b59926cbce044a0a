// The cache of rights: see rights.h.

#include "server/prelude.h"

extern "C" {
#include "utils/hsearch.h"
}

#include "identity/rights.h"

#include "identity/shared_rights.h"
#include "server/clock.h"
#include "server/invalidation.h"
#include "server/shared_age.h"
#include "server/statement.h"
#include "server/text.h"

#include <algorithm>

namespace pat_auth::identity {

namespace {

server::Statement<2> select_user{R"sql(
    SELECT tenant.tenant_id, tenant.name, app_user.name, tenant.is_active, app_user.is_active,
        coalesce(app_user.begins_on <= $2, true) AND coalesce(app_user.ends_on >= $2, true),
        app_user.allow_pat_creation,
        coalesce((SELECT bit_or(CASE administrator.administrator_role
                WHEN 'main_administrator' THEN 1
                WHEN 'application_administrator' THEN 2
                WHEN 'application_owner' THEN 4
                WHEN 'user_administrator' THEN 8
                WHEN 'developer' THEN 16 END)
            FROM pat_auth.administrator
            WHERE administrator.tenant = app_user.tenant AND administrator.user_name = app_user.name), 0),
        ARRAY(SELECT DISTINCT role.role_id
            FROM pat_auth.user_group_member
            JOIN pat_auth.user_group_role USING (tenant, user_group)
            JOIN pat_auth.role
                ON role.application = user_group_role.application AND role.name = user_group_role.role
            WHERE user_group_member.tenant = app_user.tenant AND user_group_member.user_name = app_user.name
                AND coalesce(user_group_member.begins_on <= $2, true)
                AND coalesce(user_group_member.ends_on >= $2, true)
            ORDER BY role.role_id)
    FROM pat_auth.app_user
    JOIN pat_auth.tenant ON tenant.name = app_user.tenant
    WHERE app_user.user_id = $1
    )sql",
                                 {INT4OID, DATEOID}};

server::Statement<1> select_application{R"sql(
    SELECT application.name, application.is_active, application.allow_personal_access_tokens,
        ARRAY(SELECT tenant.tenant_id
            FROM pat_auth.application_tenant
            JOIN pat_auth.tenant ON tenant.name = application_tenant.tenant
            WHERE application_tenant.application = application.name
                AND NOT application_tenant.allow_personal_access_tokens
            ORDER BY tenant.tenant_id)
    FROM pat_auth.application
    WHERE application.application_id = $1
    )sql",
                                        {INT4OID}};

server::Statement<1> select_roles{R"sql(
    SELECT role.role_id, role.name, role.allowed_for_pat, role.available_for_pat
    FROM pat_auth.role
    JOIN pat_auth.application ON application.name = role.application
    WHERE application.application_id = $1
    ORDER BY role.role_id
    )sql",
                                  {INT4OID}};

server::Statement<1> select_granted_roles{R"sql(
    SELECT role.role_id, application.is_active, application.name, role.name
    FROM pat_auth.role
    JOIN pat_auth.application ON application.name = role.application
    WHERE role.role_id = ANY ($1)
    )sql",
                                          {INT4ARRAYOID}};

server::Statement<1> select_application_id{R"sql(
    SELECT application_id FROM pat_auth.application WHERE name = $1
    )sql",
                                           {TEXTOID}};

// The roles of administration (R26) come with administrator roles; their fixed ids stand in sql/20_registry.sql.
struct BuiltInRole {
    int32 role_id;
    uint32 administrator_roles;
};
constexpr BuiltInRole licensing = {-2, main_administrator};
constexpr BuiltInRole health_check_advanced = {-1, main_administrator | developer};

// Beyond this the cache begins anew, so that a backend that serves very many users stays small.
constexpr Size max_cache_size = Size{512} * 1024;

struct Cache {
    MemoryContext context;
    HTAB* users;
    HTAB* applications;
    HTAB* granted_roles;
    uint64 generation;
    DateADT date; // memberships and users begin and end with the day
};
Cache cache = {};

HTAB* create_table(const char* name, Size entry_size)
{
    HASHCTL control = {};
    control.keysize = sizeof(int32);
    control.entrysize = entry_size;
    control.hcxt = cache.context;
    return hash_create(name, 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void reset_cache(uint64 generation, DateADT date)
{
    cache.users = nullptr;
    cache.applications = nullptr;
    cache.granted_roles = nullptr;
    if (cache.context == nullptr)
        cache.context = AllocSetContextCreate(TopMemoryContext, "pat_auth rights", ALLOCSET_SMALL_SIZES);
    else
        MemoryContextReset(cache.context);
    HTAB* const users = create_table("pat_auth users", sizeof(UserRights));
    cache.applications = create_table("pat_auth applications", sizeof(ApplicationRights));
    cache.granted_roles = create_table("pat_auth granted roles", sizeof(GrantedRole));
    cache.users = users;
    cache.generation = generation;
    cache.date = date;
}

const char* keep_text(MemoryContext context, NullableDatum value)
{
    text* const detoasted = DatumGetTextPP(value.value);
    std::string_view const text = server::view(detoasted);
    auto* const copy = static_cast<char*>(MemoryContextAlloc(context, text.size() + 1));
    std::copy(text.begin(), text.end(), copy);
    copy[text.size()] = '\0';
    return copy;
}

int32* keep_integers(MemoryContext context, const int32* values, int count, int room)
{
    auto* const copy = static_cast<int32*>(MemoryContextAlloc(context, sizeof(int32) * static_cast<Size>(room)));
    std::copy(values, values + count, copy);
    return copy;
}

// From the tables, into this memory context. False when there is no such user.
bool read_user(int32 user_id, DateADT date, MemoryContext context, UserRights& user)
{
    return server::as_owner([&] {
        if (select_user.read({server::argument(Int32GetDatum(user_id)), server::argument(DateADTGetDatum(date))}) == 0)
            return false;
        user.user_id = user_id;
        user.tenant_id = DatumGetInt32(server::result_column(0, 1).value);
        user.tenant = keep_text(context, server::result_column(0, 2));
        user.name = keep_text(context, server::result_column(0, 3));
        user.tenant_is_active = DatumGetBool(server::result_column(0, 4).value);
        user.is_active = DatumGetBool(server::result_column(0, 5).value);
        user.is_inside_dates = DatumGetBool(server::result_column(0, 6).value);
        user.allow_pat_creation = DatumGetBool(server::result_column(0, 7).value);
        user.administrator_roles = static_cast<uint32>(DatumGetInt32(server::result_column(0, 8).value));

        auto const granted = server::integer_array(DatumGetArrayTypeP(server::result_column(0, 9).value));
        int32 built_in[2];
        int built_in_count = 0;
        for (const BuiltInRole& role : {licensing, health_check_advanced})
            if ((user.administrator_roles & role.administrator_roles) != 0)
                built_in[built_in_count++] = role.role_id;
        int32* const role_ids = keep_integers(context, built_in, built_in_count, built_in_count + granted.count);
        std::copy(granted.values, granted.values + granted.count, role_ids + built_in_count);
        user.role_ids = role_ids;
        user.role_count = built_in_count + granted.count;
        return true;
    });
}

// Results are complete before they enter the table: an error half-way leaves no half entry.

const UserRights* load_user(int32 user_id, DateADT date)
{
    UserRights user = {};
    if (!read_user(user_id, date, cache.context, user))
        return nullptr;
    auto* const entry = static_cast<UserRights*>(hash_search(cache.users, &user_id, HASH_ENTER, nullptr));
    *entry = user;
    return entry;
}

// A user's rights from all backends' copies, or from the tables for all backends; else for this one alone.
const UserRights* find_or_share_user(int32 user_id, DateADT date, uint64 generation)
{
    uint64 const oldest_ticket = server::oldest_ticket(generation);
    if (const UserRights* const copy = find_shared_rights({user_id, date, oldest_ticket}); copy != nullptr)
        return copy;
    uint64 const ticket = server::draw_ticket();
    UserRights user = {};
    if (!read_user(user_id, date, CurrentMemoryContext, user))
        return nullptr;
    const UserRights* const copy = share_rights(user, date, ticket);
    return copy != nullptr ? copy : load_user(user_id, date);
}

// From the tables, into the cache's memory. False when there is no such application.
bool read_application(int32 application_id, ApplicationRights& application)
{
    return server::as_owner([&] {
        std::array<NullableDatum, 1> const key = {server::argument(Int32GetDatum(application_id))};
        if (select_application.read(key) == 0)
            return false;
        application.application_id = application_id;
        application.name = keep_text(cache.context, server::result_column(0, 1));
        application.is_active = DatumGetBool(server::result_column(0, 2).value);
        application.allow_personal_access_tokens = DatumGetBool(server::result_column(0, 3).value);
        auto const off = server::integer_array(DatumGetArrayTypeP(server::result_column(0, 4).value));
        application.tenants_off = keep_integers(cache.context, off.values, off.count, off.count);
        application.tenant_off_count = off.count;

        auto const count = select_roles.read(key);
        auto* const roles = static_cast<RoleRights*>(MemoryContextAlloc(cache.context, sizeof(RoleRights) * count));
        for (uint64 row = 0; row < count; ++row)
            roles[row] = {DatumGetInt32(server::result_column(row, 1).value),
                          DatumGetBool(server::result_column(row, 3).value),
                          DatumGetBool(server::result_column(row, 4).value),
                          keep_text(cache.context, server::result_column(row, 2))};
        application.roles = roles;
        application.role_count = static_cast<int32>(count);
        return true;
    });
}

// An application's rights from all backends' copies, or from the tables, for all backends if they may have them.
const ApplicationRights* load_application(int32 application_id, uint64 generation)
{
    ApplicationRights application = {};
    bool const may_share = server::may_share_rights();
    if (!may_share ||
        !find_shared_application(application_id, server::oldest_ticket(generation), cache.context, application)) {
        uint64 const ticket = may_share ? server::draw_ticket() : 0;
        if (!read_application(application_id, application))
            return nullptr;
        if (may_share)
            share_application(application, ticket);
    }
    auto* const entry =
        static_cast<ApplicationRights*>(hash_search(cache.applications, &application_id, HASH_ENTER, nullptr));
    *entry = application;
    return entry;
}

void load_granted_roles(const Datum* role_ids, int count)
{
    ArrayType* const wanted =
        construct_array(const_cast<Datum*>(role_ids), count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
    server::as_owner([&] {
        uint64 const found = select_granted_roles.read({server::argument(PointerGetDatum(wanted))});
        for (uint64 row = 0; row < found; ++row) {
            GrantedRole const role = {DatumGetInt32(server::result_column(row, 1).value),
                                      DatumGetBool(server::result_column(row, 2).value),
                                      keep_text(cache.context, server::result_column(row, 3)),
                                      keep_text(cache.context, server::result_column(row, 4))};
            *static_cast<GrantedRole*>(hash_search(cache.granted_roles, &role.role_id, HASH_ENTER, nullptr)) = role;
        }
    });
}

// Begins anew what is no longer true, or has grown too large. Returns the generation that the cache then is of.
uint64 renew_cache(DateADT today)
{
    uint64 const generation = server::current_generations().rights;
    if (cache.users == nullptr || cache.generation != generation || cache.date != today ||
        MemoryContextMemAllocated(cache.context, true) > max_cache_size)
        reset_cache(generation, today);
    return generation;
}

} // namespace

Rights find_rights(int32 user_id, int32 application_id, TimestampTz now)
{
    DateADT const today = server::utc_date(now);
    for (;;) {
        uint64 const generation = renew_cache(today);
        Rights rights = {};
        rights.user = static_cast<UserRights*>(hash_search(cache.users, &user_id, HASH_FIND, nullptr));
        rights.application =
            static_cast<ApplicationRights*>(hash_search(cache.applications, &application_id, HASH_FIND, nullptr));
        if (rights.user != nullptr && rights.application != nullptr)
            return rights;

        if (rights.user == nullptr)
            rights.user = server::may_share_rights() ? find_or_share_user(user_id, cache.date, generation)
                                                     : load_user(user_id, cache.date);
        if (rights.application == nullptr)
            rights.application = load_application(application_id, generation);
        if (server::current_generations().rights == generation)
            return rights;
    }
}

int find_granted_roles(const UserRights& user, const GrantedRole** roles)
{
    auto* const missing = static_cast<Datum*>(palloc(sizeof(Datum) * static_cast<Size>(Max(user.role_count, 1))));
    int missing_count = 0;
    auto const find = [&] {
        int count = 0;
        missing_count = 0;
        for (int i = 0; i < user.role_count; ++i) {
            const auto* const role = static_cast<const GrantedRole*>(
                hash_search(cache.granted_roles, &user.role_ids[i], HASH_FIND, nullptr));
            if (role != nullptr)
                roles[count++] = role;
            else
                missing[missing_count++] = Int32GetDatum(user.role_ids[i]);
        }
        return count;
    };
    int const count = find();
    if (missing_count == 0)
        return count;
    load_granted_roles(missing, missing_count);
    return find();
}

bool find_application_id(std::string_view name, int32& application_id)
{
    renew_cache(server::utc_date(GetCurrentTimestamp()));
    HASH_SEQ_STATUS applications;
    hash_seq_init(&applications, cache.applications);
    while (auto* const application = static_cast<ApplicationRights*>(hash_seq_search(&applications))) {
        if (name == application->name) {
            application_id = application->application_id;
            hash_seq_term(&applications);
            return true;
        }
    }
    return server::as_owner([&] {
        if (select_application_id.read({server::argument(server::text_datum(name))}) == 0)
            return false;
        application_id = DatumGetInt32(server::result_column(0, 1).value);
        return true;
    });
}

bool has_role(const UserRights& user, int32 role_id)
{
    return std::binary_search(user.role_ids, user.role_ids + user.role_count, role_id);
}

const RoleRights* find_role(const ApplicationRights& application, int32 role_id)
{
    const RoleRights* const end = application.roles + application.role_count;
    const RoleRights* const role =
        std::lower_bound(application.roles, end, role_id,
                         [](const RoleRights& candidate, int32 wanted) { return candidate.role_id < wanted; });
    return role != end && role->role_id == role_id ? role : nullptr;
}

bool is_switched_off(const ApplicationRights& application, int32 tenant_id)
{
    return std::binary_search(application.tenants_off, application.tenants_off + application.tenant_off_count,
                              tenant_id);
}

} // namespace pat_auth::identity
