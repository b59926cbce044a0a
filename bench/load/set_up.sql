-- The set-up that the bench runs on: tenants, five applications of twelve roles, groups that give eight of them,
-- users in two groups each. psql variables: tenants, users.

CREATE EXTENSION pat_auth;
CREATE SCHEMA bench;

INSERT INTO pat_auth.tenant (name) SELECT format('tenant_%s', number) FROM generate_series(1, :tenants) AS number;
INSERT INTO pat_auth.application (name, allow_personal_access_tokens)
    SELECT application, true FROM unnest(ARRAY['erp', 'crm', 'warehouse', 'payroll', 'reports']) AS application;
INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat)
    SELECT application.name, format('%s_%s', thing, act), true, true
    FROM pat_auth.application, unnest(ARRAY['invoice', 'customer', 'order', 'item', 'ledger', 'report']) AS thing,
        unnest(ARRAY['reader', 'writer']) AS act
    WHERE application_id <> 0;
INSERT INTO pat_auth.user_group (tenant, name)
    SELECT tenant.name, format('%s_staff', application.name) FROM pat_auth.tenant, pat_auth.application
    WHERE application_id <> 0;
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role)
    SELECT user_group.tenant, user_group.name, role.application, role.name
    FROM pat_auth.user_group
    JOIN pat_auth.role ON user_group.name = format('%s_staff', role.application)
    WHERE role.name LIKE '%reader' OR role.name IN ('invoice_writer', 'order_writer');

-- Who owns the tokens. Of two applications each, which is the order of his tokens too; half of all first have the erp.
CREATE TABLE bench.owner AS
    SELECT number, format('tenant_%s', 1 + number % :tenants) AS tenant, format('user_%s', number) AS user_name,
        (ARRAY['erp', 'crm', 'warehouse', 'payroll', 'reports'])[1 + first] AS first_application,
        (ARRAY['erp', 'crm', 'warehouse', 'payroll', 'reports'])[1 + (first + 1 + chance / 8 % 4) % 5] AS second_application
    FROM (SELECT number, chance, CASE WHEN chance % 8 < 3 THEN 0 ELSE chance % 5 END AS first
        FROM (SELECT number, hashint4(number) & 1023 AS chance FROM generate_series(1, :users) AS number) AS numbered) AS chosen;
ALTER TABLE bench.owner ADD PRIMARY KEY (number);
INSERT INTO pat_auth.app_user (tenant, name, allow_pat_creation) SELECT tenant, user_name, true FROM bench.owner;
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name)
    SELECT tenant, format('%s_staff', application), user_name
    FROM bench.owner, unnest(ARRAY[first_application, second_application]) AS application;

INSERT INTO pat_auth.app_user (tenant, name) VALUES ('tenant_1', 'administrator');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role)
    VALUES ('tenant_1', 'administrator', 'main_administrator');

ANALYZE;
