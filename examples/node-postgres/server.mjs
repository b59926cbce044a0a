// An HTTP API on node-postgres: GET /invoices with a bearer token. The pool
// connects as one database role, by the usual PGHOST, PGUSER …; who the caller
// is, the token tells the database, for one transaction at a time.
//
//   npm ci && PORT=8080 npm start
//   curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/invoices

import http from 'node:http';
import pg from 'pg';

const pool = new pg.Pool();
pool.on('error', (error) => console.error('idle connection:', error.message));

async function asTokenHolder(token, work) {
  const client = await pool.connect();
  let broken;
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('pat_auth.token', $1, true)", [token]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back does not return to the pool.
    await client.query('ROLLBACK').catch((failure) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}

function readInvoices(token) {
  return asTokenHolder(token, async (client) => {
    // Row security alone would answer "no rows" to a token without the scope.
    await client.query("SELECT pat_auth.pat_require_scope('erp', 'invoice_reader')");
    const { rows } = await client.query('SELECT id, customer, amount FROM invoice ORDER BY id');
    return rows;
  });
}

// SQLSTATE to HTTP, with the challenge that RFC 6750 asks for.
const refusals = {
  28000: [401, 'Bearer error="invalid_token"'],
  42501: [403, 'Bearer error="insufficient_scope"'],
};

function answer(response, status, body, challenge) {
  const headers = { 'Content-Type': 'application/json' };
  if (challenge) headers['WWW-Authenticate'] = challenge;
  response.writeHead(status, headers).end(JSON.stringify(body));
}

const server = http.createServer(async (request, response) => {
  if (request.url !== '/invoices') return answer(response, 404, { error: 'not found' });
  const token = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return answer(response, 401, { error: 'a bearer token is needed' }, 'Bearer');
  try {
    answer(response, 200, await readInvoices(token));
  } catch (error) {
    const [status, challenge] = refusals[error.code] ?? [500];
    if (status === 500) console.error(error);
    answer(response, status, { error: status === 500 ? 'internal error' : error.message }, challenge);
  }
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
