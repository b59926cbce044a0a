"""How much room a token takes: its table with all indexes, after an ordinary load, three scopes each."""

import server
from result import Reach, Result


def measure(bench):
    size = int(server.sql("SELECT pg_total_relation_size('pat_auth.token')"))
    count = bench.variables["tokens"]
    return [Result("bytes a token, table and indexes, 3 scopes", "", Reach("amount", 260), 0, [size / count], [], "bytes", indexes())]


def indexes():
    return server.sql("""SELECT string_agg(format('%s %s', relname, pg_relation_size(oid) / (SELECT count(*) FROM pat_auth.token)), ', ')
        FROM (SELECT oid, relname FROM pg_class WHERE oid = 'pat_auth.token'::regclass
            UNION ALL SELECT indexrelid, relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = 'pat_auth.token'::regclass) AS part""")
