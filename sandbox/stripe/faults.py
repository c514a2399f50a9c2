"""What goes wrong between Stripe and a webhook, by a seed: the same seed, the same misfortunes.

Nothing is ever forged: what arrives was sent, as it was.
"""

import random
from dataclasses import asdict, dataclass, fields
from typing import Self

from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing


@dataclass(frozen=True)
class Fate:
    """What happens to one delivery: lost for good, sent twice, later, and out of turn."""

    dropped: bool
    doubled: bool
    deaf: bool
    delay: int
    rank: float


@dataclass(frozen=True)
class Faults:
    """Shares of 0 to 1 of all deliveries. `seconds` bounds a delay; `places` how far one is moved.

    `drop` loses it for good, as an endpoint that was disabled does. `deaf` lets the answer to the
    first try get lost, so that what was taken is sent again. `double` sends it twice.
    """

    seed: int = 0
    drop: float = 0.0
    double: float = 0.0
    deaf: float = 0.0
    delay: float = 0.0
    seconds: int = 600
    reorder: float = 0.0
    places: int = 8

    def fate(self, event_id: str, place: int) -> Fate:
        """Say what happens to the delivery of an event which is this one in the order of all."""
        # The seed and the event alone decide: not the order in which they are asked for.
        dice = random.Random(f"{self.seed}/{event_id}")  # noqa: S311 - misfortune, not a secret
        dropped, doubled = dice.random() < self.drop, dice.random() < self.double
        deaf, late = dice.random() < self.deaf, dice.random() < self.delay
        seconds, moved = dice.randint(1, max(1, self.seconds)), dice.random() < self.reorder
        rank = place + (dice.uniform(-self.places, self.places) if moved else 0.0)
        return Fate(dropped, doubled, deaf, seconds if late else 0, rank)

    def told(self) -> Thing:
        """Give the plan as JSON has it."""
        return asdict(self)

    @classmethod
    def parse(cls, given: Thing) -> Self:
        """Read a plan; raises Refused where it is none."""
        known = {field.name for field in fields(cls)}
        numbers = all(isinstance(value, int | float) and value >= 0 for value in given.values())
        if given.keys() - known or not numbers:
            raise Refused(f"A fault plan has numbers for {', '.join(sorted(known))}.")
        return cls(**given)
