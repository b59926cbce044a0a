// The clock and the calendar, both UTC. Nothing here follows the session's TimeZone or the transaction's start.
#pragma once

#include "server/prelude.h"

extern "C" {
#include "utils/date.h"
#include "utils/datetime.h"
}

#include "core/calendar.h"

namespace pat_auth::server {

// The UTC date of a moment.
inline DateADT utc_date(TimestampTz moment)
{
    TimestampTz const days = moment / USECS_PER_DAY;
    return static_cast<DateADT>(moment % USECS_PER_DAY < 0 ? days - 1 : days);
}

// The moment at which a date is over, UTC.
inline TimestampTz end_of_utc_date(DateADT date) { return (static_cast<TimestampTz>(date) + 1) * USECS_PER_DAY; }

// The same calendar date a year later (R8).
inline DateADT one_year_after(DateADT date)
{
    core::CalendarDate from = {};
    j2date(date + POSTGRES_EPOCH_JDATE, &from.year, &from.month, &from.day);
    core::CalendarDate const to = core::one_year_after(from);
    return date2j(to.year, to.month, to.day) - POSTGRES_EPOCH_JDATE;
}

// A date as error messages give it: as PostgreSQL's own ISO format does, whatever DateStyle says. Allocated in the
// current context.
inline const char* iso_date(DateADT date)
{
    auto* const text = static_cast<char*>(palloc(MAXDATELEN + 1));
    if (DATE_NOT_FINITE(date)) {
        EncodeSpecialDate(date, text);
    } else {
        pg_tm fields = {};
        j2date(date + POSTGRES_EPOCH_JDATE, &fields.tm_year, &fields.tm_mon, &fields.tm_mday);
        EncodeDateOnly(&fields, USE_ISO_DATES, text);
    }
    return text;
}

} // namespace pat_auth::server
