-- role: bench_api

-- include: authenticate
