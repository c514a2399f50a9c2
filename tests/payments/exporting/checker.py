"""A tiny reader of journals: as in the real ones, what is not declared or does not balance is a fault."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

_POSTING: Final = re.compile(r" +([A-Z][\w:-]+)  +(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_ENTRY: Final = re.compile(r"(\d{4}-\d\d-\d\d) \* \S.*")
_DECLARED: Final = (
    re.compile(r"(?P<day>\d{4}-\d\d-\d\d) (?:open|commodity) (?P<name>[\w:-]+)"),
    re.compile(r"account (?P<name>[\w:-]+)"),
    re.compile(r"commodity 1000\.0{0,3} (?P<name>[A-Z]{3})"),
)
_REMARK: Final = re.compile(r' +(; \w+: .*|\w+: "[^"]*")|;.*|decimal-mark \.|')
#: Beancount's, which are the stricter ones.
_ACCOUNT: Final = re.compile(
    r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+"
)


@dataclass
class Journal:
    """What a journal says, and the sums of its accounts by currency."""

    entries: list[list[tuple[str, Decimal, str]]] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    sums: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def post(self, account: str, amount: Decimal, code: str) -> None:
        """Take a posting of the last entry."""
        self.entries[-1].append((account, amount, code))
        self.sums[account, code] += amount

    def under(self, account: str) -> dict[str, Decimal]:
        """Return the sums of an account with all below it, by currency."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for (name, code), total in self.sums.items():
            if name == account or name.startswith(f"{account}:"):
                found[code] += total
        return dict(found)


def read(pieces: Iterable[str]) -> Journal:
    """Read a journal for either program; fail where one of them would."""
    journal, known = Journal(), set[str]()
    for line in "".join(pieces).split("\n"):
        if posting := _POSTING.fullmatch(line):
            assert {posting[1], posting[3]} <= known, line
            assert _ACCOUNT.fullmatch(posting[1]), line
            journal.post(posting[1], Decimal(posting[2]), posting[3])
        elif entry := _ENTRY.fullmatch(line):
            journal.entries.append([])
            journal.days.append(date.fromisoformat(entry[1]))
        elif declared := next(filter(None, (each.fullmatch(line) for each in _DECLARED)), None):
            known.add(declared["name"])
        else:
            assert _REMARK.fullmatch(line), line
    _balance(journal)
    return journal


def _balance(journal: Journal) -> None:
    for entry in journal.entries:
        assert len(entry) >= 2
        assert len({code for _, _, code in entry}) == 1, entry
        assert sum(amount for _, amount, _ in entry) == 0, entry
