"""One JSON line for each measurement, with what it ran on: figures without that say little."""

import json
import os
import platform
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a figure must reach: `at_least` or at most."""

    value: float
    at_least: bool = True

    def is_met(self, value: float) -> bool:
        """Tell whether a figure reaches the goal."""
        return value >= self.value if self.at_least else value <= self.value


def say(bench: str, value: float, unit: str, goal: Goal | None = None, **beside: object) -> None:
    """Print the line of one measurement; `beside` is what else a reader should know."""
    line = {
        "bench": bench,
        "value": round(value, 3),
        "unit": unit,
        "goal": None if goal is None else f"{'>=' if goal.at_least else '<='} {goal.value}",
        "met": None if goal is None else goal.is_met(value),
        "on": machine(),
        **beside,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def machine() -> str:
    """Return the cores and the Python that the figure was made with."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
