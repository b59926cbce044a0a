-- Anything at all as a token, name, scope, date, key or reason: a clear error that is not long, or a value that is kept as
-- it was sent. (Who may call: the r*.sql files. Bytes as tokens: the fuzzers.)
\set file anything_sent
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE acting.sent (what text, value text);
INSERT INTO acting.sent VALUES ('nothing', ''), ('spaces', '   '), ('a megabyte', repeat('x', 1048576)), ('a megabyte of a token', 'pat_' || repeat('0', 1048572)),
    ('a quote', 'a''b'), ('SQL', '''; DROP TABLE pat_auth.token; --'), ('quoted SQL', '"; DELETE FROM pat_auth.token; --'), ('dollars', '$$ $1 $x$'), ('backslashes', E'\\\\''\\'),
    ('formats', '%s%n%n%1$s'), ('JSON', '{"a": null}'), ('an array', '{a,NULL,"b"}'), ('a line', E'a\nb'), ('a bell', E'\x07'), ('a delete', E'\x7f'),
    ('a Cyrillic acme', U&'\0430cme'), ('a Cyrillic alice', U&'\0430lice'), ('a Cyrillic erp', U&'\0435rp'), ('a Cyrillic role', U&'invoice_r\0435ader'), ('full width', U&'\FF41cme'), ('a combining mark', U&'acme\0301'),
    ('right to left', U&'\202Eemca'), ('isolated', U&'\2066acme'), ('no width', U&'ac\200Bme'), ('a byte order mark', U&'\FEFFacme'), ('no break', U&'acme\00A0'), ('a smile', U&'\+01F600'), ('the last character', U&'\+10FFFF'),
    ('capitals', 'ACME'), ('a space after', 'acme '), ('the word null', 'null'), ('a number', '9223372036854775808'), ('a prefix', 'pat_'), ('a short token', 'pat_' || repeat('0', 59)),
    ('a wrong checksum', 'pat_' || repeat('0', 60)), ('a token with a Cyrillic a', U&'p\0430t_' || repeat('0', 60)), ('the digest form', '1:' || repeat('0', 64));
CREATE TABLE acting.call (identity text, statement text, possible text[], number integer GENERATED ALWAYS AS IDENTITY);
INSERT INTO acting.call (identity, statement, possible) VALUES
    ('none', 'SELECT pat_auth.pat_login(%L)', '{28000}'), ('none', 'SELECT active FROM pat_auth.pat_verify(%L)', '{false}'),
    ('none', 'SELECT count(set_config(''pat_auth.token'', %L, true))', '{28000,1}'), ('none', 'SELECT pat_auth.pat_has_scope(%1$L, %1$L)', '{false}'),
    ('#used', 'SELECT pat_auth.pat_has_scope(''erp'', %L)', '{false}'), ('#used', 'SELECT pat_auth.pat_has_scope(%L, ''invoice_reader'')', '{false}'),
    ('#used', 'SELECT coalesce(pat_auth.pat_scopes(%L), ''{}'')', '{"{}"}'), ('#used', 'SELECT pat_auth.pat_require_scope(%1$L, %1$L)', '{42501}'),
    ('acme/alice', 'SELECT count(*) FROM pat_auth.pat_create(''erp'', %L, ''{invoice_reader}'', acting.day(30))', '{1,22023}'),
    ('acme/alice', 'SELECT count(*) FROM pat_auth.pat_create(%L, ''n'', ''{invoice_reader}'', acting.day(30))', '{22023,42704}'),
    ('acme/alice', 'SELECT count(*) FROM pat_auth.pat_create(''erp'', ''n'', ARRAY[%L], acting.day(30))', '{22023,42704}'),
    ('acme/alice', 'SELECT count(*) FROM pat_auth.pat_edit({used}, name => %L)', '{1,22023}'), ('acme/alice', 'SELECT count(*) FROM pat_auth.pat_edit({used}, scopes => ARRAY[''invoice_reader'', %L])', '{22023,42704}'),
    ('acme/mia', 'SELECT pat_auth.pat_revoke({used}, %L)', '{true,22023}'), ('acme/mia', 'SELECT pat_auth.pat_allow_application(%L, true)', '{22023,42704}'),
    ('acme/mia', 'SELECT pat_auth.pat_allow_application(''erp'', true, %L)', '{22023,42704}'), ('acme/dan', 'SELECT pat_auth.pat_allow_role(''erp'', %L, true)', '{22023,42704}'),
    ('acme/mia', 'SELECT pat_auth.pat_set_role_available(%L, ''invoice_reader'', true)', '{22023,42704}'), ('acme/mia', 'SELECT pat_auth.pat_set_role_available(''erp'', %L, true)', '{22023,42704}'),
    ('acme/mia', 'SELECT pat_auth.pat_allow_user(%L, ''alice'', true)', '{22023,42704}'), ('acme/mia', 'SELECT pat_auth.pat_allow_user(''acme'', %L, true)', '{22023,42704}'),
    ('acme/mia', 'SELECT pat_auth.pat_assign_role(''acme'', ''bob'', ''erp'', %L)', '{22023,42704}'), ('acme/mia', 'SELECT pat_auth.pat_assign_role(''acme'', %L, ''erp'', ''invoice_reader'')', '{22023,42704}'),
    ('acme/mia', 'SELECT pat_auth.pat_unassign_role(%1$L, %1$L, %1$L, %1$L)', '{22023,42704}'),
    ('acme/mia', 'INSERT INTO pat_auth.tenant (name) VALUES (%L)', '{1,22023,23514}'), ('acme/mia', 'INSERT INTO pat_auth.app_user (tenant, name) VALUES (''acme'', %L)', '{1,22023,23514}'),
    ('acme/mia', 'INSERT INTO pat_auth.app_user (tenant, name) VALUES (%L, ''new'')', '{22023,23503,23514,42501,42704,54000}'),
    ('superuser', 'SELECT count(pat_auth.pat_login_user(%L, ''alice''))', '{22023,28000,42704}'), ('superuser', 'SELECT count(pat_auth.pat_login_user(''acme'', %L))', '{22023,28000,42704}'),
    ('superuser', 'SELECT count(pat_auth.pat_protect(''form'', %L, ''invoice_reader'', NULL))', '{22023,42704}'), ('superuser', 'SELECT count(pat_auth.pat_protect(''form'', ''erp'', %L, NULL))', '{22023,42704}'),
    ('superuser', 'SELECT count(pat_auth.pat_protect(''form'', ''erp'', NULL, NULL, left(%L, 63)::name))', '{22023,42704}');

CREATE TABLE form (id integer);
SELECT acting.create_token('used', 'acme/alice', 'erp', '{invoice_reader}') \g /dev/null
CREATE FUNCTION acting.everything() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', (SELECT count(*) FROM pat_auth.token), (SELECT count(*) FROM pat_auth.tenant), (SELECT count(*) FROM pat_auth.app_user),
        (SELECT count(*) FROM pat_auth.role), (SELECT count(*) FROM pat_auth.user_group), (SELECT count(*) FROM pat_auth.token_event))
$$;
SELECT acting.everything() AS before \gset

-- Each call with each of them, one transaction a call.
SELECT format($$SELECT unnest(ARRAY[is(array_agg(what || ' ' || coalesce(state, value) ORDER BY what) FILTER (WHERE NOT coalesce(state, value) = ANY (%L)), NULL, %L),
        cmp_ok(max(octet_length(concat(message, detail, hint))), '<', 1000, 'and its words are not as long')])
    FROM (SELECT what, (acting.attempt(%L, format(%L, value), false)).* FROM acting.sent OFFSET 0) AS answered$$,
    possible, format('%s: %s: one of %s', identity, statement, possible), identity, statement)
FROM acting.call ORDER BY number \gexec
SELECT is(acting.everything(), :'before', 'nothing was stored');

-- What is accepted is kept as it was sent.
SELECT format('SELECT is(acting.outcome(''acme/alice'', %L), %L, %L)', format('SELECT name FROM pat_auth.pat_edit({used}, name => %L)', value), value, 'kept as it was sent: ' || what)
FROM acting.sent WHERE what IN ('a quote', 'SQL', 'quoted SQL', 'dollars', 'backslashes', 'formats', 'JSON', 'an array', 'a Cyrillic acme', 'full width', 'a smile') \gexec
SELECT is(acting.outcome('acme/mia', format('INSERT INTO pat_auth.tenant (name) VALUES (%L)', value)), '1', 'a tenant of its own: ' || what) FROM acting.sent WHERE what = 'a Cyrillic acme';
SELECT is(acting.trial('superuser', format('SELECT count(pat_auth.pat_login_user(%L, ''alice''))', value)), '42704', 'in which there is no such user') FROM acting.sent WHERE what = 'a Cyrillic acme';

-- Bytes that are no text never arrive.
SELECT throws_ok(format('SELECT pat_auth.%s(E''%s'')', call, bytes), '22021', NULL, format('%s: %s', call, bytes))
FROM unnest(ARRAY['pat_login', 'pat_verify', 'pat_scopes']) AS call, unnest(ARRAY['pat_\xff', '\xc0\x80', '\xed\xa0\x80', 'pat_\x00']) AS bytes;

-- Dates, keys, numbers of scopes, addresses.
SELECT format('SELECT is(acting.trial(''acme/alice'', %L), ''22023'', %L)', format('SELECT count(*) FROM pat_auth.pat_create(''erp'', ''n'', ''{invoice_reader}'', %L)', day), 'the date ' || day)
FROM unnest(ARRAY['infinity', '-infinity', '4714-11-24 BC', '5874897-12-31', '1970-01-01', '0001-01-01']) AS day \gexec
SELECT format('SELECT is(acting.trial(''acme/alice'', ''SELECT pat_auth.%s(%s)''), ''42704'', %L)', call, key, format('%s of %s', call, key))
FROM unnest(ARRAY['pat_delete', 'pat_edit']) AS call, unnest(ARRAY['0', '-1', '9223372036854775807', '-9223372036854775808']) AS key \gexec
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM pat_auth.pat_create(''erp'', ''n'', ' || scopes || ', acting.day(30))'), '22023', 'scopes: ' || what)
FROM (VALUES ('none', '''{}'''), ('null', 'NULL'), ('a null', '''{invoice_reader,NULL}'''), ('two dimensions', '''{{invoice_reader},{invoice_writer}}''')) AS given (what, scopes);
SELECT is(acting.trial('acme/alice', 'SELECT count(*) FROM pat_auth.pat_create(''erp'', ''n'', array_fill(''s''::text, ARRAY[1000000]), acting.day(30))'), '42704', 'scopes: a million that do not exist');
SELECT is(acting.trial('acme/alice', 'SELECT cardinality(scopes) FROM pat_auth.pat_edit({used}, scopes => array_fill(''invoice_reader''::text, ARRAY[1000]))'), '1', 'scopes: one a thousand times');
SELECT is(acting.trial('none', 'SELECT pat_auth.pat_login(''{used!}'', ''' || address || ''')'), 'true', 'the address ' || address)
FROM unnest(ARRAY['0.0.0.0/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/0', '255.255.255.255/32']) AS address;

SELECT is(acting.use_token('used'), 'alice', 'and the token works as before');
\ir include/end.sql
