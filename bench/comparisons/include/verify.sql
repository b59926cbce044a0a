-- include: presented

-- time: ours
SELECT * FROM pat_auth.pat_verify(:token);
