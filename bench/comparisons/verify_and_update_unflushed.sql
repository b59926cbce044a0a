-- what: pat_verify, end to end
-- beside: the same with synchronous_commit = off, which loses uses at a crash
-- reach: faster
-- setting: synchronous_commit=off
-- role: bench_api

-- include: verify

-- include: presented

-- time: beside
SELECT * FROM opponent.verify_and_note(:token);
