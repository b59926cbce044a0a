-- fetch
\set number random(1, :tokens)
SELECT token FROM bench.presented WHERE number = :number \gset
