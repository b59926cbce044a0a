-- what: tenant policy of pat_protect, sequential scan, all rows returned
-- beside: constant WHERE
-- reach: ratio <= 1.03
-- role: bench_api
-- token: reader
-- same: answer
-- transactions: 3
-- clients: 1

-- time: ours
SELECT count(*) FROM invoice_of_one_tenant;

-- time: beside
SELECT count(*) FROM invoice_of_one_tenant_unconfined WHERE tenant = 'tenant_1';
