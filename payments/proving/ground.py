"""The ground that a proof stands on: a scratch database, a sandbox, its operator, our webhook."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from db.base import db
from payments import events, missed_events
from payments.comparing import Begin
from payments.gateway import Gateway
from payments.proving.operator import Operator

_AT_ONCE: Final = 10_000
"""Events that are taken up in one go: all of them."""

Post = Callable[[bytes, Mapping[str, str]], int]
"""Posts a body with headers to our webhook, and gives the status."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What one seed is proved on; `hook_url` and `secret` are our webhook as the sandbox knows it."""

    begin: Begin
    stripe: Gateway
    operator: Operator
    post: Post
    hook_url: str
    secret: str
    dice: Random

    def now(self) -> datetime:
        """Return the sandbox's time, which is ours too."""
        return self.operator.now()


def apply_due(begin: Begin, stripe: Gateway, *, now: datetime, dice: Random) -> int:
    """Apply all events that are due, in any order; return how many were taken up."""
    taken = 0
    while True:
        with begin() as session:
            ids = list(events.due(session, _AT_ONCE, now=now))
        if not ids:
            return taken
        dice.shuffle(ids)
        for id_ in ids:
            taken += events.process(begin, stripe, id_, now=now) is not None


def hear_all(begin: Begin, stripe: Gateway, *, now: datetime, dice: Random) -> None:
    """Ask Stripe for the events that no webhook told of, and apply them."""
    missed_events.store(begin, stripe, now=now)
    apply_due(begin, stripe, now=now, dice=dice)


@contextmanager
def rehearsal(real: Begin) -> Iterator[Begin]:
    """Give a `begin` whose transactions are all taken back at the end: what they did never was.

    Each is a savepoint in one transaction, so that a day can be gone through in one order after another.
    """
    with real() as session:
        carried = dict(session.info)
    with db.engine.connect() as connection, connection.begin() as outer:

        @contextmanager
        def begin() -> Iterator[Session]:
            session = Session(
                connection,
                join_transaction_mode="create_savepoint",
                info=carried,
                expire_on_commit=False,
            )
            with session, session.begin():
                yield session

        yield begin
        outer.rollback()
