-- what: scope policy of pat_protect, sequential scan, all rows pass
-- beside: no policy
-- reach: ratio <= 1.10
-- role: bench_api
-- token: reader
-- same: answer
-- transactions: 3
-- clients: 1

-- time: ours
SELECT count(*) FROM invoice_by_scope;

-- time: beside
SELECT count(*) FROM invoice_by_scope_unconfined;
