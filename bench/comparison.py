"""Comparisons of two statements by pgbench, each a file of bench/comparisons.

Such a file is a pgbench script, a command a line. Its comments say what it compares and how; then come sections:

    -- fetch          what the next section needs; not timed
    -- time: ours     the time of all commands of the section, as the client sees it
    -- time: beside
    -- include: NAME  the sections of comparisons/include/NAME.sql

One run of pgbench executes both in turn, ten times a transaction, in the same backend: whatever else the machine does
meets both. Each goes first as often as the other does. A run is a round and gives one ratio; the result is the median
of the rounds.
"""

import dataclasses
import pathlib

import server
from result import Reach, Result

REPEATS = 10
INCLUDED = pathlib.Path(__file__).resolve().parent / "comparisons/include"


@dataclasses.dataclass
class Comparison:
    path: object
    header: dict
    ours: list  # (section, command): what is fetched for it, and what is timed
    beside: list

    @property
    def lines(self):
        return self.ours + self.beside

    def __getitem__(self, name):
        return self.header.get(name)


def lines_of(path):
    for line in path.read_text().splitlines():
        if line.startswith("-- include: "):
            yield from lines_of(INCLUDED / f"{line.removeprefix('-- include: ')}.sql")
        else:
            yield line


def read(path):
    header, lines, ours, section = {}, [], [], None
    for line in lines_of(path):
        if line.startswith("-- time: "):
            section = line.removeprefix("-- time: ")
        elif line == "-- fetch":
            section = "fetch"
        elif line.startswith("-- ") and section is None:
            name, colon, value = line.removeprefix("-- ").partition(": ")
            if colon:
                header[name] = value
        elif line and not line.startswith("--"):
            if section != "ours" and lines and lines[-1][0] == "ours":
                ours, lines = lines, []
            lines.append((section, line))
    return Comparison(path, header, *((ours, lines) if ours else (lines, [])))


def run(comparison, bench):
    """The results of a comparison, one for each number of clients."""
    settings = dict([comparison["setting"].split("=")]) if comparison["setting"] else {}
    if comparison["token"]:
        settings["pat_auth.token"] = bench.tokens[comparison["token"]]
    for sameness in (comparison["same"] or "").split():
        SAMENESS[sameness](comparison, settings)
    script = Script(comparison, bench)
    reach = Reach.read(comparison["reach"])
    default = "1" if bench.is_quick else "1 2"
    results = []
    for clients in map(int, (comparison["clients"] or default).split()):
        rounds = [script.times(clients=clients, settings=settings) for _ in range(bench.rounds)]
        what = comparison["what"]
        for name, value in bench.variables.items():
            what = what.replace(f":{name}", f"{value:,}")
        results.append(Result(what, comparison["beside"], reach, clients,
                              [times["ours"] for times in rounds], [times["beside"] for times in rounds], "ms"))
    return results


class Script:
    """A comparison's script as pgbench runs it."""

    def __init__(self, comparison, bench, touch=None):
        self.comparison = comparison
        self.bench = bench
        self.how = ("-t", comparison["transactions"]) if comparison["transactions"] else ("-T", str(bench.seconds))
        self.turns = 1 if comparison["transactions"] else REPEATS // 2
        self.lines = (comparison.ours + comparison.beside + comparison.beside + comparison.ours) * self.turns
        # Before it is measured, a backend goes to its processor and executes everything once; and where no huge pages are,
        # it looks at all pages once, each of which would else cost a page fault at the first touch.
        self.warm_up = ["\\if :warm = 0", "SELECT bench.stay_on(:processors);",
                        *([] if bench.has_huge_pages else touch or bench.touch_all),
                        *(command for _, command in comparison.lines), "\\set warm 1", "\\endif"]
        self.path = bench.directory / comparison.path.name
        self.path.write_text("\n".join(self.warm_up + [command for _, command in self.lines]) + "\n")

    def times(self, *, clients, settings=None, variables=None, database=server.DATABASE, processors=None):
        """One run: the average milliseconds of each section. Each client is a pgbench of its own, and shares a processor
        with its backend: only one of the two has something to do at a time."""
        running = [server.Pgbench(self.path, user=self.comparison["role"], how=self.how, database=database, settings=settings,
                                  variables={**self.bench.variables, "warm": 0, **(variables or {})}, processors=own)
                   for own in processors or server.own_processors(clients)]
        times = {}
        for pgbench in running:
            latencies = pgbench.latencies()[len(self.warm_up):]
            if len(latencies) != len(self.lines):
                raise server.ServerFailure(f"{self.path}: {len(latencies)} latencies of {len(self.lines)} commands")
            for (section, _), latency in zip(self.lines, latencies):
                times[section] = times.get(section, 0) + latency / (2 * self.turns * clients)
        return times


def run_each(comparison, settings, prefix=""):
    """What the timed statements print, each run once."""
    settings = "".join(f"SET {name} = '{value}';\n" for name, value in settings.items())
    return [server.sql(f"{settings}{prefix}{command.replace(':id', '100')}", user=comparison["role"])
            for section, command in comparison.lines if section in ("ours", "beside")]


def require_same_answer(comparison, settings):
    ours, beside = run_each(comparison, settings)
    if ours != beside or ours in ("", "0"):
        raise server.ServerFailure(f"{comparison.path}: not the same answer: {ours}, {beside}")


def require_same_plan(comparison, settings):
    """Row-level security may ask the identity first, once; the table is to be read in the same way."""
    plans = [[line.strip() for line in plan.splitlines() if "Scan" in line or "Index Cond" in line]
             for plan in run_each(comparison, settings, "EXPLAIN (COSTS off) ")]
    if plans[0] != plans[1] or not plans[0]:
        raise server.ServerFailure(f"{comparison.path}: not the same plan: {plans}")


SAMENESS = {"answer": require_same_answer, "plan": require_same_plan}
