// The trigger that holds every change of a set-up table to the rules (R1 to R3, R5, R29), row by row, whichever way
// the change comes. docs/administration.md shows the same as a table.

#include "server/prelude.h"

#include "identity/identity.h"
#include "identity/rights.h"
#include "redaction/shown.h"
#include "registry/guarded.h"
#include "registry/name.h"
#include "registry/row.h"
#include "server/guard.h"
#include "server/invalidation.h"
#include "server/own_trigger.h"
#include "server/removal_lock.h"
#include "server/statement.h"

namespace {

namespace identity = pat_auth::identity;
namespace registry = pat_auth::registry;
namespace redaction = pat_auth::redaction;
namespace server = pat_auth::server;
using registry::Row;

server::Statement<1> select_application_is_allowed{R"sql(
    SELECT allow_personal_access_tokens FROM pat_auth.application WHERE name = $1
    )sql",
                                                   {TEXTOID}};

server::Statement<1> select_token_of_role{R"sql(
    SELECT FROM pat_auth.token WHERE scope_ids @> ARRAY[$1] LIMIT 1
    )sql",
                                          {INT4OID}};

server::Statement<1> select_tenant{R"sql(
    SELECT FROM pat_auth.tenant WHERE name = $1
    )sql",
                                   {TEXTOID}};

server::Statement<2> select_administrator{R"sql(
    SELECT FROM pat_auth.administrator WHERE tenant = $1 AND user_name = $2 LIMIT 1
    )sql",
                                          {TEXTOID, TEXTOID}};

server::Statement<3> select_administered{R"sql(
    SELECT FROM pat_auth.administrator
    JOIN pat_auth.app_user ON app_user.tenant = administrator.tenant AND app_user.name = administrator.user_name
    WHERE app_user.user_id = $1 AND administrator.administrator_role = $2 AND administrator.application = $3
    )sql",
                                         {INT4OID, TEXTOID, TEXTOID}};

server::Statement<3> select_use_of_role{R"sql(
    SELECT FROM pat_auth.user_group_role WHERE application = $1 AND role = $2
    UNION ALL
    SELECT FROM pat_auth.token WHERE scope_ids @> ARRAY[$3]
    LIMIT 1
    )sql",
                                        {TEXTOID, TEXTOID, INT4OID}};

// One change of one row, and who makes it. old or new does not exist for an INSERT or a DELETE.
struct Change {
    Row old_row;
    Row new_row;
    const identity::Identity* who; // the interactive user, or nullptr
};

[[noreturn]] void refuse_change(const Change& change, const char* what, const char* who_could)
{
    ereport(ERROR,
            (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("not allowed to change %s", what),
             change.who == nullptr ? errdetail("No user is signed in.") : 0, errhint("%s can do it.", who_could)));
    pg_unreachable();
}

bool is_main_administrator(const Change& change)
{
    return change.who != nullptr && identity::has_administrator_role(*change.who, identity::main_administrator);
}

bool administers_all_applications(const Change& change)
{
    return change.who != nullptr &&
           identity::has_administrator_role(*change.who,
                                            identity::main_administrator | identity::application_administrator);
}

bool administers_users_of(const Change& change, std::string_view tenant)
{
    return is_main_administrator(change) ||
           (change.who != nullptr && identity::has_administrator_role(*change.who, identity::user_administrator) &&
            tenant == change.who->tenant);
}

// Whether the user is application_owner or developer of an application.
bool administers_application(const Change& change, identity::AdministratorRole role, const char* role_name,
                             std::string_view application)
{
    if (change.who == nullptr || !identity::has_administrator_role(*change.who, role))
        return false;
    return server::as_owner([&] {
        return select_administered.read({server::argument(Int32GetDatum(change.who->user_id)),
                                         server::argument(CStringGetTextDatum(role_name)),
                                         server::argument(server::text_datum(application))}) != 0;
    });
}

bool owns_application(const Change& change, std::string_view application)
{
    return administers_application(change, identity::application_owner, "application_owner", application);
}

bool develops_application(const Change& change, std::string_view application)
{
    return administers_application(change, identity::developer, "developer", application);
}

// The row that there is: the new one, or of a DELETE the old one.
const Row& any_row(const Change& change) { return change.new_row.exists() ? change.new_row : change.old_row; }

bool is_update(const Change& change) { return change.old_row.exists() && change.new_row.exists(); }

// Calls the predicate with the key that the row had and the one that it gets.
template <typename Predicate>
bool holds_for_both(const Change& change, const char* column, Predicate&& predicate)
{
    return (!change.old_row.exists() || predicate(change.old_row.string(column))) &&
           (!change.new_row.exists() || predicate(change.new_row.string(column)));
}

