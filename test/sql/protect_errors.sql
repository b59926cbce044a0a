-- pat_protect and pat_unprotect: what they refuse.
\set SHOW_CONTEXT never
SET SESSION AUTHORIZATION regress_owner;
CREATE TABLE note (id integer, tenant text, "Odd ""Name" text);
CREATE VIEW notes AS SELECT * FROM note;

-- What is required.
SELECT pat_auth.pat_protect(NULL, 'erp', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', NULL, 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_unprotect(NULL);
\echo :SQLSTATE

-- Unknown ones.
SELECT pat_auth.pat_protect('unknown', 'erp', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('pat_auth.tenant', 'erp', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect(1::oid::regclass, 'erp', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'unknown', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', '', '', '');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'erp', 'unknown', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', $$'; DROP TABLE note; --$$);
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'crm', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer', 'unknown');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer', 'tenant', 'unknown');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer', 'Tenant');
\echo :SQLSTATE
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer', 'ctid');
\echo :SQLSTATE

-- R25: administration's tokens reach no application's data.
SELECT pat_auth.pat_protect('note', 'administration', 'licensing', 'licensing');
\echo :SQLSTATE

-- No table.
SELECT pat_auth.pat_protect('notes', 'erp', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_unprotect('notes');
\echo :SQLSTATE

-- Not protected.
SELECT pat_auth.pat_unprotect('note');
\echo :SQLSTATE

-- Nothing was done by halves.
SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'note'::regclass;
SELECT count(*) FROM pg_policies WHERE tablename = 'note';

-- Names that need quoting are quoted.
CREATE TABLE "note'""; --" (LIKE note);
SELECT pat_auth.pat_protect('"note''""; --"', 'erp', 'invoice_reader', NULL, 'Odd "Name');
SELECT count(*) FROM pg_policies WHERE tablename = $$note'"; --$$;
SELECT pat_auth.pat_unprotect('"note''""; --"');
DROP TABLE "note'""; --";

-- Only the table's owner may. An application's role is not.
GRANT ALL ON note TO regress_app;
SET SESSION AUTHORIZATION regress_app;
SELECT pat_auth.pat_protect('note', 'erp', 'invoice_reader', 'invoice_writer');
\echo :SQLSTATE
SELECT pat_auth.pat_unprotect('invoice');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_owner;
DROP VIEW notes;
DROP TABLE note;
RESET SESSION AUTHORIZATION;
