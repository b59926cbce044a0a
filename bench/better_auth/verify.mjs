// API keys of better-auth and pat_verify, from one Node.js process, on the same server: A B A B, in turns of a part of
// a second, so that neither way finds the processor's caches as the other left them.
//
//   node verify.mjs prepare COUNT               makes better-auth's tables and COUNT keys
//   node verify.mjs measure ROUNDS MILLISECONDS reads tokens from standard input, a line each; verifies tokens and keys
//                                               in turns of so many milliseconds, with 1 and with 16 requests in flight,
//                                               and prints the microseconds of a verification, a turn, as JSON
//
// Each in its best form. better-auth: no rate limit, no sessions from keys, no telemetry or log; what it writes with
// each use (when the key was last used) is what it always writes. It takes a connection of the pool for each of its
// queries and waits for each, so the pool has four. pat_verify needs one that is held, and pipelines what is in flight.

import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { apiKey } from '@better-auth/api-key';
import { createInterface } from 'node:readline';
import pg from 'pg';

const [, , action, amount, length] = process.argv;
const pool = new pg.Pool({ max: 4 });
const auth = betterAuth({
  database: pool,
  secret: 'a secret of thirty-two or more characters, for the bench alone',
  baseURL: 'http://localhost:3000',
  logger: { disabled: true },
  telemetry: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
});

async function prepare(count) {
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  const context = await auth.$context;
  const users = [];
  for (let number = 1; number <= Math.min(count, 100); number++)
    users.push(await context.internalAdapter.createUser({ email: `user${number}@example.com`, name: `user ${number}` }));
  await pool.query('CREATE TABLE key_text (number integer PRIMARY KEY, text text NOT NULL)');
  for (let number = 1; number <= count; number++) {
    const made = await auth.api.createApiKey({
      body: { userId: users[number % users.length].id, name: `key ${number}`, expiresIn: 30 * 24 * 3600 },
    });
    await pool.query('INSERT INTO key_text VALUES ($1, $2)', [number, made.key]);
  }
}

// The microseconds that a verification takes while so many are in flight, over a turn.
async function turn(verify, inFlight, milliseconds) {
  const begin = performance.now();
  let count = 0;
  const one = async () => {
    while (performance.now() < begin + milliseconds) {
      await verify();
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return (1000 * (performance.now() - begin)) / count;
}

async function measure(rounds, milliseconds) {
  const tokens = [];
  for await (const line of createInterface({ input: process.stdin })) tokens.push(line);
  const keys = (await pool.query('SELECT text FROM key_text')).rows.map((row) => row.text);
  const pick = (texts) => texts[Math.floor(Math.random() * texts.length)];
  const connection = new pg.Client({ pipeline: true });
  await connection.connect();

  const ways = {
    token: async () => {
      const query = { name: 'verify', text: 'SELECT * FROM pat_auth.pat_verify($1)', values: [pick(tokens)], rowMode: 'array' };
      const [isActive] = (await connection.query(query)).rows[0];
      if (isActive !== true) throw new Error('the token is not active');
    },
    key: async () => {
      const result = await auth.api.verifyApiKey({ body: { key: pick(keys) } });
      if (!result.valid) throw new Error(`the key is not valid: ${JSON.stringify(result.error)}`);
    },
  };
  const spent = {};
  for (const inFlight of [1, 16]) {
    spent[inFlight] = { token: [], key: [] };
    // For the compiler, and for the connections.
    for (const verify of Object.values(ways)) await turn(verify, inFlight, milliseconds);
    for (let round = 0; round < rounds; round++)
      for (const [way, verify] of Object.entries(ways)) spent[inFlight][way].push(await turn(verify, inFlight, milliseconds));
  }
  await connection.end();
  console.log(JSON.stringify(spent));
}

if (action === 'prepare') await prepare(Number(amount));
else if (action === 'measure') await measure(Number(amount), Number(length));
else throw new Error('usage: verify.mjs prepare COUNT | measure ROUNDS MILLISECONDS');
await pool.end();
