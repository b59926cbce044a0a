-- What each database keeps for itself: how many tokens carry a role is counted where their rows arrive, and a use is
-- recorded where it was. A publication FOR ALL TABLES sends those rows all the same.

CREATE FUNCTION pat_auth.keep_local() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_keep_local';
REVOKE ALL ON FUNCTION pat_auth.keep_local() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.keep_local() IS
    'internal: trigger before each row of tables that every database keeps for itself: leaves out what replication applies';
