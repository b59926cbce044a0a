"""The results as a table in Markdown, the worst first."""

import platform
import statistics


def number(value):
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def measured(result):
    if result.reach.kind == "faster":
        return f"{result.value:.2f} times faster"
    if result.reach.kind == "ratio":
        return f"{result.value:.3f}"
    return f"{number(result.value)} {result.unit}"


def to_reach(result):
    limit = result.reach.limit
    if limit is None:
        return ""
    if result.reach.kind == "faster":
        return f"≥ {limit:g}"
    return f"≤ {limit:g}" + (f" {result.unit}" if result.reach.kind == "amount" else "")


def spread(result):
    values = result.values()
    if len(values) < 2:
        return ""
    return f"{number(min(values))} – {number(max(values))}"


def medians(result):
    ours = number(statistics.median(result.ours))
    if not result.besides:
        return ""
    return f"{ours} / {number(statistics.median(result.besides))} {result.unit}"


def ordered(results):
    """The worst first; what has nothing to reach comes last."""
    return sorted(results, key=lambda result: -(result.excess if result.excess is not None else -1))


def write(path, results, facts):
    missed = sum(not result.is_reached for result in results)
    judged = sum(result.excess is not None for result in results)
    lines = [f"# {facts['title']}", "", f"{judged - missed} of {judged} figures reached.", ""]
    lines += [f"- {name}: {value}" for name, value in facts["circumstances"].items()]
    lines += ["", "Ratios are made pair by pair, round by round; what stands here is their median, and their smallest and largest.", "",
              "| | what | beside | clients | measured | to reach | spread | medians |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for result in ordered(results):
        mark = "" if result.excess is None else "✓" if result.is_reached else "✗"
        what = f"{result.what} ({result.note})" if result.note else result.what
        lines.append(f"| {mark} | {what} | {result.beside} | {result.clients} | {measured(result)} | {to_reach(result)} | "
                     f"{spread(result)} | {medians(result)} |")
    path.write_text("\n".join(lines) + "\n")


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(": ")[2].strip()
    return platform.processor() or platform.machine()


def memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        return f"{int(file.readline().split()[1]) / 1024 / 1024:.0f} GiB"
