// A statement that a client parses and binds without a name, and never executes: bound STATEMENT. Prints what
// pg_stat_activity then shows of the session. libpq knows no such thing, so the messages are written past it.

#include <libpq-fe.h>

#include <fcntl.h>
#include <sys/socket.h>

#include <iostream>
#include <memory>
#include <string>

namespace {

std::string integer(std::size_t value, int size)
{
    std::string bytes;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}

std::string message(char type, const std::string& body) { return type + integer(body.size() + 4, 4) + body; }

std::string receive(int socket, std::size_t size)
{
    std::string bytes(size, '\0');
    if (size > 0 && recv(socket, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size))
        throw std::string("the server went away");
    return bytes;
}

} // namespace

int main(int argument_count, char** arguments)
{
    if (argument_count != 2)
        return 2;
    using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
    Session const session(PQconnectdb(""), PQfinish);
    Session const onlooker(PQconnectdb(""), PQfinish);
    int const socket = PQsocket(session.get());
    if (fcntl(socket, F_SETFL, 0) != 0) // it would not wait
        return 1;
    std::string const name(1, '\0');
    std::string const messages = message('P', name + arguments[1] + name + integer(0, 2)) +
                                 message('B', name + name + integer(0, 6)) + message('S', "");
    if (send(socket, messages.data(), messages.size(), 0) != static_cast<ssize_t>(messages.size()))
        return 1;
    for (char type = '\0'; type != 'Z';) {
        type = receive(socket, 1)[0];
        std::size_t size = 0;
        for (char byte : receive(socket, 4))
            size = size << 8 | static_cast<unsigned char>(byte);
        std::string const body = receive(socket, size - 4);
        if (type == 'E') {
            std::cerr << body << "\n";
            return 1;
        }
    }
    std::string const query =
        "SELECT query FROM pg_stat_activity WHERE pid = " + std::to_string(PQbackendPID(session.get()));
    std::unique_ptr<PGresult, decltype(&PQclear)> const rows(PQexec(onlooker.get(), query.c_str()), PQclear);
    if (PQresultStatus(rows.get()) != PGRES_TUPLES_OK || PQntuples(rows.get()) != 1)
        return 1;
    std::cout << PQgetvalue(rows.get(), 0, 0) << "\n";
}
