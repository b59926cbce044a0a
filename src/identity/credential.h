// What the session shows of who it is: the token in pat_auth.token, or the user that pat_login_user signed in.
// A credential is a claim; identity.h verifies it.
#pragma once

#include "server/prelude.h"

#include "core/digest.h"

#include <string_view>

namespace pat_auth::identity {

enum class Kind : char { none, user, token };

struct Credential {
    Kind kind;
    int64 token_id;      // as its text says; only the digest is proof
    core::Digest digest; // of a token
    int32 user_id;       // of a user
    uint64 generation;   // another number: set anew since
};

// The credential in force. A token comes first: of two claims the narrower one.
Credential current_credential();

// Its generation alone.
uint64 credential_generation();

// Whether two credentials claim the same identity.
bool is_same_identity(const Credential& one, const Credential& other);

// Put one in force until the end of the transaction, as SET LOCAL would, in place of any other.
// use_token raises 28000 for a text that is not of a token's form; the client's address is for the log.
void use_token(std::string_view text, NullableDatum client_address);
void use_user(int32 user_id);
void use_nobody();

void define_credential_settings();

} // namespace pat_auth::identity
