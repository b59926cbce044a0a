// The client's connection.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace pat_auth::server {

// Its address, an inet; null for a local socket.
inline NullableDatum connection_address()
{
    LOCAL_FCINFO(call, 0);
    InitFunctionCallInfoData(*call, nullptr, 0, InvalidOid, nullptr, nullptr);
    NullableDatum address = {};
    address.value = inet_client_addr(call);
    address.isnull = call->isnull;
    return address;
}

} // namespace pat_auth::server
