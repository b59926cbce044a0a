// The set-up tasks that the rules name (R1 to R5), one call each: a change of a set-up table, under the rules that
// guard_registry.cpp holds every such change to.

#include "server/prelude.h"

#include "identity/identity.h"
#include "redaction/shown.h"
#include "registry/guarded.h"
#include "server/catalog.h"
#include "server/clock.h"
#include "server/function.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/text.h"

namespace {

namespace identity = pat_auth::identity;
namespace redaction = pat_auth::redaction;
namespace registry = pat_auth::registry;
namespace server = pat_auth::server;

server::Statement<2> update_application{R"sql(
    UPDATE pat_auth.application SET allow_personal_access_tokens = $2 WHERE name = $1
    )sql",
                                        {TEXTOID, BOOLOID}};

server::Statement<3> upsert_application_tenant{R"sql(
    INSERT INTO pat_auth.application_tenant (application, tenant, allow_personal_access_tokens)
    VALUES ($1, $2, $3)
    ON CONFLICT (application, tenant) DO UPDATE SET allow_personal_access_tokens = $3
    )sql",
                                               {TEXTOID, TEXTOID, BOOLOID}};

server::Statement<3> update_role_allowed{R"sql(
    UPDATE pat_auth.role SET allowed_for_pat = $3 WHERE application = $1 AND name = $2
    )sql",
                                         {TEXTOID, TEXTOID, BOOLOID}};

server::Statement<3> update_role_available{R"sql(
    UPDATE pat_auth.role SET available_for_pat = $3 WHERE application = $1 AND name = $2
    )sql",
                                           {TEXTOID, TEXTOID, BOOLOID}};

server::Statement<2> select_role{R"sql(
    SELECT FROM pat_auth.role WHERE application = $1 AND name = $2
    )sql",
                                 {TEXTOID, TEXTOID}};

server::Statement<1> select_application{R"sql(
    SELECT FROM pat_auth.application WHERE name = $1
    )sql",
                                        {TEXTOID}};

server::Statement<1> select_tenant{R"sql(
    SELECT FROM pat_auth.tenant WHERE name = $1
    )sql",
                                   {TEXTOID}};

server::Statement<3> update_user{R"sql(
    UPDATE pat_auth.app_user SET allow_pat_creation = $3 WHERE tenant = $1 AND name = $2
    )sql",
                                 {TEXTOID, TEXTOID, BOOLOID}};

server::Statement<2> select_user{R"sql(
    SELECT FROM pat_auth.app_user WHERE tenant = $1 AND name = $2
    )sql",
                                 {TEXTOID, TEXTOID}};

// Under another name where somebody has given that one to a group.
server::Statement<2> insert_personal_group{R"sql(
    WITH made AS (
        INSERT INTO pat_auth.user_group (tenant, name, personal_user_id)
        SELECT tenant, 'user:' || user_id || CASE WHEN EXISTS (SELECT FROM pat_auth.user_group
                WHERE user_group.tenant = app_user.tenant AND user_group.name = 'user:' || user_id
                    AND personal_user_id IS DISTINCT FROM user_id)
            THEN ':' || gen_random_uuid() ELSE '' END, user_id
        FROM pat_auth.app_user WHERE tenant = $1 AND name = $2
        ON CONFLICT (personal_user_id) DO NOTHING
        RETURNING tenant, name
    )
    INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) SELECT tenant, name, $2 FROM made
    )sql",
                                           {TEXTOID, TEXTOID}};

// The personal group, if the user is no member of it on that day: an administrator has ended that.
server::Statement<3> select_left_personal_group{R"sql(
    SELECT user_group.name
    FROM pat_auth.user_group
    JOIN pat_auth.app_user ON app_user.user_id = user_group.personal_user_id
    WHERE app_user.tenant = $1 AND app_user.name = $2 AND NOT EXISTS (
        SELECT FROM pat_auth.user_group_member AS member
        WHERE member.tenant = app_user.tenant AND member.user_group = user_group.name AND member.user_name = app_user.name
            AND coalesce(member.begins_on <= $3, true) AND coalesce(member.ends_on >= $3, true))
    )sql",
                                                {TEXTOID, TEXTOID, DATEOID}};

