-- The database roles that the bench acts as.

CREATE ROLE bench_api LOGIN;      -- token traffic
CREATE ROLE bench_backend LOGIN;  -- may sign users in
SELECT pat_auth.pat_grant_access('bench_api');
SELECT pat_auth.pat_grant_access('bench_backend', may_sign_in_users => true);
GRANT USAGE ON SCHEMA bench, opponent TO bench_api, bench_backend;
GRANT SELECT ON ALL TABLES IN SCHEMA bench, public TO bench_api, bench_backend;
GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA opponent TO bench_api, bench_backend;
GRANT INSERT ON opponent.created, opponent.created_event TO bench_backend;