void guard_tenant(const Change& change)
{
    if (!is_main_administrator(change))
        refuse_change(change, "tenants", "A main administrator");
}

bool is_renamed(const Change& change) { return is_update(change) && !is_same(change.old_row, change.new_row, "name"); }

// Policies and has_scope conditions name applications and roles by their names. So who gives one the name of another
// gives its users the other's rights, and that is not for those who may give nobody a role (R5).
void guard_application(const Change& change)
{
    if (!administers_all_applications(change))
        refuse_change(change, "applications", "A main administrator or an application administrator");
    if (is_renamed(change) && !is_main_administrator(change))
        refuse_change(change, "the name of an application", "A main administrator");
}

void guard_application_tenant(const Change& change)
{
    if (!administers_all_applications(change))
        refuse_change(change, "what tenants may do in applications",
                      "A main administrator or an application administrator");
}

bool is_model_changed(const Change& change)
{
    if (!is_update(change))
        return true;
    return !is_same(change.old_row, change.new_row, "application") ||
           !is_same(change.old_row, change.new_row, "name") ||
           !is_same(change.old_row, change.new_row, "description") ||
           change.old_row.boolean("allowed_for_pat") != change.new_row.boolean("allowed_for_pat");
}

bool is_availability_changed(const Change& change)
{
    if (!change.new_row.exists())
        return false;
    bool const was_available = change.old_row.exists() && change.old_row.boolean("available_for_pat");
    return was_available != change.new_row.boolean("available_for_pat");
}

void require_allowed(const Row& role)
{
    std::string_view const name = role.string("name");
    std::string_view const application = role.string("application");
    if (!role.boolean("allowed_for_pat"))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("role \"%s\" of application \"%s\" is not allowed for tokens", redaction::shown(name),
                               redaction::shown(application)),
                        errhint("A developer of the application can allow it.")));
    bool const application_allows = server::as_owner([&] {
        return select_application_is_allowed.read({server::argument(server::text_datum(application))}) != 0 &&
               DatumGetBool(server::result_column(0, 1).value);
    });
    if (!application_allows)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("application \"%s\" does not allow tokens", redaction::shown(application)),
                        errhint("A main administrator or an application administrator can allow them.")));
}

void guard_role(const Change& change)
{
    if (is_update(change) && !is_same(change.old_row, change.new_row, "application"))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("a role stays in its application"),
                        errhint("Create another role.")));
    // R1: a withdrawn allowance has taken the availability with it (see derive_columns).
    bool const withdrawn_with_allowance =
        is_update(change) && !change.new_row.boolean("allowed_for_pat") && change.old_row.boolean("allowed_for_pat");
    std::string_view const application = any_row(change).string("application");
    bool const may_change_availability = is_main_administrator(change) || owns_application(change, application);
    bool const develops = develops_application(change, application);
    if (is_model_changed(change) && !develops)
        refuse_change(change, "the roles of an application", "A developer of the application");
    if (is_renamed(change) && !is_main_administrator(change) && server::as_owner([&] {
            return select_use_of_role.read({server::argument(server::text_datum(application)),
                                            server::argument(server::text_datum(change.old_row.string("name"))),
                                            server::argument(Int32GetDatum(change.old_row.integer("role_id")))}) != 0;
        }))
        refuse_change(change, "the name of a role that somebody has",
                      "A main administrator who is a developer of the application");
    if (is_availability_changed(change) && !withdrawn_with_allowance) {
        if (!may_change_availability)
            refuse_change(change, "the availability of a role", "A main administrator or an owner of the application");
        if (change.new_row.boolean("available_for_pat"))
            require_allowed(change.new_row);
    }
    // Who changes nothing would lock the row all the same.
    if (!develops && !may_change_availability)
        refuse_change(change, "the roles of an application", "A developer of the application");
}

void guard_app_user(const Change& change)
{
    if (!holds_for_both(change, "tenant",
                        [&](std::string_view tenant) { return administers_users_of(change, tenant); }))
        refuse_change(change, "users", "A main administrator or a user administrator of the tenant");
    // Whoever names users decides whom a sign-in of that name finds: not for those who administer more than he does.
    if (is_renamed(change) && !is_main_administrator(change) && server::as_owner([&] {
            return select_administrator.read({server::argument(server::text_datum(change.old_row.string("tenant"))),
                                              server::argument(server::text_datum(change.old_row.string("name")))}) !=
                   0;
        }))
        refuse_change(change, "the name of an administrator", "A main administrator");
}

