"""Compares the sink with the ledger: who is missing, who has it twice, who never should have it."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.sealed import keyring
from mailer import addresses
from mailer.models.deliveries import FINAL
from sandbox.sink.record import Accepted
from tests.faults.finding import Tally

_AUDIENCE = text("""
    SELECT delivery.state, delivery.doubts, subscriber.address, subscriber.address_index
      FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id
     WHERE delivery.announcement_id = :announcement
""")
_RECIPIENTS = text("SELECT recipients FROM announcement WHERE id = :announcement")

LEFT_OUT: Final = "skipped"
"""The one state without a mail that is right here: no reader of a row deserves to be refused."""


def tally(
    session: Session, announcement_id: int, accepted: Sequence[Accepted], *, others: set[str]
) -> Tally:
    """Judge one announcement; mails to `others` are none of it."""
    keys, named = keyring(session), {"announcement": announcement_id}
    ledger = {
        addresses.unseal(keys, address, index): (state, doubts)
        for state, doubts, address, index in session.execute(_AUDIENCE, named)
    }
    got = Counter(mail.recipient for mail in accepted if mail.recipient not in others)
    states = Counter(state for state, _ in ledger.values())
    missing = [state for name, (state, _) in ledger.items() if name not in got]
    return Tally(
        readers=len(ledger),
        lost=sum(state not in {LEFT_OUT, "uncertain"} for state in missing),
        duplicated=sum(number - 1 for name, number in got.items() if name in ledger),
        unwanted=sum(
            number for name, number in got.items() if ledger.get(name, (LEFT_OUT, 0))[0] == LEFT_OUT
        ),
        ghosts=missing.count("accepted"),
        uncertain=states["uncertain"],
        unlisted=sum(n > 1 and name in ledger and not ledger[name][1] for name, n in got.items()),
        closes=_recipients(session, named) == sum(states[state.value] for state in FINAL),
    )


def _recipients(session: Session, named: dict[str, int]) -> int:
    return int(session.execute(_RECIPIENTS, named).scalar_one())


def longest_silence(accepted: Sequence[Accepted], strikes: Sequence[float]) -> float | None:
    """Return the longest time without a mail after the first of the strikes; None where none came.

    The first mail after a strike would say too little: it may have been under way when the fault struck.
    """
    after = [mail.at for mail in accepted if mail.at > strikes[0]]
    times = sorted([strikes[0], *after])
    return max((later - sooner for sooner, later in pairwise(times)), default=None)


def longest_wait(accepted: Sequence[Accepted], healed: Sequence[float]) -> float | None:
    """Return the longest time from the end of a fault to the next mail; None where none came."""
    times = sorted(mail.at for mail in accepted)
    firsts = ((moment, next((at for at in times if at > moment), None)) for moment in healed)
    return max((at - moment for moment, at in firsts if at is not None), default=None)


def ids_differ(accepted: Sequence[Accepted]) -> list[str]:
    """Return a sentence where a second copy does not have the first one's Message-ID."""
    ids: dict[str, set[str]] = {}
    for mail in accepted:
        ids.setdefault(mail.recipient, set()).add(mail.message_id)
    several = sum(len(found) > 1 for found in ids.values())
    return [f"{several} readers got copies with different Message-IDs"] if several else []