server::Statement<4> insert_personal_role{R"sql(
    INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role)
    SELECT user_group.tenant, user_group.name, $3, $4
    FROM pat_auth.user_group
    JOIN pat_auth.app_user ON app_user.user_id = user_group.personal_user_id
    WHERE app_user.tenant = $1 AND app_user.name = $2
    ON CONFLICT DO NOTHING
    )sql",
                                          {TEXTOID, TEXTOID, TEXTOID, TEXTOID}};

server::Statement<4> delete_personal_role{R"sql(
    DELETE FROM pat_auth.user_group_role
    USING pat_auth.user_group
    JOIN pat_auth.app_user ON app_user.user_id = user_group.personal_user_id
    WHERE app_user.tenant = $1 AND app_user.name = $2
        AND user_group_role.tenant = user_group.tenant AND user_group_role.user_group = user_group.name
        AND user_group_role.application = $3 AND user_group_role.role = $4
    )sql",
                                          {TEXTOID, TEXTOID, TEXTOID, TEXTOID}};

server::Statement<5> select_groups_with_role{R"sql(
    SELECT string_agg(user_group, ', ' ORDER BY user_group)
    FROM pat_auth.user_group_member
    JOIN pat_auth.user_group_role USING (tenant, user_group)
    WHERE tenant = $1 AND user_name = $2 AND application = $3 AND role = $4 AND coalesce(ends_on >= $5, true)
    )sql",
                                             {TEXTOID, TEXTOID, TEXTOID, TEXTOID, DATEOID}};

// 28000 unless somebody may be asked for this task at all: a signed-in user, or a role above the rules.
void require_actor(const char* act)
{
    if (!server::is_above_rules(GetUserId()))
        identity::require_interactive_user(act);
}

NullableDatum text_argument(FunctionCallInfo fcinfo, int argument)
{
    return PG_ARGISNULL(argument) ? server::null_argument() : server::argument(PG_GETARG_DATUM(argument));
}

NullableDatum boolean_argument(FunctionCallInfo fcinfo, int argument)
{
    return server::argument(BoolGetDatum(PG_GETARG_BOOL(argument)));
}

[[noreturn]] void raise_unknown_role(FunctionCallInfo fcinfo, int application, int role)
{
    const char* const application_name = redaction::shown(server::argument_view(fcinfo, application));
    const char* const role_name = redaction::shown(server::argument_view(fcinfo, role));
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    errmsg("role \"%s\" of application \"%s\" does not exist", role_name, application_name)));
    pg_unreachable();
}

[[noreturn]] void raise_unknown(const char* kind, std::string_view name)
{
    ereport(ERROR,
            (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("%s \"%s\" does not exist", kind, redaction::shown(name))));
    pg_unreachable();
}

template <std::size_t N>
bool exists(server::Statement<N>& statement, const std::array<NullableDatum, N>& arguments)
{
    return server::as_owner([&] { return statement.read(arguments) != 0; });
}

// Whether the caller may know of that tenant: somebody above the rules, main and application administrators, and its
// own people.
bool may_know_tenant(FunctionCallInfo fcinfo, int tenant)
{
    if (server::is_above_rules(GetUserId()))
        return true;
    const identity::Identity& who = *identity::current_identity();
    return identity::has_administrator_role(who, identity::main_administrator | identity::application_administrator) ||
           server::argument_view(fcinfo, tenant) == who.tenant;
}