void guard_user_group(const Change& change)
{
    if (!holds_for_both(change, "tenant",
                        [&](std::string_view tenant) { return administers_users_of(change, tenant); }))
        refuse_change(change, "user groups", "A main administrator or a user administrator of the tenant");
}

void guard_user_group_member(const Change& change)
{
    if (!holds_for_both(change, "tenant",
                        [&](std::string_view tenant) { return administers_users_of(change, tenant); }))
        refuse_change(change, "memberships", "A main administrator or a user administrator of the tenant");
}

bool may_assign_roles(const Change& change, const Row& row)
{
    return !row.exists() || administers_users_of(change, row.string("tenant")) ||
           owns_application(change, row.string("application"));
}

void guard_user_group_role(const Change& change)
{
    if (!may_assign_roles(change, change.old_row) || !may_assign_roles(change, change.new_row))
        refuse_change(change, "the roles of user groups",
                      "A main administrator, a user administrator of the tenant or an owner of the application");
}

void guard_administrator(const Change& change)
{
    if (!is_main_administrator(change))
        refuse_change(change, "administrators", "A main administrator");
}

HeapTuple without_flag(HeapTuple tuple, TupleDesc descriptor, const char* name)
{
    int column = SPI_fnumber(descriptor, name);
    Datum value = BoolGetDatum(false);
    bool is_null = false;
    return heap_modify_tuple_by_cols(tuple, descriptor, 1, &column, &value, &is_null);
}

bool sets_column(const TriggerData* trigger, const char* name)
{
    int const column = SPI_fnumber(RelationGetDescr(trigger->tg_relation), name);
    return bms_is_member(column - FirstLowInvalidHeapAttributeNumber, trigger->tg_updatedcols);
}

// What is written instead, for everybody. R1: withdrawing the allowance of a role withdraws its availability too. And
// whoever makes a user active, or inactive once more, ends what pat_sync_users knew of him: from then on it is not its
// doing that he is inactive.
HeapTuple derive_columns(std::string_view table, const TriggerData* trigger, HeapTuple tuple)
{
    TupleDesc const descriptor = RelationGetDescr(trigger->tg_relation);
    bool const is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
    Row const old_row(is_update ? trigger->tg_trigtuple : nullptr, descriptor);
    Row const row(tuple, descriptor);
    if (table == "role" && is_update && !row.boolean("allowed_for_pat") && row.boolean("available_for_pat") &&
        old_row.boolean("allowed_for_pat"))
        return without_flag(tuple, descriptor, "available_for_pat");
    if (table == "app_user" && row.boolean("left_source") &&
        (row.boolean("is_active") || (is_update && !old_row.boolean("is_active") && sets_column(trigger, "is_active"))))
        return without_flag(tuple, descriptor, "left_source");
    return tuple;
}

// For everybody: what a token in the making refers to is not deleted behind its back, nor does it get another key.
// Before a foreign key or keep_role_of_tokens looks for tokens, so that they see the one that was waited for.
void lock_referenced(std::string_view table, const Row& old_row, const Row& new_row)
{
    auto const loses = [&](const char* key) {
        return !new_row.exists() || old_row.integer(key) != new_row.integer(key);
    };
    if (table == "app_user" && loses("user_id")) {
        server::lock_for_removal(server::Relation::app_user, old_row.integer("user_id"));
    } else if (table == "application" && loses("application_id")) {
        server::lock_for_removal(server::Relation::application, old_row.integer("application_id"));
    } else if (table == "role" && loses("role_id")) {
        int32 application_id = 0;
        if (identity::find_application_id(old_row.string("application"), application_id))
            server::lock_for_removal(server::Relation::application, application_id);
    }
}

// For everybody: a token refers to its roles without a foreign key.
void keep_role_of_tokens(const Row& role)
{
    if (server::as_owner([&] {
            return select_token_of_role.read({server::argument(Int32GetDatum(role.integer("role_id")))}) != 0;
        })) {
        std::string_view const name = role.string("name");
        std::string_view const application = role.string("application");
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                 errmsg("role \"%s\" of application \"%s\" is a scope of tokens", redaction::shown(name),
                        redaction::shown(application)),
                 errhint("Withdraw its allowance instead of deleting it: that ends the use of the tokens too.")));
    }
}

// Whether the change is about the built-in application (R25, R27).
bool is_of_built_in(std::string_view table, const Row& old_row, const Row& new_row)
{
    const char* column = nullptr;
    if (table == "application")
        column = "name";
    else if (table == "application_tenant" || table == "role" || table == "user_group_role")
        column = "application";
    else
        return false;
    return (old_row.exists() && old_row.string(column) == "administration") ||
           (new_row.exists() && new_row.string(column) == "administration");
}

