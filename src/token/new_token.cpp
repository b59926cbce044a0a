// What a creation leaves in the tables: see new_token.h.

#include "server/prelude.h"

extern "C" {
#include "commands/sequence.h"
#include "utils/json.h"
#include "utils/jsonb.h"
}

#include "token/new_token.h"

#include "identity/running_query.h"
#include "server/catalog.h"
#include "server/row_writer.h"
#include "server/statement.h"
#include "server/text.h"
#include "token/scope_count.h"
#include "token/token_columns.h"

#include <algorithm>
#include <array>

namespace pat_auth::token {

namespace {

// The columns of pat_auth.token_event, in the order of sql/30_token.sql.
enum class EventColumn {
    event_id,
    occurred_at,
    act,
    token_id,
    tenant_id,
    user_id,
    tenant,
    user_name,
    application,
    actor_tenant,
    actor_user,
    actor_token_id,
    database_role,
    client_address,
    details,
    count
};

// A digest has its size, check_scopes() gives at least one, check_name() is what is_name() is, and keep_rights() keeps
// what the foreign keys lead to.
constexpr std::array<std::string_view, 5> own_constraints = {"token_digest_tail_check", "token_scope_ids_check",
                                                             "token_name_check", "token_user_id_fkey",
                                                             "token_application_id_fkey"};

struct Writers : identity::Kept {
    server::RowWriter token;
    server::RowWriter event;
};

void close_writers(identity::Kept* kept)
{
    auto* const writers = static_cast<Writers*>(kept);
    server::close_row_writer(writers->event);
    server::close_row_writer(writers->token);
}

Writers* open_writers()
{
    auto* const writers = static_cast<Writers*>(palloc(sizeof(Writers)));
    writers->close = close_writers;
    writers->token = server::open_row_writer(server::relation_oid(server::Relation::token),
                                             {own_constraints.data(), own_constraints.size()});
    writers->event = server::open_row_writer(server::relation_oid(server::Relation::token_event), {nullptr, 0});
    return writers;
}

Datum digest_tail_of(const core::Digest& digest)
{
    constexpr std::size_t head_size = sizeof(int64);
    return server::text_datum({reinterpret_cast<const char*>(digest.data()) + head_size, digest.size() - head_size});
}

JsonbValue json_string(std::string_view text)
{
    JsonbValue value = {};
    value.type = jbvString;
    value.val.string.val = const_cast<char*>(text.data());
    value.val.string.len = static_cast<int>(text.size());
    return value;
}

// {"name": …, "scopes": […], "expires_at": …}, put together in the order that jsonb keeps keys in, the shorter first.
Datum details_of(const NewToken& token)
{
    JsonbValue scopes = {};
    scopes.type = jbvArray;
    scopes.val.array.nElems = token.scopes.count;
    scopes.val.array.elems =
        static_cast<JsonbValue*>(palloc(sizeof(JsonbValue) * static_cast<Size>(token.scopes.count)));
    for (int i = 0; i < token.scopes.count; ++i)
        scopes.val.array.elems[i] = json_string(token.scopes.names[i]);
    char expires_at[MAXDATELEN + 1];
    JsonEncodeDateTime(expires_at, TimestampTzGetDatum(token.expires_at), TIMESTAMPTZOID, nullptr);

    JsonbPair pairs[] = {{json_string("name"), json_string(token.name), 0},
                         {json_string("scopes"), scopes, 1},
                         {json_string("expires_at"), json_string(expires_at), 2}};
    JsonbValue details = {};
    details.type = jbvObject;
    details.val.object.nPairs = static_cast<int>(std::size(pairs));
    details.val.object.pairs = pairs;
    return JsonbPGetDatum(JsonbValueToJsonb(&details));
}

void write_token(const server::RowWriter& writer, const NewToken& token)
{
    NullableDatum values[token_column_count];
    auto const set = [&](TokenColumn column, Datum value) { values[column - 1] = server::argument(value); };
    std::fill(std::begin(values), std::end(values), server::null_argument());
    set(token_id, Int64GetDatum(token.token_id));
    set(digest_head, Int64GetDatum(core::digest_prefix(token.digest)));
    set(created_at, TimestampTzGetDatum(token.created_at));
    set(expires_at, TimestampTzGetDatum(token.expires_at));
    set(tenant_id, Int32GetDatum(token.tenant_id));
    set(user_id, Int32GetDatum(token.user_id));
    set(application_id, Int32GetDatum(token.application_id));
    set(digest_tail, digest_tail_of(token.digest));
    set(scope_ids, PointerGetDatum(token.scopes.ids));
    set(name, server::text_datum(token.name));
    server::write_row(writer, values, token_column_count);
    if (!writer.fires_triggers)
        count_scopes(PointerGetDatum(token.scopes.ids), 1);
}

void write_event(const server::RowWriter& writer, const NewToken& token, Datum details)
{
    constexpr auto column_count = static_cast<int>(EventColumn::count);
    NullableDatum values[column_count];
    auto const put = [&](EventColumn column, NullableDatum value) { values[static_cast<int>(column)] = value; };
    auto const set = [&](EventColumn column, Datum value) { put(column, server::argument(value)); };
    std::fill(std::begin(values), std::end(values), server::null_argument());
    set(EventColumn::event_id,
        Int64GetDatum(nextval_internal(server::relation_oid(server::Relation::token_event_sequence), false)));
    set(EventColumn::occurred_at, TimestampTzGetDatum(token.created_at));
    set(EventColumn::act, CStringGetTextDatum("token_created"));
    set(EventColumn::token_id, Int64GetDatum(token.token_id));
    set(EventColumn::tenant_id, Int32GetDatum(token.tenant_id));
    set(EventColumn::user_id, Int32GetDatum(token.user_id));
    put(EventColumn::tenant, token.actor.tenant); // nobody creates one for somebody else (R6)
    put(EventColumn::user_name, token.actor.user_name);
    set(EventColumn::application, server::text_datum(token.application));
    put(EventColumn::actor_tenant, token.actor.tenant);
    put(EventColumn::actor_user, token.actor.user_name);
    set(EventColumn::database_role, CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false)));
    put(EventColumn::client_address, token.actor.client_address);
    set(EventColumn::details, details);
    server::write_row(writer, values, column_count);
}

} // namespace

void write_new_token(const NewToken& token)
{
    // First, as the scopes' names are those of rights: while rows are written, somebody else's trigger may ask for
    // others.
    Datum const details = details_of(token);
    bool const is_kept = identity::can_keep();
    auto* writers = is_kept ? static_cast<Writers*>(identity::kept(close_writers)) : nullptr;
    if (writers == nullptr) {
        MemoryContext const context = CurrentMemoryContext;
        if (is_kept)
            MemoryContextSwitchTo(identity::memory_of_kept());
        writers = open_writers();
        MemoryContextSwitchTo(context);
        if (is_kept)
            identity::keep(writers);
    }
    auto const write = [&] {
        write_token(writers->token, token);
        write_event(writers->event, token, details);
    };
    if (writers->token.runs_code_of_others || writers->event.runs_code_of_others)
        server::with_owner_rights(write);
    else
        write();
    if (!is_kept)
        close_writers(writers);
    CommandCounterIncrement(); // the token can be used at once, in the same statement too
}

} // namespace pat_auth::token
