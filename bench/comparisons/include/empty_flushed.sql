-- time: beside
\startpipeline
BEGIN;
SELECT 1;
SELECT pg_logical_emit_message(true, 'bench', '');
COMMIT;
\endpipeline