// What a task does with a user, for the message of a refusal, and which administrator roles may do it besides main
// administrators and the user administrators of his tenant.
struct UserTask {
    const char* what;
    const char* who_could;
    uint32 other_roles;
};
constexpr UserTask allowing_user = {"users", "A main administrator or a user administrator of the tenant", 0};
constexpr UserTask assigning_role = {
    "the roles of users",
    "A main administrator, a user administrator of the tenant or an owner of the application",
    identity::application_owner,
};

[[noreturn]] void raise_unknown_user(FunctionCallInfo fcinfo)
{
    const char* const tenant = redaction::shown(server::argument_view(fcinfo, 0));
    const char* const user = redaction::shown(server::argument_view(fcinfo, 1));
    ereport(ERROR,
            (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("user \"%s\" of tenant \"%s\" does not exist", user, tenant)));
    pg_unreachable();
}

// The user exists, and the caller may be asked for the task. Otherwise, without a look whether he exists: 42501 in the
// caller's own tenant, 42704 in another one, which he may not know of.
void require_user(FunctionCallInfo fcinfo, const UserTask& task)
{
    if (!server::is_above_rules(GetUserId())) {
        const identity::Identity& who = *identity::current_identity();
        bool const is_own_tenant = server::argument_view(fcinfo, 0) == who.tenant;
        bool const may_act = identity::has_administrator_role(who, identity::main_administrator | task.other_roles) ||
                             (is_own_tenant && identity::has_administrator_role(who, identity::user_administrator));
        if (!may_act && is_own_tenant)
            ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("not allowed to change %s", task.what),
                            errhint("%s can do it.", task.who_could)));
        if (!may_act)
            raise_unknown_user(fcinfo);
    }
    if (!exists(select_user, {text_argument(fcinfo, 0), text_argument(fcinfo, 1)}))
        raise_unknown_user(fcinfo);
}

// Runs one of the statements above under the rules for a role. Returns the number of rows.
template <std::size_t N>
uint64 change_for(Oid role, server::Statement<N>& statement, const std::array<NullableDatum, N>& arguments)
{
    uint64 rows = 0;
    registry::as_bound(role, [&] { rows = server::as_owner([&] { return statement.write(arguments); }); });
    return rows;
}

template <std::size_t N>
uint64 change(server::Statement<N>& statement, const std::array<NullableDatum, N>& arguments)
{
    return change_for(GetUserId(), statement, arguments);
}

void require_personal_role_arguments(FunctionCallInfo fcinfo)
{
    server::require_argument(fcinfo, 0, "tenant");
    server::require_argument(fcinfo, 1, "user_name");
    server::require_argument(fcinfo, 2, "application");
    server::require_argument(fcinfo, 3, "role");
}

std::array<NullableDatum, 4> personal_role_arguments(FunctionCallInfo fcinfo)
{
    return {text_argument(fcinfo, 0), text_argument(fcinfo, 1), text_argument(fcinfo, 2), text_argument(fcinfo, 3)};
}

NullableDatum today() { return server::argument(DateADTGetDatum(server::utc_date(GetCurrentTimestamp()))); }

// The text that a statement finds, or nullptr.
template <std::size_t N>
const char* read_text(server::Statement<N>& statement, const std::array<NullableDatum, N>& arguments)
{
    MemoryContext const context = CurrentMemoryContext;
    return server::as_owner([&]() -> const char* {
        if (statement.read(arguments) == 0)
            return nullptr;
        NullableDatum const found = server::result_column(0, 1);
        return found.isnull ? nullptr : MemoryContextStrdup(context, TextDatumGetCString(found.value));
    });
}

