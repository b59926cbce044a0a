-- The administrative tasks (R25 to R27). Their JSON has stable keys and types: docs/administration_tasks.md.

CREATE FUNCTION pat_auth.health_check() RETURNS json
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pat_auth_health_check';
REVOKE ALL ON FUNCTION pat_auth.health_check() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.health_check() IS
    'whether the server is up and the extension whole; for every database role with access, without an identity';

CREATE FUNCTION pat_auth.health_check_advanced() RETURNS json
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pat_auth_health_check_advanced';
REVOKE ALL ON FUNCTION pat_auth.health_check_advanced() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.health_check_advanced() IS
    'the state of connections, replication, storage, tokens and settings; for main administrators and developers, or a token of theirs with that scope; 28000, 42501';

CREATE FUNCTION pat_auth.licensing() RETURNS json
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pat_auth_licensing';
REVOKE ALL ON FUNCTION pat_auth.licensing() FROM PUBLIC;
COMMENT ON FUNCTION pat_auth.licensing() IS
    'users and tokens per tenant and application; for main administrators, or a token of theirs with that scope; 28000, 42501';
