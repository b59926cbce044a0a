// What the rules say of dates, on calendar dates without a clock.
#pragma once

namespace pat_auth::core {

struct CalendarDate {
    int year;
    int month; // 1 to 12
    int day;   // 1 to 31
};

// The same calendar date a year later; of 29 February the 28th (R8). Every other date exists in each year.
constexpr CalendarDate one_year_after(CalendarDate date) noexcept
{
    if (date.month == 2 && date.day == 29)
        date.day = 28;
    ++date.year;
    return date;
}

} // namespace pat_auth::core
