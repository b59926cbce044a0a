"""pat_verify of tokens that the server has not seen since it was started, so that it asks the index; their owners it
knows. Of so many tokens few are met again while this runs."""

import dataclasses
import pathlib

import comparison

HERE = pathlib.Path(__file__).resolve().parent


def measure(bench):
    bench.know_tokens(each_owners=True)
    read = comparison.read(HERE.parent / "comparisons/verify_and_single_row_lookup.sql")
    header = {**read.header, "what": "pat_verify of a token that is new to the server, end to end", "reach": "ratio", "clients": "1"}
    return comparison.run(dataclasses.replace(read, header=header), bench)
