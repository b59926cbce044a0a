// A statement that a client prepares and never executes: unexecuted STATEMENT QUERY. Prints the first column of what
// the query then gives in the same session.

#include <libpq-fe.h>

#include <iostream>
#include <memory>

int main(int argument_count, char** arguments)
{
    if (argument_count != 3)
        return 2;
    std::unique_ptr<PGconn, decltype(&PQfinish)> const session(PQconnectdb(""), PQfinish);
    using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;
    Result const prepared(PQprepare(session.get(), "unexecuted", arguments[1], 0, nullptr), PQclear);
    Result const rows(PQexec(session.get(), arguments[2]), PQclear);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK || PQresultStatus(rows.get()) != PGRES_TUPLES_OK) {
        std::cerr << PQerrorMessage(session.get());
        return 1;
    }
    for (int row = 0; row < PQntuples(rows.get()); ++row)
        std::cout << PQgetvalue(rows.get(), row, 0) << "\n";
}
