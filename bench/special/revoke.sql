\if :warm = 0
SELECT bench.stay_on(:processors);
\set warm 1
\endif
SELECT nextval('bench.next_revoked') AS id \gset
\startpipeline
BEGIN;
SELECT pat_auth.pat_login_user('tenant_1', 'administrator');
SELECT pat_auth.pat_revoke(:id, 'bench');
COMMIT;
\endpipeline
