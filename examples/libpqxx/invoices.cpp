// GET /invoices with a bearer token, on libpqxx: a program that a web server
// runs for each request (CGI, RFC 3875). It connects as one database role, by
// the usual PGHOST, PGUSER ...; who the caller is, the token tells the database.
//
//   c++ -std=c++17 invoices.cpp -lpqxx -lpq -o invoices.cgi
//   HTTP_AUTHORIZATION="Bearer $TOKEN" ./invoices.cgi

#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include <strings.h>

#include <pqxx/pqxx>

namespace {

void answer_error(std::string_view status, std::string_view challenge = {})
{
    std::cout << "Status: " << status << "\nContent-Type: text/plain\n";
    if (!challenge.empty())
        std::cout << "WWW-Authenticate: " << challenge << '\n';
    std::cout << '\n' << status << '\n';
}

std::string bearer_token(const char* header)
{
    if (header == nullptr || strncasecmp(header, "Bearer ", 7) != 0)
        return {};
    header += 7;
    return header + std::strspn(header, " ");
}

pqxx::result read_invoices(pqxx::connection& connection, const std::string& token)
{
    // Its destructor rolls back, unless commit() came first.
    pqxx::work transaction(connection);
    transaction.exec_params("SELECT set_config('pat_auth.token', $1, true)", token);
    // Row security alone would answer "no rows" to a token without the scope.
    transaction.exec("SELECT pat_auth.pat_require_scope('erp', 'invoice_reader')");
    pqxx::result invoices = transaction.exec("SELECT id, customer, amount FROM invoice ORDER BY id");
    transaction.commit();
    return invoices;
}

} // namespace

int main()
{
    const std::string token = bearer_token(std::getenv("HTTP_AUTHORIZATION"));
    if (token.empty()) {
        answer_error("401 Unauthorized", "Bearer");
        return 0;
    }
    try {
        pqxx::connection connection;
        const pqxx::result invoices = read_invoices(connection, token);
        std::cout << "Status: 200 OK\nContent-Type: text/tab-separated-values\n\n";
        for (const auto& row : invoices)
            std::cout << row[0].c_str() << '\t' << row[1].c_str() << '\t' << row[2].c_str() << '\n';
    } catch (const pqxx::insufficient_privilege&) {
        // SQLSTATE to HTTP, with the challenge that RFC 6750 asks for. 42501 is
        // a class of its own here (and libpqxx 6 leaves its sqlstate() empty).
        answer_error("403 Forbidden", "Bearer error=\"insufficient_scope\"");
    } catch (const pqxx::sql_error& error) {
        if (error.sqlstate() == "28000")
            answer_error("401 Unauthorized", "Bearer error=\"invalid_token\"");
        else {
            std::cerr << error.what();
            answer_error("500 Internal Server Error");
        }
    } catch (const std::exception& error) {
        std::cerr << error.what();
        answer_error("500 Internal Server Error");
    }
    return 0;
}
