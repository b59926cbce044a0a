// The filters of a query that is confined, evaluated with less work a row.
#pragma once

extern "C" {
struct QueryDesc;
}

namespace pat_auth::enforcement {

// Of a query that has begun to run: called when it, or what runs within, has asked for the identity, once. The filters
// of its long scans, where they are of the simple forms that those of policies have, are evaluated by us from their
// next row on; what they say is the same.
void take_over_filters(QueryDesc* query);

} // namespace pat_auth::enforcement
