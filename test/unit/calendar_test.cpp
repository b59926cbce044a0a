// core/calendar.h

#include "core/calendar.h"

#include <gtest/gtest.h>

namespace pat_auth::core {
namespace {

void expect_one_year_after(CalendarDate date, CalendarDate expected)
{
    CalendarDate const later = one_year_after(date);
    EXPECT_EQ(later.year, expected.year);
    EXPECT_EQ(later.month, expected.month);
    EXPECT_EQ(later.day, expected.day);
}

TEST(Calendar, R8_a_year_is_the_same_date_next_year)
{
    expect_one_year_after({2026, 11, 24}, {2027, 11, 24});
    expect_one_year_after({2026, 12, 31}, {2027, 12, 31});
    expect_one_year_after({2027, 3, 1}, {2028, 3, 1});
    expect_one_year_after({2027, 2, 28}, {2028, 2, 28});
}

TEST(Calendar, R8_a_year_after_29_february_is_28_february)
{
    expect_one_year_after({2028, 2, 29}, {2029, 2, 28});
    expect_one_year_after({2096, 2, 29}, {2097, 2, 28});
}

TEST(Calendar, R8_other_29ths_stay)
{
    expect_one_year_after({2028, 1, 29}, {2029, 1, 29});
    expect_one_year_after({2028, 3, 29}, {2029, 3, 29});
}

} // namespace
} // namespace pat_auth::core
