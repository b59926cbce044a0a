-- The columns that hold the tenant or the user: text, uuid, int, bigint, and what is based on them.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
INSERT INTO pat_auth.tenant (name) VALUES
    ('7'), ('007'), ('-7'), ('9000000000'), ('9223372036854775808'), ('7.0'), ('00000000-0000-4000-8000-000000000007'),
    ('00000000-0000-4000-8000-00000000000A'), ('{00000000-0000-4000-8000-000000000007}');
INSERT INTO pat_auth.app_user (tenant, name) SELECT name, '7' FROM pat_auth.tenant WHERE name ~ '^[^a-z]';
INSERT INTO pat_auth.user_group (tenant, name) SELECT name, 'readers' FROM pat_auth.tenant WHERE name ~ '^[^a-z]';
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name)
    SELECT name, 'readers', '7' FROM pat_auth.tenant WHERE name ~ '^[^a-z]';
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role)
    SELECT name, 'readers', 'erp', role FROM pat_auth.tenant, unnest(ARRAY['invoice_reader', 'invoice_writer']) AS role
    WHERE name ~ '^[^a-z]';

SET SESSION AUTHORIZATION regress_owner;
CREATE DOMAIN pg_temp.tenant_number AS integer CHECK (VALUE > -100);
CREATE TABLE of_text (tenant text);
CREATE TABLE of_int (tenant integer);
CREATE TABLE of_bigint (tenant bigint);
CREATE TABLE of_uuid (tenant uuid);
CREATE TABLE of_domain (tenant pg_temp.tenant_number);
CREATE TABLE of_user (owner integer);
INSERT INTO of_text VALUES ('7'), ('007'), (NULL);
INSERT INTO of_int VALUES (7), (-7), (NULL);
INSERT INTO of_bigint VALUES (7), (9000000000), (NULL);
INSERT INTO of_uuid VALUES ('00000000-0000-4000-8000-000000000007'), ('00000000-0000-4000-8000-00000000000a'), (NULL);
INSERT INTO of_domain VALUES (7), (-7), (NULL);
INSERT INTO of_user VALUES (7), (8), (NULL);
SELECT pat_auth.pat_protect(name::regclass, 'erp', 'invoice_reader', 'invoice_writer', 'tenant')
FROM unnest(ARRAY['of_text', 'of_int', 'of_bigint', 'of_uuid', 'of_domain']) AS name;
SELECT pat_auth.pat_protect('of_user', 'erp', 'invoice_reader', 'invoice_writer', user_column => 'owner');
GRANT ALL ON of_text, of_int, of_bigint, of_uuid, of_domain, of_user TO regress_backend;

-- What a tenant of that name sees. A name that is no value of the type, or not written as the type writes it, sees
-- nothing: else '7' and '007' would be two tenants with the same rows.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('7', '7');
SELECT ARRAY(SELECT tenant FROM of_text) AS of_text, ARRAY(SELECT tenant FROM of_int) AS of_int,
    ARRAY(SELECT tenant FROM of_bigint) AS of_bigint, ARRAY(SELECT tenant FROM of_uuid) AS of_uuid,
    ARRAY(SELECT tenant FROM of_domain) AS of_domain, ARRAY(SELECT owner FROM of_user) AS of_user;
INSERT INTO of_int VALUES (7);
INSERT INTO of_int VALUES (8);
\echo :SQLSTATE
INSERT INTO of_int VALUES (NULL);
\echo :SQLSTATE
INSERT INTO of_uuid VALUES ('00000000-0000-4000-8000-000000000007');
\echo :SQLSTATE
INSERT INTO of_user VALUES (8);
\echo :SQLSTATE
UPDATE of_user SET owner = 8;
\echo :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('007', '7');
SELECT ARRAY(SELECT tenant FROM of_text) AS of_text, ARRAY(SELECT tenant FROM of_int) AS of_int,
    ARRAY(SELECT tenant FROM of_bigint) AS of_bigint, ARRAY(SELECT tenant FROM of_uuid) AS of_uuid;
INSERT INTO of_int VALUES (7);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('-7', '7');
SELECT ARRAY(SELECT tenant FROM of_int) AS of_int, ARRAY(SELECT tenant FROM of_domain) AS of_domain;
ROLLBACK;
-- Beyond int, within bigint; beyond both: no error, no row.
BEGIN;
SELECT pat_auth.pat_login_user('9000000000', '7');
SELECT ARRAY(SELECT tenant FROM of_int) AS of_int, ARRAY(SELECT tenant FROM of_bigint) AS of_bigint;
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('9223372036854775808', '7');
SELECT ARRAY(SELECT tenant FROM of_int) AS of_int, ARRAY(SELECT tenant FROM of_bigint) AS of_bigint;
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('7.0', '7');
SELECT ARRAY(SELECT tenant FROM of_int) AS of_int, ARRAY(SELECT tenant FROM of_bigint) AS of_bigint;
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('00000000-0000-4000-8000-000000000007', '7');
SELECT ARRAY(SELECT tenant FROM of_uuid) AS of_uuid, ARRAY(SELECT tenant FROM of_int) AS of_int;
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('00000000-0000-4000-8000-00000000000A', '7');
SELECT ARRAY(SELECT tenant FROM of_uuid) AS of_uuid;
ROLLBACK;
BEGIN;
SELECT pat_auth.pat_login_user('{00000000-0000-4000-8000-000000000007}', '7');
SELECT ARRAY(SELECT tenant FROM of_uuid) AS of_uuid;
ROLLBACK;

-- A collation in which 'A' equals 'a' makes no tenants equal.
SET SESSION AUTHORIZATION regress_owner;
CREATE COLLATION pg_temp.case_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE of_collation (tenant text COLLATE pg_temp.case_insensitive);
INSERT INTO of_collation VALUES ('acme'), ('ACME');
SELECT pat_auth.pat_protect('of_collation', 'erp', 'invoice_reader', 'invoice_writer', 'tenant');
GRANT ALL ON of_collation TO regress_backend;
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT ARRAY(SELECT tenant FROM of_collation) AS of_collation;
ROLLBACK;

-- Other types are refused.
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE of_other (of_varchar varchar(10), of_smallint smallint, of_numeric numeric, of_date date, of_array text[]);
SELECT pat_auth.pat_protect('of_other', 'erp', 'invoice_reader', NULL, 'of_varchar');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('of_other', 'erp', 'invoice_reader', NULL, 'of_smallint');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('of_other', 'erp', 'invoice_reader', NULL, 'of_numeric');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('of_other', 'erp', 'invoice_reader', NULL, NULL, 'of_date');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('of_other', 'erp', 'invoice_reader', NULL, NULL, 'of_array');
\echo :SQLSTATE

DROP TABLE of_text, of_int, of_bigint, of_uuid, of_domain, of_user, of_other, of_collation;
RESET SESSION AUTHORIZATION;
DELETE FROM pat_auth.user_group WHERE name = 'readers';
DELETE FROM pat_auth.app_user WHERE name = '7';
DELETE FROM pat_auth.tenant WHERE name ~ '^[^a-z]';
