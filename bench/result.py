"""What was measured, and whether it reaches what it is to reach."""

import dataclasses
import re
import statistics


@dataclasses.dataclass(frozen=True)
class Reach:
    """The figure to reach: a ratio at most, so many times faster at least, or an amount at most. Or none."""

    kind: str  # ratio, faster, amount
    limit: float = None

    @classmethod
    def read(cls, text):
        match = re.fullmatch(r"(ratio|faster|amount)(?: [<>]= ([0-9.]+))?", text)
        return cls(match[1], float(match[2]) if match[2] else None)


@dataclasses.dataclass
class Result:
    what: str
    beside: str
    reach: Reach
    clients: int
    ours: list  # a value a round
    besides: list  # as many, or none for an amount
    unit: str
    note: str = ""

    def values(self):
        """A value a round, of the kind that is to be reached: made pair by pair."""
        if self.reach.kind == "amount":
            return self.ours
        pairs = zip(self.ours, self.besides)
        if self.reach.kind == "faster":
            return [beside / ours for ours, beside in pairs]
        return [ours / beside for ours, beside in pairs]

    @property
    def value(self):
        return statistics.median(self.values())

    @property
    def excess(self):
        """How much of the figure to reach it takes: above 1 is missed. None where there is nothing to reach."""
        if self.reach.limit is None:
            return None
        if self.reach.kind == "faster":
            return self.reach.limit / self.value
        return self.value / self.reach.limit if self.reach.limit else (1.0 if self.value <= 0 else float("inf"))

    @property
    def is_reached(self):
        return self.excess is None or self.excess <= 1
