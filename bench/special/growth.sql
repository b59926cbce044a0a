-- role: bench_api

-- include: verify
