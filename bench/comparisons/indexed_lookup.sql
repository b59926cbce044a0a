-- what: indexed lookup of one row under pat_protect, end to end
-- beside: the same query without row-level security
-- reach: ratio <= 1.10
-- role: bench_api
-- token: reader
-- same: answer plan

-- fetch
\set id 100 * random(1, :invoices / 100)

-- time: ours
SELECT customer, amount FROM invoice WHERE id = :id;

-- fetch
\set id 100 * random(1, :invoices / 100)

-- time: beside
SELECT customer, amount FROM invoice_unconfined WHERE id = :id;
