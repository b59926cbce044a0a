// Who the current transaction acts for: see identity.h.

#include "server/prelude.h"

#include "identity/identity.h"

#include "identity/refusal.h"
#include "identity/running_query.h"
#include "identity/verification.h"
#include "server/clock.h"
#include "server/hash.h"
#include "server/invalidation.h"
#include "server/statement.h"
#include "server/text.h"
#include "usage/record.h"

#include <algorithm>
#include <cstring>

namespace pat_auth::identity {

namespace {

// What was verified last, and under which circumstances that still holds.
struct Verified {
    bool is_valid;
    uint64 credential_generation;
    server::Generations generations;
    uint64 statement;
    uint64 noted_statement; // whose query is marked as one that depends on it
    Identity identity;
    token::TokenRow token; // that the identity is of
    MemoryContext context; // of the identity's texts, and the token's scopes
};
Verified verified = {};

// The one identity of this transaction (none: not used yet). It outlives savepoints that are rolled back.
Credential used = {};

// Of the client that this credential came from. It comes back with it when a savepoint is rolled back in which somebody
// signed out.
struct ClientAddress {
    Credential credential;
    Size size;
    char bytes[32]; // an inet is at most 19 bytes and a varlena header
};
ClientAddress told_address = {};

Permission* allocate_permissions(int count)
{
    return static_cast<Permission*>(
        MemoryContextAlloc(verified.context, sizeof(Permission) * static_cast<Size>(Max(count, 1))));
}

void take_owner(Identity& identity, const UserRights& user)
{
    identity.user_id = user.user_id;
    identity.tenant_id = user.tenant_id;
    identity.tenant = user.tenant;
    identity.user_name = user.name;
}

// Calls visit(text) for each text of the identity; that of a token's application stands for all of its permissions'.
template <typename Visit>
void visit_texts(Identity& identity, Permission* permissions, Visit&& visit)
{
    visit(identity.tenant);
    visit(identity.user_name);
    if (identity.application != nullptr)
        visit(identity.application);
    for (int i = 0; i < identity.permission_count; ++i) {
        if (identity.application != nullptr)
            permissions[i].application = identity.application;
        else
            visit(permissions[i].application);
        visit(permissions[i].role);
    }
}

// Takes over the texts, which are those of rights and gone with the next look at them, in one piece of memory; by that
// and what else there is the identity gets its fingerprint.
void complete(Identity& identity, Permission* permissions)
{
    identity.permissions = permissions;
    std::size_t size = 0;
    visit_texts(identity, permissions, [&size](const char* text) { size += std::strlen(text) + 1; });
    auto* const texts = static_cast<char*>(MemoryContextAlloc(verified.context, size));
    char* end = texts;
    visit_texts(identity, permissions, [&end](const char*& text) {
        std::size_t const length = std::strlen(text) + 1;
        std::memcpy(end, text, length);
        text = end;
        end += length;
    });

    struct {
        int64 token_id;
        int32 user_id;
        uint32 administrator_roles;
    } const numbers = {identity.token_id, identity.user_id, identity.administrator_roles};
    static_assert(sizeof numbers == 16); // no padding
    uint64 const fingerprint =
        server::hash(server::hash(static_cast<uint64>(identity.kind), &numbers, sizeof numbers), texts, size);
    identity.fingerprint = fingerprint == 0 ? 1 : fingerprint;
}

// The clock can change something at the end of the day, when users and memberships begin and end.
TimestampTz end_of_day(TimestampTz moment) { return server::end_of_utc_date(server::utc_date(moment)); }

// Begins anew: what was verified before is gone, even if the rest fails.
void forget_identity()
{
    verified.identity = {};
    MemoryContextReset(verified.context);
}

// Whether it is the token of the identity that was verified last, as in the transaction before, and nothing of what
// that was made of is another one: neither the row, just read, nor anybody's rights.
bool is_of_verified(const token::TokenRow* token, const server::Generations& now, TimestampTz moment)
{
    return token != nullptr && verified.identity.kind == Kind::token && verified.generations.rights == now.rights &&
           moment < verified.identity.valid_until && token::is_same(*token, verified.token);
}

void keep_token(const token::TokenRow& token)
{
    verified.token = token;
    Size const size = sizeof(int32) * static_cast<Size>(token.scope_count);
    verified.token.scope_ids =
        static_cast<int32*>(std::memcpy(MemoryContextAlloc(verified.context, size), token.scope_ids, size));
}

// Sets the moment at which the identity is as returned.
Identity verify_token(const Credential& credential, const server::Generations& generations, TimestampTz& moment)
{
    token::TokenRow row = {};
    const token::TokenRow* const found = token::find_token_by_digest(credential.digest, row) ? &row : nullptr;
    moment = GetCurrentTimestamp();
    if (is_of_verified(found, generations, moment))
        return verified.identity;
    forget_identity();
    Verification const verification = verify_row(found, moment);
    if (!verification.is_active)
        refuse(verification.reason, verification.token_id != 0 ? verification.token_id : credential.token_id,
               client_address());

    const token::TokenRow& token = verification.token;
    const ApplicationRights& application = *verification.rights.application;
    Identity identity = {};
    identity.kind = Kind::token;
    identity.token_id = token.token_id;
    identity.application = application.name;
    take_owner(identity, *verification.rights.user);
    auto* const permissions = allocate_permissions(token.scope_count);
    for (int i = 0; i < token.scope_count; ++i)
        permissions[i] = {identity.application, find_role(application, token.scope_ids[i])->name};
    identity.permission_count = token.scope_count;
    identity.valid_until = Min(token.expires_at, end_of_day(moment));
    complete(identity, permissions);
    keep_token(token);
    return identity;
}

Identity verify_user(const Credential& credential, TimestampTz& moment)
{
    forget_identity();
    moment = GetCurrentTimestamp();
    const UserRights* const user = find_rights(credential.user_id, administration_id, moment).user;
    if (user == nullptr)
        refuse_user("unknown", credential.user_id, "The user no longer exists.");
    if (!user->tenant_is_active)
        refuse_user("tenant_inactive", credential.user_id, "The tenant is not active.");
    if (!user->is_active)
        refuse_user("user_inactive", credential.user_id, "The user is not active.");
    if (!user->is_inside_dates)
        refuse_user("user_outside_dates", credential.user_id, "The user is outside of his begin and end dates.");

    Identity identity = {};
    identity.kind = Kind::user;
    identity.administrator_roles = user->administrator_roles;
    identity.valid_until = end_of_day(moment);
    take_owner(identity, *user);
    auto* const roles = static_cast<const GrantedRole**>(palloc(sizeof(void*) * static_cast<Size>(user->role_count)));
    int const count = find_granted_roles(*user, roles);
    auto* const permissions = allocate_permissions(count);
    for (int i = 0; i < count; ++i)
        if (roles[i]->application_is_active)
            permissions[identity.permission_count++] = {roles[i]->application, roles[i]->name};
    complete(identity, permissions);
    return identity;
}

void record_use(TimestampTz now)
{
    const Identity& identity = verified.identity;
    if (identity.kind == Kind::token)
        usage::record_use({identity.token_id, identity.user_id, identity.tenant_id, now}, client_address());
}

// Nothing of what the identity depends on changed since it was verified. The clock is read once a statement.
bool is_fresh(const server::Generations& now)
{
    if (!verified.is_valid || verified.credential_generation != credential_generation() ||
        verified.generations.rights != now.rights || verified.generations.tokens != now.tokens)
        return false;
    if (uint64 const statement = current_statement(); statement == 0 || statement != verified.statement) {
        TimestampTz const moment = GetCurrentTimestamp();
        if (moment >= verified.identity.valid_until)
            return false;
        verified.statement = statement;
        record_use(moment);
    }
    return true;
}

// Fresh, and asked before in this statement, as a reader is that stands in a condition on each row: then its query is
// marked already. Messages are taken in all the same: a function's statements need not be queries of their own.
bool is_known_in_statement(const server::Generations& now)
{
    uint64 const statement = current_statement();
    return statement != 0 && statement == verified.noted_statement && is_fresh(now);
}

void use_only(const Credential& credential)
{
    if (used.kind != Kind::none && !is_same_identity(used, credential))
        ereport(ERROR,
                (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION), errmsg("another identity was used in this transaction"),
                 errhint("Use one identity a transaction: end this one first.")));
}

// Right after a look at the generations.
void verify(const Credential& credential, server::Generations generations)
{
    use_only(credential);
    verified.is_valid = false;
    if (verified.context == nullptr)
        verified.context = AllocSetContextCreate(TopMemoryContext, "pat_auth identity", ALLOCSET_SMALL_SIZES);

    // What arrives while we look makes us look again.
    TimestampTz moment = 0;
    for (;;) {
        verified.identity = credential.kind == Kind::token ? verify_token(credential, generations, moment)
                                                           : verify_user(credential, moment);
        verified.generations = generations;
        generations = server::current_generations();
        if (verified.generations.rights == generations.rights && verified.generations.tokens == generations.tokens)
            break;
    }
    verified.credential_generation = credential.generation;
    verified.statement = current_statement();
    verified.is_valid = true;
    used = credential;
    record_use(moment);
}

void at_transaction_end(XactEvent event, void* /*argument*/)
{
    switch (event) {
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_PARALLEL_COMMIT:
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PARALLEL_ABORT:
    case XACT_EVENT_PREPARE:
        verified.is_valid = false;
        used = {};
        told_address = {};
        break;
    default:
        break;
    }
}

} // namespace

