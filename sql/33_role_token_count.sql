-- How many tokens carry each role, kept as they come and go: an act on a role tells their number (R28) without looking
-- at one of them.

CREATE TABLE pat_auth.role_token_count (
    role_id integer NOT NULL,
    tokens bigint NOT NULL,
    part smallint NOT NULL DEFAULT 0
) USING heap WITH (fillfactor = 50); -- rows are updated in their place
CREATE INDEX role_token_count_role ON pat_auth.role_token_count (role_id, part);
ALTER TABLE pat_auth.role_token_count ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON pat_auth.role_token_count FROM PUBLIC;
-- Rows are written without PostgreSQL's own look at whether a subscriber could find them: without an identity one that
-- gets them would stop for good.
ALTER TABLE pat_auth.role_token_count REPLICA IDENTITY FULL;
CREATE TRIGGER keep_local BEFORE INSERT OR UPDATE OR DELETE ON pat_auth.role_token_count
    FOR EACH ROW EXECUTE FUNCTION pat_auth.keep_local();
ALTER TABLE pat_auth.role_token_count ENABLE ALWAYS TRIGGER keep_local;
COMMENT ON TABLE pat_auth.role_token_count IS
    'internal: tokens that carry a role, the sum of its rows; several, so that two who create tokens do not wait for each other. Not dumped: loading the tokens counts them';
COMMENT ON COLUMN pat_auth.role_token_count.role_id IS 'the role; no foreign key: one that tokens carry is not deleted';
COMMENT ON COLUMN pat_auth.role_token_count.tokens IS 'how many, in this part; may be negative';
COMMENT ON COLUMN pat_auth.role_token_count.part IS 'which part: a transaction writes to one, and until it ends no other transaction does';

CREATE FUNCTION pat_auth.tokens_with_role(role_id integer) RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_tokens_with_role';
REVOKE ALL ON FUNCTION pat_auth.tokens_with_role(integer) FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.tokens_with_role(integer) IS
    'internal: how many tokens carry the role, whatever their status; what is committed, and what this transaction did';

CREATE FUNCTION pat_auth.token_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pat_auth_token_changed';
REVOKE ALL ON FUNCTION pat_auth.token_changed() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.token_changed() IS
    'internal: trigger of the tokens, for each row, and each TRUNCATE: counts them by role, and tells every backend of a change';

-- Also where a replica's apply worker or the extension's owner changes tokens.
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON pat_auth.token
    FOR EACH ROW EXECUTE FUNCTION pat_auth.token_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON pat_auth.token
    FOR EACH STATEMENT EXECUTE FUNCTION pat_auth.token_changed();
ALTER TABLE pat_auth.token ENABLE ALWAYS TRIGGER changed;
ALTER TABLE pat_auth.token ENABLE ALWAYS TRIGGER truncated;
