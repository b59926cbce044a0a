-- R14, R15: every token that is not valid is refused in the same words, by the
-- parameter at its first use and by pat_login; pat_verify says no more either.
\set SHOW_CONTEXT never
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS today \gset
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT token_id, token FROM pat_auth.pat_create('erp', 'refused', ARRAY['invoice_reader'], :'today'::date + 30) \gset
SELECT token_id AS other_id, token AS other_token
FROM pat_auth.pat_create('erp', 'refused too', ARRAY['invoice_reader'], :'today'::date + 30) \gset
SAVEPOINT before;
SELECT token AS unknown_token
FROM pat_auth.pat_create('erp', 'unknown', ARRAY['invoice_reader'], :'today'::date + 30) \gset
ROLLBACK TO before;
COMMIT;
RESET SESSION AUTHORIZATION;

-- In which ways one token can be tried, as regress_app.
CREATE FUNCTION try_token(token text, OUT by_setting text, OUT by_login text, OUT by_verify boolean)
    LANGUAGE plpgsql
AS $$
BEGIN
    by_verify := (SELECT active FROM pat_auth.pat_verify(token));
    BEGIN
        PERFORM set_config('pat_auth.token', token, true);
        by_setting := pat_auth.pat_user();
    EXCEPTION WHEN OTHERS THEN
        by_setting := SQLSTATE || ' ' || SQLERRM;
    END;
    BEGIN
        PERFORM pat_auth.pat_login(token);
        by_login := pat_auth.pat_user();
    EXCEPTION WHEN OTHERS THEN
        by_login := SQLSTATE || ' ' || SQLERRM;
    END;
    PERFORM pat_auth.pat_logout();
END
$$;
ALTER FUNCTION try_token OWNER TO regress_app;
ALTER FUNCTION try_token SECURITY DEFINER;

SELECT * FROM try_token(:'token');

-- Malformed.
SELECT * FROM try_token('pat_nonsense');

-- Unknown: well-formed, never committed.
SELECT * FROM try_token(:'unknown_token');

-- Expired: by the clock.
UPDATE pat_auth.token SET expires_at = clock_timestamp() WHERE token_id = :token_id;
SELECT * FROM try_token(:'token');
UPDATE pat_auth.token SET expires_at = clock_timestamp() + interval '1 day' WHERE token_id = :token_id;
SELECT * FROM try_token(:'token');

-- Permissions changed (R17).
UPDATE pat_auth.role SET available_for_pat = false WHERE application = 'erp' AND name = 'invoice_reader';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.role SET available_for_pat = true WHERE application = 'erp' AND name = 'invoice_reader';

-- Blocked: the application does not allow tokens (R4), not for this tenant, is not active (R15).
UPDATE pat_auth.application SET allow_personal_access_tokens = false WHERE name = 'erp';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.application SET allow_personal_access_tokens = true WHERE name = 'erp';
INSERT INTO pat_auth.application_tenant (application, tenant, allow_personal_access_tokens) VALUES ('erp', 'acme', false);
SELECT * FROM try_token(:'token');
UPDATE pat_auth.application_tenant SET tenant = 'globex';
SELECT * FROM try_token(:'token');
DELETE FROM pat_auth.application_tenant;
UPDATE pat_auth.application SET is_active = false WHERE name = 'erp';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.application SET is_active = true WHERE name = 'erp';

-- The user is not allowed to use tokens (R5), is not active, outside his dates; the tenant is not active (R15).
UPDATE pat_auth.app_user SET allow_pat_creation = false WHERE name = 'alice';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.app_user SET allow_pat_creation = true, is_active = false WHERE name = 'alice';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.app_user SET is_active = true, begins_on = :'today'::date + 1 WHERE name = 'alice';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.app_user SET begins_on = NULL, ends_on = :'today'::date - 1 WHERE name = 'alice';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.app_user SET ends_on = NULL WHERE name = 'alice';
UPDATE pat_auth.tenant SET is_active = false WHERE name = 'acme';
SELECT * FROM try_token(:'token');
UPDATE pat_auth.tenant SET is_active = true WHERE name = 'acme';

-- All of that is over: the token works again, as it did.
SELECT * FROM try_token(:'token');

-- Revoked.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'main');
SELECT pat_auth.pat_revoke(:token_id);
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT * FROM try_token(:'token');

-- Deleted.
SET SESSION AUTHORIZATION regress_backend;
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'alice');
SELECT pat_auth.pat_delete(:token_id);
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT * FROM try_token(:'token');

-- R16: what happens to one leaves the others alone.
SELECT * FROM try_token(:'other_token');

-- No detail, no hint, for whatever reason.
SELECT count(*) AS tried, count(DISTINCT failure::text) AS ways_to_fail, min(failure::text)
FROM (VALUES (:'token'), (:'unknown_token'), ('pat_nonsense'), ('')) AS given (token)
CROSS JOIN LATERAL failure_of(format('SELECT pat_auth.pat_login(%L)', token)) AS failure;
SELECT pat_auth.pat_login(NULL);
\echo :SQLSTATE

DROP FUNCTION try_token;
DELETE FROM pat_auth.token;