// 55000 where a role that is given to the group would not reach the user.
void require_member_of_personal_group(FunctionCallInfo fcinfo)
{
    const char* const group =
        read_text(select_left_personal_group, {text_argument(fcinfo, 0), text_argument(fcinfo, 1), today()});
    if (group != nullptr)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("user \"%s\" is no member of the group \"%s\" today, by which he has roles of his own",
                               redaction::shown(server::argument_view(fcinfo, 1)), redaction::shown(group)),
                        errhint("A user administrator can make him one in pat_auth.user_group_member.")));
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_allow_application)
{
    require_actor("allowing tokens in an application");
    server::require_argument(fcinfo, 0, "application");
    server::require_argument(fcinfo, 1, "allow");
    if (!exists(select_application, {text_argument(fcinfo, 0)}))
        raise_unknown("application", server::argument_view(fcinfo, 0));
    if (!PG_ARGISNULL(2)) {
        if (!may_know_tenant(fcinfo, 2) || !exists(select_tenant, {text_argument(fcinfo, 2)}))
            raise_unknown("tenant", server::argument_view(fcinfo, 2));
        change(upsert_application_tenant,
               {text_argument(fcinfo, 0), text_argument(fcinfo, 2), boolean_argument(fcinfo, 1)});
    } else {
        change(update_application, {text_argument(fcinfo, 0), boolean_argument(fcinfo, 1)});
    }
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_allow_role)
{
    require_actor("allowing a role");
    server::require_argument(fcinfo, 0, "application");
    server::require_argument(fcinfo, 1, "role");
    server::require_argument(fcinfo, 2, "allow");
    if (change(update_role_allowed,
               {text_argument(fcinfo, 0), text_argument(fcinfo, 1), boolean_argument(fcinfo, 2)}) == 0)
        raise_unknown_role(fcinfo, 0, 1);
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_set_role_available)
{
    require_actor("making a role available");
    server::require_argument(fcinfo, 0, "application");
    server::require_argument(fcinfo, 1, "role");
    server::require_argument(fcinfo, 2, "available");
    if (change(update_role_available,
               {text_argument(fcinfo, 0), text_argument(fcinfo, 1), boolean_argument(fcinfo, 2)}) == 0)
        raise_unknown_role(fcinfo, 0, 1);
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_allow_user)
{
    require_actor("allowing a user to create tokens");
    server::require_argument(fcinfo, 0, "tenant");
    server::require_argument(fcinfo, 1, "user_name");
    server::require_argument(fcinfo, 2, "allow");
    require_user(fcinfo, allowing_user);
    change(update_user, {text_argument(fcinfo, 0), text_argument(fcinfo, 1), boolean_argument(fcinfo, 2)});
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_assign_role)
{
    require_actor("assigning a role");
    require_personal_role_arguments(fcinfo);
    require_user(fcinfo, assigning_role);
    if (!exists(select_role, {text_argument(fcinfo, 2), text_argument(fcinfo, 3)}))
        raise_unknown_role(fcinfo, 2, 3);
    // The group is part of the task, whoever may carry it out; the role in it is what the rules speak of.
    change_for(server::extension_owner(), insert_personal_group, {text_argument(fcinfo, 0), text_argument(fcinfo, 1)});
    require_member_of_personal_group(fcinfo);
    change(insert_personal_role, personal_role_arguments(fcinfo));
    PG_RETURN_BOOL(true);
}

PAT_AUTH_FUNCTION(pat_auth_unassign_role)
{
    require_actor("unassigning a role");
    require_personal_role_arguments(fcinfo);
    require_user(fcinfo, assigning_role);
    if (!exists(select_role, {text_argument(fcinfo, 2), text_argument(fcinfo, 3)}))
        raise_unknown_role(fcinfo, 2, 3);
    bool const was_assigned = change(delete_personal_role, personal_role_arguments(fcinfo)) != 0;
    const char* const groups =
        read_text(select_groups_with_role, {text_argument(fcinfo, 0), text_argument(fcinfo, 1),
                                            text_argument(fcinfo, 2), text_argument(fcinfo, 3), today()});
    if (groups != nullptr)
        ereport(WARNING, (errmsg("the user still has the role through groups"), errdetail("Groups: %s.", groups)));
    PG_RETURN_BOOL(was_assigned);
}
