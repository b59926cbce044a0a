-- What the examples talk to: invoices of three tenants, and a database role of
-- the application's that can read and add them, if the token of the moment may.
-- psql variables: login (the role's name), password.

CREATE EXTENSION pat_auth;

INSERT INTO pat_auth.tenant (name) VALUES ('acme'), ('globex'), ('initech');
INSERT INTO pat_auth.application (name, allow_personal_access_tokens) VALUES ('erp', true);
INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat) VALUES
    ('erp', 'invoice_reader', true, true), ('erp', 'invoice_writer', true, true);
INSERT INTO pat_auth.app_user (tenant, name, allow_pat_creation) VALUES
    ('acme', 'alice', true), ('globex', 'gina', true), ('initech', 'ines', true);
INSERT INTO pat_auth.app_user (tenant, name) VALUES ('acme', 'mia');
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role) VALUES ('acme', 'mia', 'main_administrator');
SELECT pat_auth.pat_assign_role(tenant, name, 'erp', role)
    FROM pat_auth.app_user, unnest(ARRAY['invoice_reader', 'invoice_writer']) AS role
    WHERE allow_pat_creation
    \g (format=unaligned) /dev/null

CREATE TABLE invoice (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL DEFAULT pat_auth.pat_tenant(),
    customer text NOT NULL,
    amount numeric(10, 2) NOT NULL
);
INSERT INTO invoice (tenant, customer, amount) VALUES
    ('acme', 'Wile E. Coyote', 120.00), ('acme', 'Road Runner', 75.50),
    ('globex', 'Hank Scorpio', 990.00),
    ('initech', 'Bill Lumbergh', 10.00), ('initech', 'Milton Waddams', 3.05), ('initech', 'Peter Gibbons', 7.00);
SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', tenant_column => 'tenant')
    \g (format=unaligned) /dev/null

CREATE ROLE :"login" LOGIN PASSWORD :'password';
SELECT pat_auth.pat_grant_access(:'login') \g (format=unaligned) /dev/null
GRANT SELECT, INSERT ON invoice TO :"login";
