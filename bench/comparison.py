"""Comparisons of two statements by pgbench, each a file of bench/comparisons.

Such a file is a pgbench script, a command a line. Its comments say what it compares and how; then come sections:

    -- fetch          what the next section needs; not timed
    -- time: ours     the time of all commands of the section, as the client sees it
    -- time: beside

One run of pgbench executes both, ten times one after the other a transaction, in the same backends: whatever else the
machine does meets both. A run is a round and gives one ratio; the result is the median of the rounds.
"""

import dataclasses

import server
from result import Reach, Result

REPEATS = 10


@dataclasses.dataclass
class Comparison:
    path: object
    header: dict
    lines: list  # (section, command)

    def __getitem__(self, name):
        return self.header.get(name)


def read(path):
    header, lines, section = {}, [], None
    for line in path.read_text().splitlines():
        if line.startswith("-- time: "):
            section = line.removeprefix("-- time: ")
        elif line == "-- fetch":
            section = "fetch"
        elif line.startswith("-- ") and section is None:
            name, colon, value = line.removeprefix("-- ").partition(": ")
            if colon:
                header[name] = value
        elif line and not line.startswith("--"):
            lines.append((section, line))
    return Comparison(path, header, lines)


def run(comparison, bench):
    """The results of a comparison, one for each number of clients."""
    settings = dict([comparison["setting"].split("=")]) if comparison["setting"] else {}
    if comparison["token"]:
        settings["pat_auth.token"] = bench.tokens[comparison["token"]]
    if comparison["same plan"]:
        require_same_plan(comparison, settings)
    script = Script(comparison, bench)
    results = []
    for clients in map(int, (comparison["clients"] or "1 2").split()):
        rounds = [script.times(clients=clients, settings=settings) for _ in range(bench.rounds)]
        what = comparison["what"]
        for name, value in bench.variables.items():
            what = what.replace(f":{name}", f"{value:,}")
        results.append(Result(what, comparison["beside"], Reach.read(comparison["reach"]), clients,
                              [times["ours"] for times in rounds], [times["beside"] for times in rounds], "ms"))
    return results


class Script:
    """A comparison's script as pgbench runs it."""

    def __init__(self, comparison, bench):
        self.comparison = comparison
        self.bench = bench
        self.repeats = 1 if comparison["transactions"] else REPEATS
        self.how = ("-t", comparison["transactions"]) if comparison["transactions"] else ("-T", str(bench.seconds))
        commands = [command for _, command in comparison.lines]
        # Before it is measured, a backend executes everything once; and it looks at all pages once, each of which
        # would else cost a page fault at the first touch, where no huge pages are.
        self.warm_up = ["\\if :warm = 0", *([] if bench.has_huge_pages else bench.touch_all), *commands, "\\set warm 1", "\\endif"]
        self.path = bench.directory / comparison.path.name
        self.path.write_text("\n".join(self.warm_up + commands * self.repeats) + "\n")

    def times(self, *, clients, settings=None, variables=None, database=server.DATABASE):
        """One run: the average milliseconds of each section."""
        latencies = server.pgbench(self.path, user=self.comparison["role"], clients=clients, how=self.how, database=database,
                                   variables={**self.bench.variables, "warm": 0, **(variables or {})}, settings=settings)
        latencies = latencies[len(self.warm_up):]
        sections = [section for section, _ in self.comparison.lines] * self.repeats
        if len(latencies) != len(sections):
            raise server.ServerFailure(f"{self.path}: {len(latencies)} latencies of {len(sections)} commands")
        times = {}
        for section, latency in zip(sections, latencies):
            times[section] = times.get(section, 0) + latency / self.repeats
        return times


def require_same_plan(comparison, settings):
    """Both statements are to be executed by the same plan; row-level security may add a one-time filter above it."""
    plans = []
    for section, command in comparison.lines:
        if section in ("ours", "beside"):
            statement = command.replace(":id", "100")
            # What only says which name the table goes by, or asks the identity once, is no other plan.
            plan = server.sql("".join(f"SET {name} = '{value}';\n" for name, value in settings.items())
                              + f"EXPLAIN (COSTS off) {statement}", user=comparison["role"])
            plans.append([line.strip() for line in plan.splitlines() if "Scan" in line or "Index Cond" in line])
    if plans[0] != plans[1]:
        raise server.ServerFailure(f"{comparison.path}: not the same plan: {plans}")
