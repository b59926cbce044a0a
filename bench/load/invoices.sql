-- Tables of an application. psql variable: invoices.
--
-- The first holds rows of every tenant, one in a hundred of tenant_1's; the second tenant_1's only. Each is read under
-- row-level security by its name, and without it through a view: a view reads as its owner, here a superuser, and
-- costs nothing once the query is planned. So both sides of a comparison read the very same pages.

CREATE TABLE invoice (
    id integer PRIMARY KEY,
    tenant text NOT NULL,
    customer text NOT NULL,
    amount numeric(10, 2) NOT NULL
);
INSERT INTO invoice
    SELECT number,
        format('tenant_%s', CASE WHEN number % 100 = 0 THEN 1 ELSE 2 + number % ((SELECT count(*) FROM pat_auth.tenant) - 1) END),
        format('customer %s', number % 5000), number % 100000 / 100.0
    FROM generate_series(1, :invoices) AS number;
CREATE TABLE invoice_of_one_tenant (LIKE invoice INCLUDING ALL);
INSERT INTO invoice_of_one_tenant SELECT id, 'tenant_1', customer, amount FROM invoice;
-- Scopes alone confine these two; in the second the policy is written by hand, without (SELECT …).
CREATE TABLE invoice_by_scope (LIKE invoice INCLUDING ALL);
INSERT INTO invoice_by_scope TABLE invoice;
CREATE TABLE invoice_by_hand (LIKE invoice INCLUDING ALL);
INSERT INTO invoice_by_hand TABLE invoice;
-- As applications confine rows that trust what the backend set.
CREATE TABLE invoice_by_setting (LIKE invoice INCLUDING ALL);
INSERT INTO invoice_by_setting TABLE invoice;

SELECT pat_auth.pat_protect('invoice', 'erp', 'invoice_reader', 'invoice_writer', tenant_column => 'tenant');
SELECT pat_auth.pat_protect('invoice_of_one_tenant', 'erp', 'invoice_reader', 'invoice_writer', tenant_column => 'tenant');
SELECT pat_auth.pat_protect('invoice_by_scope', 'erp', 'invoice_reader', 'invoice_writer');
ALTER TABLE invoice_by_hand ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_hand ON invoice_by_hand USING (pat_auth.pat_has_scope('erp', 'invoice_reader'));
ALTER TABLE invoice_by_setting ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_setting ON invoice_by_setting USING (tenant = (SELECT current_setting('application.tenant', true)));

CREATE VIEW invoice_unconfined AS TABLE invoice;
CREATE VIEW invoice_of_one_tenant_unconfined AS TABLE invoice_of_one_tenant;
CREATE VIEW invoice_by_scope_unconfined AS TABLE invoice_by_scope;
CREATE VIEW invoice_by_hand_unconfined AS TABLE invoice_by_hand;

-- Tokens that may read invoices, each with the number of an invoice of its tenant.
CREATE TABLE bench.reader AS
    SELECT row_number() OVER (ORDER BY presented.number) AS number, presented.token, token.tenant, token.user_name,
        array_to_string(token.scopes, ' ') AS scopes, of_tenant.ids[1 + presented.number % cardinality(of_tenant.ids)] AS invoice_id
    FROM opponent.token
    JOIN bench.presented ON presented.number = token.token_id
    JOIN (SELECT tenant, array_agg(id ORDER BY id) AS ids FROM invoice GROUP BY tenant) AS of_tenant USING (tenant)
    WHERE token.application = 'erp' AND 'invoice_reader' = ANY (token.scopes);
ALTER TABLE bench.reader ADD PRIMARY KEY (number);

VACUUM ANALYZE;
