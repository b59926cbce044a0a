-- What may name something: no blank at either end, of whatever kind, and nothing that is not seen for what it is.
\set file names
\ir include/fixture.sql
SELECT no_plan();

CREATE TABLE acting.blank (code integer, what text);
INSERT INTO acting.blank VALUES (x'20'::integer, 'a space'), (x'a0'::integer, 'a no-break space'), (x'1680'::integer, 'an Ogham space'),
    (x'180e'::integer, 'a Mongolian vowel separator'), (x'2000'::integer, 'the first of the spaces by width'), (x'200a'::integer, 'the last of them'),
    (x'200b'::integer, 'a space without width'), (x'202f'::integer, 'a narrow no-break space'), (x'205f'::integer, 'a mathematical space'),
    (x'2060'::integer, 'a word joiner'), (x'3000'::integer, 'an ideographic space');
SELECT is(ARRAY[pat_auth.is_name(chr(code)), pat_auth.is_name(chr(code) || 'name'), pat_auth.is_name('name' || chr(code)), pat_auth.is_name('na' || chr(code) || 'me')],
    '{f,f,f,t}', what || ': only between other characters') FROM acting.blank;
SELECT is(ARRAY[pat_auth.is_name(chr(code) || 'name'), pat_auth.is_name('name' || chr(code)), pat_auth.is_name('na' || chr(code) || 'me')], '{f,f,f}', what || ': nowhere')
FROM (VALUES (9, 'a tabulator'), (10, 'a line feed'), (x'7f'::integer, 'a delete'), (x'85'::integer, 'a next line'), (x'2028'::integer, 'a line separator'),
    (x'2029'::integer, 'a paragraph separator'), (x'200f'::integer, 'a mark of direction'), (x'202e'::integer, 'an override of direction'),
    (x'2066'::integer, 'an isolate'), (x'feff'::integer, 'a byte order mark')) AS nowhere (code, what);
SELECT is(pat_auth.is_name(name), true, what || ': a name') FROM (VALUES (U&'\0D05\0D35\0D28\0D4D\200D', 'Malayalam, which ends in a joiner'),
    (U&'\+01F600', 'a smile'), (U&'\6771\4EAC', 'Tokyo'), ('x', 'one letter'), (repeat(U&'\6771', 200), '200 characters')) AS accepted (name, what);
SELECT is(pat_auth.is_name(repeat(U&'\6771', 201)), false, '201 characters: none');

-- Whatever is named; the words of the interface are for those whom the rules bind.
SELECT format('SELECT is(acting.trial(%L, %L), %L, %L)', identity, format(statement, 'name' || chr(x'3000'::integer)), result, statement)
FROM (VALUES
    ('acme/alice', $$SELECT count(*) FROM pat_auth.pat_create('erp', %L, '{invoice_reader}', acting.day(30))$$, '22023'),
    ('acme/mia', 'INSERT INTO pat_auth.tenant (name) VALUES (%L)', '22023'), ('acme/mia', 'INSERT INTO pat_auth.app_user (tenant, name) VALUES (''acme'', %L)', '22023'),
    ('superuser', 'INSERT INTO pat_auth.application (name) VALUES (%L)', '23514'), ('superuser', 'INSERT INTO pat_auth.role (application, name) VALUES (''erp'', %L)', '23514'),
    ('superuser', 'INSERT INTO pat_auth.user_group (tenant, name) VALUES (''acme'', %L)', '23514')) AS acts (identity, statement, result) \gexec

\ir include/end.sql
