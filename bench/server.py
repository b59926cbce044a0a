"""The server that the bench talks to, by PostgreSQL's own clients. PGHOST and its like say where it is."""

import os
import re
import subprocess
import time

DATABASE = "bench"


class ServerFailure(Exception):
    """What a client of the server said before it gave up."""


def _run(command, **options):
    done = subprocess.run(command, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise ServerFailure("\n".join([" ".join(command)[:300], done.stdout[-2000:], done.stderr[-4000:]]))
    return done.stdout


def _psql(database, user, variables):
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-U", user]
    for name, value in variables.items():
        command += ["-v", f"{name}={value}"]
    return command


def sql(text, database=DATABASE, user="postgres", **variables):
    """Runs SQL in one session and returns what it printed: fields separated by `|`, a row a line."""
    return _run(_psql(database, user, variables), input=text).strip()


def sql_file(path, database=DATABASE, **variables):
    start = time.monotonic()
    _run(_psql(database, "postgres", variables) + ["-f", str(path)])
    print(f"  {path.name}: {time.monotonic() - start:.0f} s", flush=True)


def copy_in(table, path, database=DATABASE):
    _run(_psql(database, "postgres", {}) + ["-c", f"\\copy {table} FROM '{path}'"])


def options_environment(settings):
    """An environment that gives a client's sessions these settings."""
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {**os.environ, "PGOPTIONS": options}


PROCESSORS = sorted(os.sched_getaffinity(0))


def own_processors(clients):
    """A processor for each client, or all for each where there are not as many."""
    return [[processor] for processor in PROCESSORS[:clients]] if clients <= len(PROCESSORS) else [PROCESSORS] * clients


class Pgbench:
    """A pgbench that runs a script. It stays on these processors, and its backends do if the script has them called
    bench.stay_on(:processors)."""

    def __init__(self, script, *, user, processors, clients=1, variables=None, database=DATABASE, how=("-T", "1"), more=(), settings=None):
        numbers = ",".join(map(str, processors))
        command = ["taskset", "-c", numbers, "pgbench", "-n", "-M", "prepared", "-r", "-c", str(clients), "-j", str(clients), "-U", user,
                   "-f", str(script)]
        for name, value in {**(variables or {}), "processors": f"{{{numbers}}}"}.items():
            command += ["-D", f"{name}={value}"]
        self.script = script
        self.process = subprocess.Popen(command + [*how, *more, database], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=options_environment(settings or {}))

    def output(self):
        output, errors = self.process.communicate()
        if self.process.returncode != 0 or not re.search(r"number of failed transactions: 0 ", output):
            raise ServerFailure("\n".join([str(self.script), output[-2000:], errors[-4000:]]))
        return output

    def latencies(self):
        """The average milliseconds of each command in the script, in order."""
        _, _, latencies = self.output().partition("statement latencies in milliseconds")
        return [float(number) for number in re.findall(r"^ +([0-9.]+) +[0-9]+  ", latencies, re.MULTILINE)]

    def rate(self):
        """Transactions a second."""
        return float(re.search(r"^tps = ([0-9.]+)", self.output(), re.MULTILINE)[1])


class Session:
    """A psql that stays, for what is about a session's state. `ask` sends one statement and returns what it printed."""

    def __init__(self, user="bench_api", database=DATABASE, settings=None):
        self.process = subprocess.Popen(_psql(database, user, {}), text=True, stdin=subprocess.PIPE, bufsize=1,
                                        stdout=subprocess.PIPE, env=options_environment(settings or {}))
        self.backend = int(self.ask("SELECT pg_backend_pid()"))

    def send(self, statement):
        self.process.stdin.write(f"{statement};\n\\echo end of answer\n")
        self.process.stdin.flush()

    def receive(self):
        lines = []
        for line in self.process.stdout:
            if line == "end of answer\n":
                return "\n".join(lines)
            lines.append(line.rstrip("\n"))
        raise ServerFailure("psql went away")

    def ask(self, statement):
        self.send(statement)
        return self.receive()

    def timed(self, statement):
        """What a statement that gives one line printed, and the milliseconds that it took the client."""
        lines = self.ask(f"\\timing on\n{statement}").splitlines()
        spent = float(lines[-1].removeprefix("Time: ").split()[0])
        self.ask("\\timing off\nSELECT 1")
        return "\n".join(lines[:-1]), spent

    def close(self):
        self.process.stdin.close()
        self.process.wait()
