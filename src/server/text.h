// Text between PostgreSQL and C++.
#pragma once

#include "server/prelude.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pat_auth::server {

// The bytes of a detoasted text; valid as long as that is.
inline std::string_view view(const text* value)
{
    return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

inline std::string_view argument_view(FunctionCallInfo fcinfo, int argument)
{
    return view(PG_GETARG_TEXT_PP(argument));
}

inline Datum text_datum(std::string_view value)
{
    return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
}

// A text[] of the given strings, in the current context.
inline ArrayType* text_array(const char* const* values, int count)
{
    if (count == 0)
        return construct_empty_array(TEXTOID);
    Size size = ARR_OVERHEAD_NONULLS(1);
    for (int i = 0; i < count; ++i)
        size += INTALIGN(VARHDRSZ + std::strlen(values[i]));
    auto* const array = static_cast<ArrayType*>(palloc0(size));
    SET_VARSIZE(array, size);
    array->ndim = 1;
    array->elemtype = TEXTOID;
    ARR_DIMS(array)[0] = count;
    ARR_LBOUND(array)[0] = 1;
    char* at = ARR_DATA_PTR(array);
    for (int i = 0; i < count; ++i) {
        std::size_t const length = std::strlen(values[i]);
        SET_VARSIZE(at, VARHDRSZ + length);
        std::memcpy(VARDATA(at), values[i], length);
        at += INTALIGN(VARHDRSZ + length);
    }
    return array;
}

// The same in the order of their bytes. The strings' own order is changed, too.
inline ArrayType* sorted_text_array(const char** values, int count)
{
    std::sort(values, values + count,
              [](const char* one, const char* other) { return std::string_view(one) < std::string_view(other); });
    return text_array(values, count);
}

// The elements of a one-dimensional integer[] without nulls; they lie inside the array.
struct IntegerArray {
    const int32* values;
    int count;
};

inline IntegerArray integer_array(ArrayType* array)
{
    return {reinterpret_cast<const int32*>(ARR_DATA_PTR(array)), ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))};
}

} // namespace pat_auth::server
