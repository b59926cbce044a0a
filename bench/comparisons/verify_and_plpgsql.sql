-- what: pat_verify, end to end
-- beside: plpgsql function as applications write it
-- reach: faster >= 1.2
-- role: bench_api

-- include: verify

-- include: presented

-- time: beside
SELECT * FROM opponent.verify_plpgsql(:token);
