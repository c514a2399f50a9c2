"""What a row found, whether that is good enough, and how it is told: JSON lines and a table."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

RULE_OF_THREE: Final = 3
"""Seen 0 times in n, something happens in fewer than 3 of n with 95 per cent confidence."""


class Skipped(Exception):
    """This machine lacks what the row needs; the message says what."""


@dataclass(frozen=True)
class Tally:
    """The sink's record beside the ledger, for one audience."""

    readers: int
    #: In the audience, not rightly left out, not listed as uncertain, and the sink has no mail for them.
    lost: int
    #: Mails beyond the first to one reader.
    duplicated: int
    #: Mails to who had left, was left out, or was never in the audience.
    unwanted: int
    #: The ledger says accepted and the sink has nothing.
    ghosts: int
    #: Left to staff by id, because nobody can say.
    uncertain: int
    #: Twice in the sink and never in doubt in the ledger: a reader's second mail that no report names.
    unlisted: int
    #: recipients = accepted + refused + skipped + uncertain.
    closes: bool

    @property
    def clean(self) -> bool:
        """Whether all but the duplicates is as it must be."""
        return self.closes and not (self.lost or self.unwanted or self.ghosts or self.unlisted)


@dataclass(frozen=True)
class Finding:
    """One row's outcome; `allowed` duplicates, and `within` seconds between two mails, are its goals."""

    tally: Tally
    rounds: int
    recovered: float | None = None
    allowed: int = 0
    within: float | None = None
    #: Sentences on what else went wrong.
    faults: Sequence[str] = ()
    beside: Mapping[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the row's goals are reached."""
        few = self.tally.duplicated <= self.allowed
        late = self.within is not None and (self.recovered or 0) > self.within
        return self.tally.clean and few and not late and not self.faults

    def as_json(self) -> dict[str, object]:
        """Return the row as JSON values; the contract's six stand first."""
        tally = self.tally
        return {
            "rounds": self.rounds,
            "lost": tally.lost,
            "duplicated": tally.duplicated,
            "recovered_s": None if self.recovered is None else round(self.recovered, 1),
            "met": self.met,
            "allowed": self.allowed,
            "within_s": self.within,
            "readers": tally.readers,
            "lost_share_below": None if tally.lost else RULE_OF_THREE / max(tally.readers, 1),
            "unwanted": tally.unwanted,
            "ghosts": tally.ghosts,
            "uncertain": tally.uncertain,
            "unlisted": tally.unlisted,
            "closes": tally.closes,
            "faults": list(self.faults),
            **self.beside,
        }


@dataclass(frozen=True)
class Line:
    """A row as it is printed: found, skipped, or broken off."""

    fault: str
    title: str
    seconds: float
    finding: Finding | None = None
    skipped: str = ""
    broken: str = ""

    @property
    def met(self) -> bool | None:
        """Whether its goals are reached; None where it was skipped: nothing was shown."""
        if self.skipped:
            return None
        return self.finding is not None and self.finding.met

    def as_json(self) -> str:
        """Return the line for scripts."""
        nothing = dict.fromkeys(("rounds", "lost", "duplicated", "recovered_s"))
        found = self.finding.as_json() if self.finding else nothing
        told = {"fault": self.fault, **found, "met": self.met, "seconds": round(self.seconds, 1)}
        reasons = {"skipped": self.skipped, "broken": self.broken}
        told |= {name: reason for name, reason in reasons.items() if reason}
        cores = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        return json.dumps({**told, "on": cores})


_COLUMNS: Final = "{:<5}{:>7}{:>8}{:>6}{:>12}{:>12}  {:<8}{}"


def table(lines: Sequence[Line]) -> str:
    """Return all rows for people."""
    head = _COLUMNS.format(
        *("fault", "rounds", "readers", "lost", "duplicated", "recovered", "goal", "")
    )
    return "\n".join([head, *map(_row, lines)])


def _row(line: Line) -> str:
    word = {True: "met", False: "MISSED", None: "skipped"}[line.met]
    found = line.finding
    if found is None:
        reason = line.skipped or f"broken off: {line.broken}"
        return _COLUMNS.format(line.fault, *"-----", word, reason)
    recovered = "-" if found.recovered is None else f"{found.recovered:.1f} s"
    figures = (found.rounds, found.tally.readers, found.tally.lost, found.tally.duplicated)
    words = "; ".join([line.title, *found.faults])
    return _COLUMNS.format(line.fault, *figures, recovered, word, words)
