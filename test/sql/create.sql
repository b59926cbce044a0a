-- pat_create: what it makes, and that the token is seen once.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;

-- R7: one application, a name, an expiration date, at least one scope. Nobody needs to be an administrator.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token, expires_at
FROM pat_auth.pat_create('erp', 'nightly export', ARRAY['invoice_writer', 'invoice_reader'], :'today'::date + 30) \gset
COMMIT;

-- The text: one regular expression finds it.
SELECT :'token' ~ '^pat_[0-9A-Za-z]{60}$' AS is_token, length(:'token');

-- R8: it works through the end of its date, UTC.
SELECT :'expires_at'::timestamptz = (:'today'::date + 31)::timestamp AT TIME ZONE 'UTC' AS is_end_of_day;

BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id = :token_id AS is_it, application, name, scopes, status, expires_at = :'expires_at' AS same_expiry,
    created_at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS is_new,
    last_used_at, revoked_at, revoke_reason
FROM pat_auth.my_tokens;

-- R16: any number of tokens; even the same name and scopes twice makes two tokens with secrets of their own.
SELECT token_id AS second_id, token AS second_token
FROM pat_auth.pat_create('erp', 'nightly export', ARRAY['invoice_reader', 'invoice_writer'], :'today'::date + 30) \gset
SELECT :second_id <> :token_id AS other_id, :'second_token' <> :'token' AS other_token;
SELECT count(*) FROM pat_auth.my_tokens;

-- A scope that is named twice is one scope.
SELECT token_id AS third_id
FROM pat_auth.pat_create('erp', 'twice', ARRAY['invoice_reader', 'invoice_reader'], :'today'::date + 1) \gset
SELECT scopes FROM pat_auth.my_tokens WHERE token_id = :third_id;

-- R8: both ends of the range are included.
SELECT expires_at = (:'today'::date + 2)::timestamp AT TIME ZONE 'UTC' AS one_day
FROM pat_auth.pat_create('erp', 'one day', ARRAY['invoice_reader'], :'today'::date + 1);
SELECT expires_at = ((:'today'::date + interval '1 year')::date + 1)::timestamp AT TIME ZONE 'UTC' AS one_year
FROM pat_auth.pat_create('erp', 'one year', ARRAY['invoice_reader'], (:'today'::date + interval '1 year')::date);

-- The client's TimeZone and DateStyle play no part.
SET LOCAL TimeZone = 'Pacific/Kiritimati';
SET LOCAL DateStyle = 'German';
SELECT expires_at = (:'today'::date + 2)::timestamp AT TIME ZONE 'UTC' AS one_day
FROM pat_auth.pat_create('erp', 'far east', ARRAY['invoice_reader'], :'today'::date + 1);
ROLLBACK;

-- Names are kept literally: quotes, another script, 200 characters.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT count(*) FROM pat_auth.pat_create('erp', $$'; DROP TABLE invoice; -- "$$, ARRAY['invoice_reader'], :'today'::date + 1);
SELECT count(*) FROM pat_auth.pat_create('erp', 'Übergabe 引き渡し', ARRAY['invoice_reader'], :'today'::date + 1);
SELECT count(*) FROM pat_auth.pat_create('erp', repeat('ü', 200), ARRAY['invoice_reader'], :'today'::date + 1);
SELECT name FROM pat_auth.my_tokens WHERE length(name) < 200 ORDER BY token_id;
SELECT count(*) FROM pat_auth.my_tokens WHERE name = repeat('ü', 200);
ROLLBACK;

-- R10: nothing that is stored yields the token.
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM pat_auth.token WHERE token::text LIKE '%' || substr(:'token', 16, 43) || '%';
SELECT count(*) FROM pat_auth.token_event AS event WHERE event::text LIKE '%' || substr(:'token', 16, 43) || '%';

-- Made in a transaction that was rolled back, it does not exist.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token AS lost_token FROM pat_auth.pat_create('erp', 'lost', ARRAY['invoice_reader'], :'today'::date + 1) \gset
SELECT active FROM pat_auth.pat_verify(:'lost_token');
ROLLBACK;
SELECT active FROM pat_auth.pat_verify(:'lost_token');

RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.token;
