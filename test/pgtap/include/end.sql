-- Ends a test file: the roles are the cluster's, so they must not outlive the file's database.
SELECT * FROM finish();
DROP OWNED BY :"backend", :"client";
DROP ROLE :"backend", :"client";
