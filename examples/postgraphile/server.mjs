// A GraphQL API that PostGraphile makes of the schema `public` and that tokens
// confine. Nothing in it knows of tenants: the bearer token of the request goes
// into the transaction of the request, and the database does the rest.
//
//   npm ci && PORT=8080 npm start
//   curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
//        -d '{"query": "{ allInvoices { nodes { customer amount } } }"}' http://127.0.0.1:8080/graphql

import http from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';

// SQLSTATE to HTTP, with the challenge that RFC 6750 asks for.
const refusals = {
  28000: [401, 'Bearer error="invalid_token"'],
  42501: [403, 'Bearer error="insufficient_scope"'],
};

class TokenMissing extends Error {
  status = 401;
}

const pool = new pg.Pool();
pool.on('error', (error) => console.error('idle connection:', error.message));

const api = postgraphile(pool, 'public', {
  // PostGraphile binds each of these to set_config($1, $2, true) in the request's transaction.
  async pgSettings(request) {
    const token = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new TokenMissing('a bearer token is needed');
    return { 'pat_auth.token': token };
  },

  // A refusal while the settings are made, or in any field of the query.
  handleErrors(errors, request, response) {
    const failures = errors.map((error) => error.originalError ?? error);
    const failure = failures.find(({ code }) => code in refusals);
    if (failure) {
      const [status, challenge] = refusals[failure.code];
      response.statusCode = status;
      response.setHeader('WWW-Authenticate', challenge);
    } else if (failures.some((error) => error instanceof TokenMissing)) {
      response.statusCode = 401;
      response.setHeader('WWW-Authenticate', 'Bearer');
    }
    return errors.map(({ message, locations, path }) => ({ message, locations, path }));
  },

  // The schema is made for what the role may do at all, and the log stays free of queries.
  ignoreRBAC: false,
  disableQueryLog: true,
  retryOnInitFail: false,
});

http.createServer(api).listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
