-- what: pat_has_scope for each row, a policy written by hand without (SELECT …)
-- beside: no policy
-- reach: ratio <= 1.25
-- role: bench_api
-- token: reader
-- same: answer
-- transactions: 3
-- clients: 1

-- time: ours
SELECT count(*) FROM invoice_by_hand;

-- time: beside
SELECT count(*) FROM invoice_by_hand_unconfined;
