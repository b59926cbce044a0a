"""Measurements that take more than a pgbench script: each file has one, measure(bench)."""
