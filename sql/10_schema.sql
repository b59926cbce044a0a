-- The schema that holds everything. It is created here and nowhere else: had somebody made one of this name
-- before, the installation stops at this statement instead of building on foreign objects.

CREATE SCHEMA pat_auth;
REVOKE ALL ON SCHEMA pat_auth FROM PUBLIC;
COMMENT ON SCHEMA pat_auth IS 'personal access tokens: identity, tokens, set-up and enforcement';
