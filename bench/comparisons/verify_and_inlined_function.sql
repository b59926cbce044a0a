-- what: pat_verify, end to end
-- beside: the lookup as an inlined SQL function
-- reach: ratio
-- role: bench_api

-- include: verify

-- include: presented

-- time: beside
SELECT * FROM opponent.verify_inlined(:token);
