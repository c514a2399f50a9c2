"""The script of a sink: what it does wrong, when, and to whom."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from time import monotonic
from typing import Any, Literal, Self, get_args

Phase = Literal[
    "connect",
    "ehlo",
    "helo",
    "starttls",
    "auth",
    "mail",
    "rcpt",
    "data",
    "content",
    "dot",
    "rset",
    "quit",
]
Action = Literal["reply", "drop", "delay", "drip", "endless", "stall"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One misbehaviour: in `phase`, for whom and as often as the other fields say, do `action`.

    - `reply`: say `text` in place of the usual reply; it may hold several lines, or none that SMTP
    knows. - `drop`: close the connection and say nothing. `stall`: keep it open and say nothing
    more. - `delay`: wait `seconds`, then go on. `drip`: the usual reply byte by byte, `seconds`
    apart. - `endless`: say `text`, or lines of a reply that is to be continued, for ever.

    The phase `content` comes when the sink has said 354 and before it reads. At `dot` the message
    is thrown away unless the reply says 2yz or `keep` is set; `keep` stores it before anything is
    done. A rule applies where its phase is reached, `recipient` fits (a shell pattern, known from
    RCPT on), this connection has taken `after` messages, and, counted over what is left, the
    occurrence is one of `ordinals` (from 1; empty is all), one of the `first` of that recipient (0
    is all), no later than `lasting` seconds after that recipient's first (0 is always), and the
    dice agree. Greylisting is `rcpt`, `reply`, `450 4.7.1 ...`, `lasting` 300.
    """

    phase: Phase
    action: Action
    text: str = ""
    recipient: str = "*"
    after: int = 0
    ordinals: tuple[int, ...] = ()
    first: int = 0
    lasting: float = 0.0
    probability: float = 1.0
    seconds: float = 0.0
    keep: bool = False

    def __post_init__(self) -> None:
        if self.phase not in get_args(Phase) or self.action not in get_args(Action):
            raise ValueError(f"A sink knows no action {self.action!r} in a phase {self.phase!r}.")
        object.__setattr__(self, "ordinals", tuple(self.ordinals))

    @property
    def keeps(self) -> bool:
        """Say whether a message is stored when this happens in place of the usual 250."""
        said_yes = self.action == "reply" and self.text.startswith("2")
        return self.keep or said_yes or self.action == "drip"


class Script:
    """Rules with their counters and dice; the same seed and the same mail give the same faults.

    `struck` is how often a rule that does more than delay has applied.
    """

    def __init__(self, rules: Iterable[Rule] = (), seed: int = 0) -> None:
        self.rules = tuple(rules)
        self._dice = Random(seed)  # noqa: S311 - a fault plan that can be repeated, not a secret
        self.struck = 0
        self._seen: Counter[int] = Counter()
        self._tries: Counter[tuple[int, str]] = Counter()
        self._met: dict[tuple[int, str], float] = {}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `[{"phase": .., "action": .., ..}, ..]` or `{"seed": n, "rules": [..]}`.

        ValueError or TypeError when a rule has a field or a value that is not known.
        """
        found: Any = json.loads(text)
        seed = found.get("seed", 0) if isinstance(found, dict) else 0
        rules = found["rules"] if isinstance(found, dict) else found
        return cls((Rule(**rule) for rule in rules), seed)

    def choose(self, phase: Phase, recipient: str | None, taken: int) -> tuple[float, Rule | None]:
        """Return how long to wait, and the first other rule that applies, if any does."""
        seconds = 0.0
        for number, rule in enumerate(self.rules):
            if rule.phase == phase and self._applies(number, rule, recipient, taken):
                if rule.action != "delay":
                    self.struck += 1
                    return seconds, rule
                seconds += rule.seconds
        return seconds, None

    def _applies(self, number: int, rule: Rule, recipient: str | None, taken: int) -> bool:
        if taken < rule.after or not _fits(rule.recipient, recipient):
            return False
        self._seen[number] += 1
        self._tries[number, recipient or ""] += 1
        if rule.ordinals and self._seen[number] not in rule.ordinals:
            return False
        if rule.first and self._tries[number, recipient or ""] > rule.first:
            return False
        if rule.lasting and self._age(number, recipient) > rule.lasting:
            return False
        return rule.probability >= 1 or self._dice.random() < rule.probability

    def _age(self, number: int, recipient: str | None) -> float:
        """Return how long ago, in seconds, a rule first met this recipient."""
        now = monotonic()
        return now - self._met.setdefault((number, recipient or ""), now)


def _fits(pattern: str, recipient: str | None) -> bool:
    return pattern == "*" or (recipient is not None and fnmatchcase(recipient.lower(), pattern))
