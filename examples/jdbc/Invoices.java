// GET /invoices with a bearer token, on JDBC. It connects as one database role;
// who the caller is, the token tells the database, for one transaction at a time.
//
//   export JDBC_URL=jdbc:postgresql://127.0.0.1:5432/erp PGUSER=erp_api PGPASSWORD=…
//   PORT=8080 java -cp /usr/share/java/postgresql.jar Invoices.java
//   curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/invoices

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;

public final class Invoices {
    // The smallest pool there is. A real one (HikariCP, …) changes nothing in readInvoices.
    private static final int POOL_SIZE = 2;
    private static final BlockingQueue<Connection> POOL = new ArrayBlockingQueue<>(POOL_SIZE);

    private static Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(
                System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
        connection.setAutoCommit(false);
        return connection;
    }

    private static String readInvoices(Connection connection, String token) throws SQLException {
        try (PreparedStatement identity = connection.prepareStatement("SELECT set_config('pat_auth.token', ?, true)");
                // Row security alone would answer "no rows" to a token without the scope.
                PreparedStatement scope = connection.prepareStatement(
                        "SELECT pat_auth.pat_require_scope('erp', 'invoice_reader')");
                PreparedStatement query = connection.prepareStatement(
                        "SELECT to_json(i) FROM (SELECT id, customer, amount FROM invoice ORDER BY id) AS i")) {
            identity.setString(1, token);
            identity.execute();
            scope.execute();
            StringBuilder rows = new StringBuilder();
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    rows.append(rows.length() == 0 ? "" : ",").append(result.getString(1));
                }
            }
            connection.commit();
            return "[" + rows + "]";
        } catch (SQLException error) {
            connection.rollback();
            throw error;
        }
    }

    private static String readInvoices(String token) throws SQLException, InterruptedException {
        Connection connection = POOL.take();
        try {
            if (!connection.isValid(5)) {
                connection = connect();
            }
            return readInvoices(connection, token);
        } finally {
            POOL.put(connection);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body, String challenge) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (challenge != null) {
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void handle(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        String token = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7).trim() : "";
        if (token.isEmpty()) {
            answer(exchange, 401, "{\"error\": \"a bearer token is needed\"}", "Bearer");
            return;
        }
        try {
            answer(exchange, 200, readInvoices(token), null);
        } catch (SQLException error) {
            // SQLSTATE to HTTP, with the challenge that RFC 6750 asks for.
            switch (String.valueOf(error.getSQLState())) {
                case "28000":
                    answer(exchange, 401, "{\"error\": \"invalid token\"}", "Bearer error=\"invalid_token\"");
                    break;
                case "42501":
                    answer(exchange, 403, "{\"error\": \"insufficient scope\"}", "Bearer error=\"insufficient_scope\"");
                    break;
                default:
                    System.err.println(error.getMessage());
                    answer(exchange, 500, "{\"error\": \"internal error\"}", null);
            }
        } catch (InterruptedException error) {
            answer(exchange, 503, "{\"error\": \"shutting down\"}", null);
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < POOL_SIZE; i++) {
            POOL.add(connect());
        }
        String port = System.getenv().getOrDefault("PORT", "8080");
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(port)), 0);
        server.createContext("/invoices", Invoices::handle);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
    }
}
