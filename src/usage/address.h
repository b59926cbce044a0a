// Where a use came from, as it is kept in shared memory.
#pragma once

#include "server/prelude.h"

namespace pat_auth::usage {

// The content of an inet: family, bits and 4 or 16 bytes.
struct Address {
    bool is_known; // not in a parallel worker, which has no connection of its own
    uint8 size;    // 0: a local socket
    unsigned char content[18];
};

// Of an inet.
Address address_of_inet(Datum datum);

// An inet in the current memory context; null for a local socket.
NullableDatum inet_of(const Address& address);

} // namespace pat_auth::usage
