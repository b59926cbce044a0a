/*
 * GET /invoices with a bearer token, on libpq: a program that a web server runs
 * for each request (CGI, RFC 3875). It connects as one database role, by the
 * usual PGHOST, PGUSER ...; who the caller is, the token tells the database.
 *
 *   cc -I"$(pg_config --includedir)" invoices.c -L"$(pg_config --libdir)" -lpq -o invoices.cgi
 *   HTTP_AUTHORIZATION="Bearer $TOKEN" ./invoices.cgi
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libpq-fe.h>

static int answer_error(const char* status, const char* challenge)
{
    printf("Status: %s\nContent-Type: text/plain\n", status);
    if (challenge != NULL)
        printf("WWW-Authenticate: %s\n", challenge);
    printf("\n%s\n", status);
    return 0;
}

/* SQLSTATE to HTTP, with the challenge that RFC 6750 asks for. */
static int answer_failure(const char* sqlstate, const char* message)
{
    if (sqlstate != NULL && strcmp(sqlstate, "28000") == 0)
        return answer_error("401 Unauthorized", "Bearer error=\"invalid_token\"");
    if (sqlstate != NULL && strcmp(sqlstate, "42501") == 0)
        return answer_error("403 Forbidden", "Bearer error=\"insufficient_scope\"");
    fprintf(stderr, "%s", message);
    return answer_error("500 Internal Server Error", NULL);
}

static const char* bearer_token(const char* header)
{
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7;
    header += strspn(header, " ");
    return *header == '\0' ? NULL : header;
}

/* The last result, if all steps went well; otherwise that of the step that failed. */
static PGresult* read_invoices(PGconn* connection, const char* token)
{
    const struct {
        const char* sql;
        int parameters;
    } steps[] = {
        {"BEGIN", 0},
        {"SELECT set_config('pat_auth.token', $1, true)", 1},
        /* Row security alone would answer "no rows" to a token without the scope. */
        {"SELECT pat_auth.pat_require_scope('erp', 'invoice_reader')", 0},
        {"SELECT id, customer, amount FROM invoice ORDER BY id", 0},
    };
    PGresult* result = NULL;

    for (size_t step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
        PQclear(result);
        result = PQexecParams(connection, steps[step].sql, steps[step].parameters, NULL, &token, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
            break;
    }
    return result;
}

int main(void)
{
    const char* token = bearer_token(getenv("HTTP_AUTHORIZATION"));
    PGconn* connection;
    PGresult* invoices;
    PGresult* commit;

    if (token == NULL)
        return answer_error("401 Unauthorized", "Bearer");

    connection = PQconnectdb("");
    if (PQstatus(connection) != CONNECTION_OK)
        return answer_failure(NULL, PQerrorMessage(connection));

    invoices = read_invoices(connection, token);
    if (PQresultStatus(invoices) != PGRES_TUPLES_OK)
        return answer_failure(PQresultErrorField(invoices, PG_DIAG_SQLSTATE), PQresultErrorMessage(invoices));
    commit = PQexec(connection, "COMMIT");
    if (PQresultStatus(commit) != PGRES_COMMAND_OK)
        return answer_failure(PQresultErrorField(commit, PG_DIAG_SQLSTATE), PQresultErrorMessage(commit));

    printf("Status: 200 OK\nContent-Type: text/tab-separated-values\n\n");
    for (int row = 0; row < PQntuples(invoices); row++)
        printf("%s\t%s\t%s\n", PQgetvalue(invoices, row, 0), PQgetvalue(invoices, row, 1),
               PQgetvalue(invoices, row, 2));

    PQclear(commit);
    PQclear(invoices);
    PQfinish(connection);
    return 0;
}
