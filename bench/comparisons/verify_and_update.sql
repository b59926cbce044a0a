-- what: pat_verify, end to end
-- beside: plpgsql function that updates last_used_at each time
-- reach: faster >= 5
-- role: bench_api

-- include: verify

-- include: presented

-- time: beside
SELECT * FROM opponent.verify_and_note(:token);