const Identity* current_identity()
{
    server::Generations const generations = server::current_generations();
    if (is_known_in_statement(generations))
        return &verified.identity;
    if (!is_fresh(generations)) {
        Credential const credential = current_credential();
        if (credential.kind == Kind::none) {
            note_identity_use(nullptr);
            return nullptr;
        }
        verify(credential, generations);
    }
    note_identity_use(&verified.identity); // raises where rows would outlive the identity, each time
    verified.noted_statement = current_statement();
    return &verified.identity;
}

void note_parallel_use()
{
    Credential const credential = current_credential();
    if (credential.kind == Kind::none)
        return;
    use_only(credential);
    used = credential;
}

const Identity& require_interactive_user(const char* act)
{
    const Identity* const identity = current_identity();
    if (identity == nullptr)
        ereport(ERROR, (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("%s needs a signed-in user", act),
                        errhint("Sign the user in with pat_auth.pat_login_user() in the same transaction.")));
    if (identity->kind == Kind::token)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("%s is not possible under a personal access token", act),
                        errhint("A user who signed in interactively can do it.")));
    return *identity;
}

bool has_permission(const Identity& identity, std::string_view application, std::string_view role)
{
    const Permission* const end = identity.permissions + identity.permission_count;
    return std::any_of(identity.permissions, end, [&](const Permission& permission) {
        return role == permission.role && application == permission.application;
    });
}

void set_client_address(NullableDatum address)
{
    told_address = {};
    if (address.isnull)
        return;
    auto* const value = reinterpret_cast<struct varlena*>(PG_DETOAST_DATUM_COPY(address.value));
    if (VARSIZE(value) > sizeof told_address.bytes)
        return;
    told_address.credential = current_credential();
    told_address.size = VARSIZE(value);
    std::copy_n(reinterpret_cast<const char*>(value), told_address.size, told_address.bytes);
}

NullableDatum client_address()
{
    if (told_address.size == 0 || !is_same_identity(told_address.credential, current_credential()))
        return server::null_argument();
    auto* const copy = static_cast<char*>(palloc(told_address.size));
    std::copy_n(told_address.bytes, told_address.size, copy);
    return server::argument(PointerGetDatum(copy));
}

void register_identity() { RegisterXactCallback(at_transaction_end, nullptr); }

} // namespace pat_auth::identity
