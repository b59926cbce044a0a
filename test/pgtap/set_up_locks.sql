-- Who may write the set-up tables, under the rules, may not lock them to hold others up: neither a revocation or another
-- act of an administrator, nor who reads his rights from them.
\set file set_up_locks
\ir include/fixture.sql
SELECT plan(20);

SELECT is(acting.create_token('reading', 'acme/alice', 'erp', ARRAY['invoice_reader']), 'created', 'there is a token');
GRANT CREATE ON SCHEMA acting TO :"client";
SET ROLE :"client";
CREATE VIEW acting.users AS SELECT name FROM pat_auth.app_user;
CREATE VIEW acting.users_of_users AS SELECT 1 AS one WHERE EXISTS (SELECT FROM acting.users);
CREATE VIEW acting.numbers AS SELECT number FROM generate_series(1, 3) AS number;
RESET ROLE;

-- One identity a transaction.
SELECT format($$SELECT is_empty($query$
    SELECT relname, mode FROM pg_class, unnest(ARRAY['ACCESS SHARE', 'SHARE', 'ACCESS EXCLUSIVE']) AS mode
    WHERE relnamespace = 'pat_auth'::regnamespace AND relkind = 'r'
        AND acting.trial(%L, format('LOCK TABLE pat_auth.%%I IN %%s MODE NOWAIT', relname, mode)) <> '42501'$query$, %L)$$,
    identity, 'R30: no table of pat_auth is locked by ' || identity)
FROM unnest(ARRAY['none', '#reading', 'acme/alice', 'acme/mia']) AS identity \gexec
SELECT is(acting.refusal('none', 'LOCK TABLE pat_auth.app_user'), '42501 not allowed to lock table "app_user"', 'R30: and is told so');
SELECT is(acting.trial('none', 'SET LOCAL search_path = pat_auth; LOCK TABLE ONLY app_user'), '42501', 'R30: nor by a name without its schema');
SELECT is(acting.trial('none', 'LOCK TABLE acting.users'), '42501', 'R30: nor by a view of his own');
SELECT is(acting.trial('none', 'LOCK TABLE acting.numbers, acting.users_of_users'), '42501', 'R30: or one that reads it somewhere below');
SELECT is(acting.trial('none', 'LOCK TABLE acting.numbers'), '0', 'other tables and views he locks as ever');
SELECT is(acting.trial('superuser', 'LOCK TABLE pat_auth.app_user'), '0', 'who is above the rules locks what he wants');

SELECT format($$SELECT is_empty($query$
    SELECT strength FROM unnest(ARRAY['UPDATE', 'NO KEY UPDATE', 'SHARE', 'KEY SHARE']) AS strength
    WHERE acting.trial(%L, 'SELECT name FROM pat_auth.application FOR ' || strength) <> '42501'$query$, %L)$$,
    identity, 'R4: no row of the set-up is locked by ' || identity)
FROM unnest(ARRAY['none', '#reading', 'acme/alice']) AS identity \gexec
SELECT is(acting.trial('acme/alice', 'SELECT name FROM acting.users FOR UPDATE'), '42501', 'R4: nor by a view of his own');
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM (SELECT FROM pat_auth.application FOR UPDATE) AS locked'), '42501', 'R4: nor in a subquery');
SELECT is(acting.trial('acme/ada', 'SELECT count(*) FROM (SELECT FROM pat_auth.application WHERE name = ''erp'' FOR UPDATE) AS locked'), '1',
    'an administrator locks the row that he is about to change');
SELECT is(acting.trial('globex/uma', 'SELECT count(*) FROM (SELECT FROM pat_auth.app_user FOR UPDATE) AS locked'), '2', 'so does a user administrator');
SELECT is(acting.trial('globex/uma', 'SELECT name FROM pat_auth.application FOR UPDATE'), '42501', 'R4: but no row of a table that is not his to change');
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM pat_auth.application JOIN generate_series(1, 3) AS number ON true'), '9', 'reading takes no lock');

REVOKE CREATE ON SCHEMA acting FROM :"client";
\ir include/end.sql
