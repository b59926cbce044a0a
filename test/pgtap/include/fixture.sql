-- Two tenants, two applications, and somebody of every kind. What the extension's owner sets up is outside the rules.
--
--   acme      mia     main administrator
--             ada     application administrator
--             olga    owner of erp
--             ugo     user administrator
--             dan     developer of erp
--             alice   plain user; invoice_reader and invoice_writer of erp, invoice_reader of crm; may create tokens
--             bob     plain user; invoice_reader of erp; may not create tokens
--   globex    uma     user administrator
--             gina    plain user; invoice_reader of erp; may create tokens

\ir acting.sql

INSERT INTO pat_auth.tenant (name) VALUES ('acme'), ('globex');
INSERT INTO pat_auth.application (name, allow_personal_access_tokens) VALUES ('erp', true), ('crm', true);
INSERT INTO pat_auth.role (application, name, allowed_for_pat, available_for_pat) VALUES
    ('erp', 'invoice_reader', true, true),
    ('erp', 'invoice_writer', true, true),
    ('erp', 'invoice_auditor', true, false),
    ('erp', 'invoice_deleter', false, false),
    ('crm', 'invoice_reader', true, true);
INSERT INTO pat_auth.app_user (tenant, name, allow_pat_creation) VALUES
    ('acme', 'mia', true), ('acme', 'ada', true), ('acme', 'olga', true), ('acme', 'ugo', true), ('acme', 'dan', true),
    ('acme', 'alice', true), ('acme', 'bob', false), ('globex', 'uma', true), ('globex', 'gina', true);
INSERT INTO pat_auth.administrator (tenant, user_name, administrator_role, application) VALUES
    ('acme', 'mia', 'main_administrator', NULL),
    ('acme', 'ada', 'application_administrator', NULL),
    ('acme', 'olga', 'application_owner', 'erp'),
    ('acme', 'ugo', 'user_administrator', NULL),
    ('acme', 'dan', 'developer', 'erp'),
    ('globex', 'uma', 'user_administrator', NULL);
INSERT INTO pat_auth.user_group (tenant, name) VALUES
    ('acme', 'readers'), ('acme', 'writers'), ('acme', 'sellers'), ('globex', 'readers');
INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES
    ('acme', 'readers', 'erp', 'invoice_reader'),
    ('acme', 'writers', 'erp', 'invoice_writer'),
    ('acme', 'sellers', 'crm', 'invoice_reader'),
    ('globex', 'readers', 'erp', 'invoice_reader');
INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES
    ('acme', 'readers', 'mia'), ('acme', 'readers', 'ada'), ('acme', 'readers', 'olga'), ('acme', 'readers', 'ugo'),
    ('acme', 'readers', 'dan'), ('acme', 'readers', 'alice'), ('acme', 'readers', 'bob'),
    ('acme', 'writers', 'alice'), ('acme', 'sellers', 'alice'),
    ('globex', 'readers', 'uma'), ('globex', 'readers', 'gina');
