// A row that a trigger of a set-up table got, by column name.
#pragma once

#include "server/prelude.h"

#include "server/text.h"

#include <string_view>

namespace pat_auth::registry {

class Row {
public:
    Row(HeapTuple tuple, TupleDesc descriptor) : tuple_(tuple), descriptor_(descriptor) {}

    [[nodiscard]] bool exists() const { return tuple_ != nullptr; }

    // Empty for null.
    [[nodiscard]] std::string_view string(const char* column) const
    {
        NullableDatum const value = get(column);
        return value.isnull ? std::string_view() : server::view(DatumGetTextPP(value.value));
    }

    [[nodiscard]] bool boolean(const char* column) const
    {
        NullableDatum const value = get(column);
        return !value.isnull && DatumGetBool(value.value);
    }

    [[nodiscard]] int32 integer(const char* column) const
    {
        NullableDatum const value = get(column);
        return value.isnull ? 0 : DatumGetInt32(value.value);
    }

    [[nodiscard]] bool is_null(const char* column) const { return get(column).isnull; }

private:
    [[nodiscard]] NullableDatum get(const char* column) const
    {
        NullableDatum value = {};
        value.value = SPI_getbinval(tuple_, descriptor_, SPI_fnumber(descriptor_, column), &value.isnull);
        return value;
    }

    HeapTuple tuple_;
    TupleDesc descriptor_;
};

// Whether both rows have the same text in a column.
inline bool is_same(const Row& one, const Row& other, const char* column)
{
    return one.is_null(column) == other.is_null(column) && one.string(column) == other.string(column);
}

} // namespace pat_auth::registry
