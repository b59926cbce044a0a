// Where a use came from: see address.h.

#include "server/prelude.h"

extern "C" {
#include "utils/inet.h"
}

#include "usage/address.h"

#include <algorithm>

namespace pat_auth::usage {

Address address_of_inet(Datum datum)
{
    Address address = {};
    const inet* const value = DatumGetInetPP(datum);
    auto const size = static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value));
    if (size > sizeof address.content)
        return address;
    address.is_known = true;
    address.size = static_cast<uint8>(size);
    std::copy_n(reinterpret_cast<const unsigned char*>(VARDATA_ANY(value)), size, address.content);
    return address;
}

NullableDatum inet_of(const Address& address)
{
    if (address.size == 0)
        return {static_cast<Datum>(0), true};
    Size const size = VARHDRSZ + static_cast<Size>(address.size);
    auto* const value = static_cast<char*>(palloc(size));
    SET_VARSIZE(value, size);
    std::copy_n(address.content, address.size, VARDATA(value));
    return {PointerGetDatum(value), false};
}

} // namespace pat_auth::usage
