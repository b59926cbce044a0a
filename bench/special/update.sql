\if :warm = 0
SELECT bench.stay_on(:processors);
\set warm 1
\endif
SELECT nextval('bench.next_revoked') AS id \gset
\startpipeline
BEGIN;
SELECT 1;
UPDATE opponent.token SET revoked_at = now() WHERE token_id = :id;
COMMIT;
\endpipeline
