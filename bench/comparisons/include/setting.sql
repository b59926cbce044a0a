-- fetch
\set number random(1, :readers)
SELECT tenant, user_name, scopes, invoice_id FROM bench.reader WHERE number = :number \gset
