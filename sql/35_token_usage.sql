-- When tokens were last used. Apart from the tokens, so that recording a use touches neither their rows nor their locks.

CREATE TABLE pat_auth.token_usage (
    token_id bigint PRIMARY KEY REFERENCES pat_auth.token ON DELETE CASCADE,
    last_used_at timestamptz NOT NULL,
    client_address inet
) USING heap WITH (fillfactor = 45); -- rows are looked for at their places, and have room for a new version on their page
ALTER TABLE pat_auth.token_usage ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON pat_auth.token_usage FROM PUBLIC;
-- Not DELETE: the row of a deleted token goes, wherever it was deleted.
CREATE TRIGGER keep_local BEFORE INSERT OR UPDATE ON pat_auth.token_usage
    FOR EACH ROW EXECUTE FUNCTION pat_auth.keep_local();
ALTER TABLE pat_auth.token_usage ENABLE ALWAYS TRIGGER keep_local;
SELECT pg_catalog.pg_extension_config_dump('pat_auth.token_usage', '');
COMMENT ON TABLE pat_auth.token_usage IS 'the last use of each token that was used';
COMMENT ON COLUMN pat_auth.token_usage.token_id IS 'the token';
COMMENT ON COLUMN pat_auth.token_usage.last_used_at IS 'when it was last used, by the clock';
COMMENT ON COLUMN pat_auth.token_usage.client_address IS 'from where, as the backend told, or of the connection; null: a local socket';

CREATE FUNCTION pat_auth.token_last_used_at(token_id bigint, last_used_at timestamptz) RETURNS timestamptz
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pat_auth_token_last_used_at';
REVOKE ALL ON FUNCTION pat_auth.token_last_used_at(bigint, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.token_last_used_at(bigint, timestamptz) IS
    'internal: the later of the last use in the table and the one that waits in memory to be written; of tokens that the identity may not see only the former';
