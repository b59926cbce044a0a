-- One token for each text that bench/tokens.py made (bench.presented), as pat_create would have stored it. Of three
-- scopes. Owner, application and scopes are chosen by hash, so that none goes with another.

CREATE TABLE bench.role_set AS
    SELECT application.name AS application, application.application_id, array_agg(role.role_id ORDER BY role.role_id) AS role_ids
    FROM pat_auth.application
    JOIN pat_auth.role ON role.application = application.name
    WHERE role.name LIKE '%reader' OR role.name IN ('invoice_writer', 'order_writer')
    GROUP BY application.name, application.application_id;

CREATE VIEW bench.new_token AS
    SELECT numbered.number AS token_id, numbered.digest,
        date_trunc('day', now()) - interval '1 year' * (1 - numbered.number::float8 / numbered.total) AS created_at,
        (current_date + 30 + (numbered.number % 330)::integer)::timestamp AT TIME ZONE 'UTC' AS expires_at,
        tenant.tenant_id, app_user.user_id, role_set.application_id,
        ARRAY(SELECT role_set.role_ids[1 + (numbered.chance / 16 + place) % 8] FROM unnest(ARRAY[0, 2, 5]) AS place
            ORDER BY 1) AS scope_ids,
        format('%s export %s', role_set.application, numbered.number) AS name
    FROM (SELECT number, sha256(convert_to(token, 'UTF8')) AS digest, count(*) OVER () AS total,
            hashint8(number) & 1023 AS chance,
            1 + (hashint8(-number) & 2147483647) % (SELECT count(*) FROM bench.owner) AS owner_number
        FROM bench.presented) AS numbered
    JOIN bench.owner ON owner.number = numbered.owner_number
    JOIN pat_auth.app_user ON app_user.tenant = owner.tenant AND app_user.name = owner.user_name
    JOIN pat_auth.tenant ON tenant.name = owner.tenant
    JOIN bench.role_set
        ON role_set.application = CASE numbered.chance % 2 WHEN 0 THEN owner.first_application ELSE owner.second_application END;

INSERT INTO pat_auth.token (token_id, digest_head, digest_tail, created_at, expires_at, tenant_id, user_id,
        application_id, scope_ids, name)
    OVERRIDING SYSTEM VALUE
    SELECT token_id, ('x' || encode(substr(digest, 1, 8), 'hex'))::bit(64)::bigint, substr(digest, 9), created_at,
        expires_at, tenant_id, user_id, application_id, scope_ids, name
    FROM bench.new_token
    ORDER BY token_id;
SELECT setval('pat_auth.token_token_id_seq', max(token_id)) FROM pat_auth.token;

VACUUM ANALYZE;
