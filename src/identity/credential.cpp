// The two settings that hold the session's credential.
//
// pat_auth.token takes a token's text. Its check hook replaces the text by id and digest, so that nothing readable
// holds the secret, and hands the parsed form to the assign hook. SET LOCAL, savepoints, aborts and functions' SET
// clauses then restore it as they restore any setting, and parallel workers inherit it. The digest form is accepted
// from nobody but a starting parallel worker: a digest that was read somewhere is no credential.
//
// pat_auth.signed_in_user holds a user_id and takes it only from use_user().

#include "server/version.h"

extern "C" {
#include "access/parallel.h"
}

#include "identity/credential.h"

#include "core/secret.h"
#include "core/state_text.h"
#include "core/token_text.h"
#include "identity/refusal.h"
#include "identity/settings.h"
#include "server/guard.h"

#include <charconv>
#include <cstring>
#include <new>

namespace pat_auth::identity {

namespace {

struct TokenState {
    int64 token_id;
    core::Digest digest;
};

struct UserState {
    int32 user_id;
};

char* token_value = nullptr;
char* user_value = nullptr;
const TokenState* token_state = nullptr;
const UserState* user_state = nullptr;
uint64 generation = 1;
bool is_using_user = false;

// Sources that would keep what they are given: files, ALTER ROLE and ALTER DATABASE, a function's SET clause.
bool is_session_source(GucSource source)
{
    return source == PGC_S_CLIENT || source == PGC_S_INTERACTIVE || source == PGC_S_SESSION || source == PGC_S_OVERRIDE;
}

// The message is ours: the default one would print the value.
void say_refused()
{
    GUC_check_errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION);
    GUC_check_errmsg("%s", refusal_message);
}

void say_not_stored()
{
    GUC_check_errcode(ERRCODE_INVALID_PARAMETER_VALUE);
    GUC_check_errmsg("parameter \"pat_auth.token\" cannot be stored");
    GUC_check_errhint("Set it in the session that uses the token, with SET, set_config() or the connection "
                      "option \"-c pat_auth.token=\".");
}

// Replaces the text.
bool take_token(char** value, void** extra)
{
    std::string_view const text = *value;
    core::Digest digest = {};
    int64 token_id = 0;
    bool is_digest_form = false;
    if (InitializingParallelWorker) {
        is_digest_form = core::parse_state_text(text, token_id, digest);
        if (!is_digest_form)
            return false;
    } else if (!core::parse_token_text(text, token_prefix(), token_id)) {
        log_refusal("malformed", 0, {0, true});
        return false;
    } else if (is_pepper_missing()) {
        log_refusal("pepper_missing", token_id, {0, true});
        return false;
    } else {
        digest = digest_of(text);
    }

    void* const memory = server::allocate_setting(sizeof(TokenState));
    if (memory == nullptr)
        return false;
    if (!is_digest_form) {
        auto* const replacement = static_cast<char*>(server::allocate_setting(core::max_state_text_length + 1));
        if (replacement == nullptr) {
            server::free_setting(memory);
            return false;
        }
        core::format_state_text(token_id, digest, replacement);
        core::wipe(*value, text.size());
        server::free_setting(*value);
        *value = replacement;
    }
    *extra = new (memory) TokenState{token_id, digest};
    return true;
}

bool check_token(char** value, void** extra, GucSource source)
{
    std::size_t const length = std::strlen(*value);
    bool const is_storing = !is_session_source(source);
    if (length == 0 || (!is_storing && take_token(value, extra)))
        return true;
    if (is_storing)
        say_not_stored();
    else
        say_refused();
    core::wipe(*value, length); // the copy that was made for this setting; what is refused may be a token all the same
    return false;
}

void assign_token(const char* /*value*/, void* extra)
{
    token_state = static_cast<const TokenState*>(extra);
    ++generation;
}

const char* show_token() { return token_state == nullptr ? "" : "********"; }

bool take_user(std::string_view text, void** extra, GucSource source)
{
    if (!is_session_source(source) || !(is_using_user || InitializingParallelWorker))
        return false;
    int32 user_id = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), user_id);
    if (error != std::errc() || end != text.data() + text.size())
        return false;
    void* const memory = server::allocate_setting(sizeof(UserState));
    if (memory == nullptr)
        return false;
    *extra = new (memory) UserState{user_id};
    return true;
}

bool check_user(char** value, void** extra, GucSource source)
{
    std::string_view const text = *value;
    if (text.empty() || take_user(text, extra, source))
        return true;
    GUC_check_errcode(ERRCODE_INSUFFICIENT_PRIVILEGE);
    GUC_check_errmsg("parameter \"pat_auth.signed_in_user\" cannot be set");
    GUC_check_errhint("Sign a user in with pat_auth.pat_login_user().");
    return false;
}

void assign_user(const char* /*value*/, void* extra)
{
    user_state = static_cast<const UserState*>(extra);
    ++generation;
}

const char* show_user() { return user_state == nullptr ? "" : "********"; }

void set_local(const char* name, const char* value)
{
    set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

void set_no_token()
{
    if (token_state != nullptr)
        set_local("pat_auth.token", "");
}

void set_no_user()
{
    if (user_state != nullptr)
        set_local("pat_auth.signed_in_user", "");
}

} // namespace

Credential current_credential()
{
    Credential credential = {};
    credential.generation = generation;
    if (token_state != nullptr) {
        credential.kind = Kind::token;
        credential.token_id = token_state->token_id;
        credential.digest = token_state->digest;
    } else if (user_state != nullptr) {
        credential.kind = Kind::user;
        credential.user_id = user_state->user_id;
    }
    return credential;
}

uint64 credential_generation() { return generation; }

bool is_same_identity(const Credential& one, const Credential& other)
{
    if (one.kind != other.kind)
        return false;
    if (one.kind == Kind::token)
        return core::equal_in_constant_time(one.digest, other.digest);
    return one.user_id == other.user_id;
}

void use_token(std::string_view text, NullableDatum client_address)
{
    int64 token_id = 0;
    if (!core::parse_token_text(text, token_prefix(), token_id))
        refuse("malformed", 0, client_address);
    core::WipedText<core::max_token_text_length + 1> copy; // with the NUL that a setting's value ends with
    std::memcpy(copy.data(), text.data(), text.size());
    server::call_server([&copy] {
        set_no_user();
        set_local("pat_auth.token", copy.data());
    });
}

void use_user(int32 user_id)
{
    char value[16];
    *std::to_chars(value, value + sizeof value - 1, user_id).ptr = '\0';
    set_no_token();
    is_using_user = true;
    PG_TRY();
    {
        set_local("pat_auth.signed_in_user", value);
    }
    PG_FINALLY();
    {
        is_using_user = false;
    }
    PG_END_TRY();
}

void use_nobody()
{
    set_no_token();
    set_no_user();
}

void define_credential_settings()
{
    // NO_SHOW_ALL: pg_settings.reset_val would show the digest form of a connection option.
    int const flags = GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE;
    DefineCustomStringVariable("pat_auth.token", "The personal access token that this session acts under.", nullptr,
                               &token_value, "", PGC_USERSET, flags, check_token, assign_token, show_token);
    DefineCustomStringVariable("pat_auth.signed_in_user",
                               "The user that this transaction acts as; pat_login_user() sets it.", nullptr,
                               &user_value, "", PGC_USERSET, flags, check_user, assign_user, show_user);
}

} // namespace pat_auth::identity