// For everybody. The script that makes the built-in rows does so before there is this trigger.
[[noreturn]] void refuse_built_in(std::string_view table)
{
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("the built-in application \"administration\" cannot be changed"),
                    table == "user_group_role"
                        ? errhint("Its roles come with administrator roles: see the table pat_auth.administrator.")
                        : 0));
    pg_unreachable();
}

// For everybody: a token keeps its owner's tenant_id. When a tenant is renamed, its users follow by the foreign key,
// and the old name is gone by then.
void keep_tenant_of_user(const Row& old_row, const Row& new_row)
{
    if (!old_row.exists() || !new_row.exists() || is_same(old_row, new_row, "tenant"))
        return;
    if (server::as_owner(
            [&] { return select_tenant.read({server::argument(server::text_datum(old_row.string("tenant")))}) != 0; }))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("a user stays in his tenant"),
                        errhint("Create another user.")));
}

// What the CHECK constraints would refuse too, but in the words and with the SQLSTATE of the interface.
void check_name(std::string_view table, const Row& new_row)
{
    bool const has_name =
        table == "tenant" || table == "application" || table == "role" || table == "app_user" || table == "user_group";
    if (has_name && new_row.exists() && !new_row.is_null("name") && !registry::is_name(new_row.string("name")))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("name is not a valid name"),
                        errdetail(registry::name_rule, registry::max_name_length)));
}

// For everybody: it is stored and shown.
void check_description(const Row& role)
{
    if (registry::holds_token(role.string("description")))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("description must not hold a token")));
}

struct GuardedTable {
    std::string_view name;
    void (*guard)(const Change&);
};

constexpr GuardedTable guarded_tables[] = {
    {"tenant", guard_tenant},
    {"application", guard_application},
    {"application_tenant", guard_application_tenant},
    {"role", guard_role},
    {"app_user", guard_app_user},
    {"user_group", guard_user_group},
    {"user_group_member", guard_user_group_member},
    {"user_group_role", guard_user_group_role},
    {"administrator", guard_administrator},
};

void check_rules(std::string_view table, const Row& old_row, const Row& new_row)
{
    const identity::Identity* const who = identity::current_identity();
    Change const change = {old_row, new_row, who != nullptr && who->kind == identity::Kind::user ? who : nullptr};
    for (const GuardedTable& guarded : guarded_tables) {
        if (guarded.name == table) {
            guarded.guard(change);
            return;
        }
    }
    elog(ERROR, "no rules for table \"%s\"", redaction::shown(table));
}

} // namespace

PAT_AUTH_FUNCTION(pat_auth_guard_registry)
{
    TriggerData* const trigger = server::before_row_trigger(fcinfo, "guard_registry");
    TupleDesc const descriptor = RelationGetDescr(trigger->tg_relation);
    std::string_view const table = RelationGetRelationName(trigger->tg_relation);
    bool const is_insert = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
    bool const is_delete = TRIGGER_FIRED_BY_DELETE(trigger->tg_event);
    HeapTuple result = server::written_row(trigger);

    // Whom the rules bind they bind whatever he may set. What is applied was held to them where it was made.
    bool const is_bound = registry::is_bound();
    bool const is_applied = !is_bound && server::is_applied();
    if (!is_delete && !is_applied)
        result = derive_columns(table, trigger, result);
    Row const old_row(is_insert ? nullptr : trigger->tg_trigtuple, descriptor);
    Row const new_row(is_delete ? nullptr : result, descriptor);
    if (is_of_built_in(table, old_row, new_row)) {
        if (is_applied)
            PG_RETURN_POINTER(nullptr); // the copy of a publisher's table: each database has its own
        refuse_built_in(table);
    }
    if (is_bound) {
        check_rules(table, old_row, new_row);
        check_name(table, new_row);
    } else if (registry::is_task() && table == "role" && new_row.boolean("available_for_pat") &&
               !(old_row.exists() && old_row.boolean("available_for_pat"))) {
        require_allowed(new_row); // the task needs no identity of those above the rules, but R2 stays
    }
    if (table == "role" && !is_delete)
        check_description(new_row);
    if (is_applied) {
        server::rights_changed(); // no statement trigger does it
        PG_RETURN_DATUM(PointerGetDatum(result));
    }
    if (table == "app_user")
        keep_tenant_of_user(old_row, new_row);
    if (!is_insert)
        lock_referenced(table, old_row, new_row);
    if (table == "role" && is_delete)
        keep_role_of_tokens(Row(result, descriptor));
    PG_RETURN_DATUM(PointerGetDatum(result));
}
