-- R29: COPY writes the set-up under the same rules as INSERT, and reads it as SELECT does.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
SET SESSION AUTHORIZATION regress_backend;

-- Nobody.
COPY pat_auth.tenant (name) FROM STDIN;
initech
\.
COPY pat_auth.app_user (tenant, name) TO STDOUT;

-- A user administrator: his own tenant.
BEGIN;
SELECT pat_auth.pat_login_user('globex', 'useradmin');
COPY pat_auth.app_user (tenant, name, allow_pat_creation) FROM STDIN;
globex	dan	t
globex	eve	f
\.
SELECT name, allow_pat_creation FROM pat_auth.app_user ORDER BY name;
COPY pat_auth.app_user (tenant, name) FROM STDIN;
globex	fay
acme	fay
\.
SELECT count(*) FROM pat_auth.app_user WHERE name = 'fay';
COPY (SELECT tenant, name FROM pat_auth.app_user ORDER BY name) TO STDOUT;
ROLLBACK;

-- A main administrator: everywhere.
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
COPY pat_auth.tenant (name) FROM STDIN;
initech
initrode
\.
SELECT name FROM pat_auth.tenant ORDER BY name;
ROLLBACK;
RESET SESSION AUTHORIZATION;
