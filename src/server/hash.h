// A hash of 64 bits, by PostgreSQL's function. It is not for what somebody might want to make collide.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "common/hashfn.h"
}

namespace pat_auth::server {

// Another seed gives another hash: that of what comes before, or the number of a kind.
inline uint64 hash(uint64 seed, const void* bytes, std::size_t size)
{
    return hash_bytes_extended(static_cast<const unsigned char*>(bytes), static_cast<int>(size), seed);
}

} // namespace pat_auth::server
