// API keys of better-auth and pat_verify, from one Node.js process, on the same server: A B A B.
//
//   node verify.mjs prepare COUNT      makes better-auth's tables and COUNT keys
//   node verify.mjs measure SECONDS    reads tokens from standard input, a line each; verifies keys and tokens in
//                                      turn, one at a time, and prints the microseconds of each way as JSON
//
// better-auth is set up for speed: no rate limit, no sessions from keys, no telemetry or log. What it writes with each
// use (when the key was last used) is what it always writes.

import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { apiKey } from '@better-auth/api-key';
import { createInterface } from 'node:readline';
import pg from 'pg';

const [, , action, amount] = process.argv;
const pool = new pg.Pool({ max: 1 });
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

async function measure(seconds) {
  const tokens = [];
  for await (const line of createInterface({ input: process.stdin })) tokens.push(line);
  const keys = (await pool.query('SELECT text FROM key_text')).rows.map((row) => row.text);
  const pick = (texts) => texts[Math.floor(Math.random() * texts.length)];

  const verifyToken = async () => {
    const query = { name: 'verify', text: 'SELECT * FROM pat_auth.pat_verify($1)', values: [pick(tokens)] };
    if (!(await pool.query(query)).rows[0].active) throw new Error('the token is not active');
  };
  const verifyKey = async () => {
    const result = await auth.api.verifyApiKey({ body: { key: pick(keys) } });
    if (!result.valid) throw new Error(`the key is not valid: ${JSON.stringify(result.error)}`);
  };

  for (let i = 0; i < 200; i++) {
    await verifyToken();
    await verifyKey();
  }
  const spent = { token: [], key: [] };
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    for (const [way, verify] of [['token', verifyToken], ['key', verifyKey]]) {
      const begin = performance.now();
      await verify();
      spent[way].push(1000 * (performance.now() - begin));
    }
  }
  console.log(JSON.stringify(spent));
}

if (action === 'prepare') await prepare(Number(amount));
else if (action === 'measure') await measure(Number(amount));
else throw new Error('usage: verify.mjs prepare COUNT | measure SECONDS');
await pool.end();
