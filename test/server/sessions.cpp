// Many sessions at the same time: sessions NUMBER. Each line of standard input is SQL that all of them are sent before
// the answer of any is awaited. What comes of it is printed, one line for each different outcome with how many had it,
// and then an empty line: the first row of the last result, or the SQLSTATE and the message of the error.

#include <libpq-fe.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string describe(const PGresult* result)
{
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
        const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char* const message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        return state == nullptr ? PQresultErrorMessage(result) : std::string(state) + ": " + message;
    }
    std::string row;
    for (int column = 0; PQntuples(result) > 0 && column < PQnfields(result); ++column)
        row += (column == 0 ? "" : "|") + std::string(PQgetvalue(result, 0, column));
    return row;
}

std::string answer(PGconn* session)
{
    std::string last;
    while (PGresult* const result = PQgetResult(session))
        last = describe(Result(result, PQclear).get());
    return last;
}

} // namespace

int main(int argument_count, char** arguments)
{
    std::vector<Session> sessions;
    for (int number = argument_count == 2 ? std::atoi(arguments[1]) : 0; number > 0; --number) {
        sessions.emplace_back(PQconnectdb(""), PQfinish);
        if (PQstatus(sessions.back().get()) != CONNECTION_OK) {
            std::cerr << PQerrorMessage(sessions.back().get());
            return 1;
        }
    }

    for (std::string sql; std::getline(std::cin, sql);) {
        for (const Session& session : sessions)
            PQsendQuery(session.get(), sql.c_str());
        std::map<std::string, int> outcomes;
        for (const Session& session : sessions)
            ++outcomes[answer(session.get())];
        for (const auto& [outcome, count] : outcomes)
            std::cout << count << " " << outcome << "\n";
        std::cout << std::endl;
    }
}
