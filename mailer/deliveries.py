"""The ledger of deliveries: read a window of a claimed batch, settle what became of each mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import limits
from db import driver
from mailer import claims
from mailer.claims import Claim, LeaseLost, range_of
from mailer.models.deliveries import DeliveryState

WAITS_FOR_TURN: Final = "waits for its turn at the recipient's domain"
"""Why a delivery that nobody refused is deferred."""


Fate = tuple[DeliveryState, str | None, datetime | None, bool, bool, str | None]


class Due(NamedTuple):
    """A delivery to be offered to the relay now; for an announcement it carries its reader, still sealed."""

    id: int
    attempts: int
    doubts: int
    subscriber_id: int | None = None
    address: bytes = b""
    address_index: bytes = b""
    language: str = ""
    token_version: int = 0
    plain_only: bool = False
    #: The key to encrypt to, sealed; with one nothing is mailed in clear.
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery when it was offered; `offered` tells whether the relay was asked at all."""

    delivery_id: int
    state: DeliveryState
    reason: str | None = None
    next_try_at: datetime | None = None
    offered: bool = True
    doubt: bool = False
    #: The address itself was refused (5.1.x): it must not be mailed again.
    suppress: bool = False
    #: The large provider that its address is at, None for all others.
    provider: str | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything is to be written: who was not asked waits as before."""
        return self.offered or self.doubt or self.state is not DeliveryState.QUEUED

    @property
    def fate(self) -> Fate:
        """What it may share with many others: state, reason, next try, offered, doubt, provider."""
        return (
            self.state,
            self.reason,
            self.next_try_at,
            self.offered,
            self.doubt,
            self.provider,
        )


_WAITING: Final = """
     WHERE delivery.id BETWEEN %(first)s AND %(last)s AND delivery.id > %(after)s
       AND delivery.announcement_id IS NOT DISTINCT FROM %(announcement)s
       AND (delivery.state = 'queued' OR delivery.state = 'deferred' AND delivery.next_try_at <= now())
     ORDER BY delivery.id LIMIT %(size)s
"""
_OUTBOX_WINDOW: Final = f"""
    SELECT NULL, delivery.id, delivery.attempts, delivery.doubts FROM delivery {_WAITING}
"""  # noqa: S608 - our own words
# Consent is read here, not when the audience was frozen: who left since then is not mailed.
_AUDIENCE_WINDOW: Final = f"""
    SELECT CASE WHEN subscriber.state <> 'confirmed' THEN 'not confirmed any more'
                WHEN EXISTS (SELECT FROM suppression
                              WHERE suppression.address_index = subscriber.address_index)
                THEN 'suppressed'
                WHEN subscriber.paused_until > now() THEN 'paused'
                WHEN NOT EXISTS (SELECT FROM subscriber_topic AS held
                                  WHERE held.subscriber_id = subscriber.id
                                    AND held.topic_id = ANY(ARRAY(
                                        SELECT topic_id FROM announcement_topic
                                         WHERE announcement_id = %(announcement)s)))
                THEN 'left the topic' END,
           delivery.id, delivery.attempts, delivery.doubts,
           subscriber.id, subscriber.address, subscriber.address_index, subscriber.language,
           subscriber.token_version, subscriber.plain_only, subscriber.pgp_certificate
      FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id {_WAITING}
"""  # noqa: S608 - our own words

# Most mails of a window fared alike: their ids go with the number of the fate they share.
_SETTLE = text("""
    UPDATE delivery
       SET state = f.state, reason = f.reason, next_try_at = f.next_try_at,
           attempts = delivery.attempts + f.offered, doubts = delivery.doubts + f.doubt,
           provider = coalesce(f.provider, delivery.provider), settled_at = now()
      FROM unnest(CAST(:ids AS bigint[]), CAST(:fates AS bigint[])) AS d (id, fate)
      JOIN unnest(CAST(:states AS text[]), CAST(:reasons AS text[]),
                  CAST(:tries AS timestamptz[]), CAST(:offered AS int[]), CAST(:doubts AS int[]),
                  CAST(:providers AS text[])) WITH ORDINALITY
           AS f (state, reason, next_try_at, offered, doubt, provider, fate) USING (fate)
     WHERE delivery.id = d.id AND delivery.state <> 'accepted'
""")


def window(session: Session, claim: Claim, *, after: int, size: int | None = None) -> list[Due]:
    """Read consent anew for the next deliveries past `after`, skip who left, open a window on the others.

    At most `size` of them, WINDOW_SIZE where nothing is said.

    An empty list means that nothing in the batch is left to be tried now; raise LeaseLost.
    """
    claims.renew(session, claim)
    query = _OUTBOX_WINDOW if claim.announcement_id is None else _AUDIENCE_WINDOW
    while True:
        values = {**range_of(claim), "after": after, "size": size or limits.WINDOW_SIZE}
        rows = driver.rows(session, query, values)
        due = [Due(*row[1:]) for row in rows if row[0] is None]
        settle_unfenced(session, [_skipped(row[1], row[0]) for row in rows if row[0]])
        if due:
            claims.open_window(session, claim, first=due[0].id, last=due[-1].id)
        if due or not rows:
            return due
        after = rows[-1][1]


def settle(session: Session, claim: Claim, outcomes: Sequence[Outcome]) -> bool:
    """Write down what became of a window; where the lease is lost keep only facts, and return False.

    That a relay took a mail is a fact, whoever holds the batch now; all else is the new holder's to say.
    """
    states = [outcome.state for outcome in outcomes]
    try:
        claims.close_window(
            session,
            claim,
            accepted=states.count(DeliveryState.ACCEPTED),
            refused=states.count(DeliveryState.REFUSED),
        )
    except LeaseLost:
        settle_facts(session, outcomes)
        return False
    settle_unfenced(session, outcomes)
    return True


def settle_facts(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write down only what the relay accepted."""
    accepted = [o for o in outcomes if o.state is DeliveryState.ACCEPTED]
    settle_unfenced(session, accepted)


def settle_unfenced(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write down outcomes; the caller holds the batch's row, or they are facts. Accepted is never undone."""
    outcomes = [outcome for outcome in outcomes if outcome.says_something]
    if not outcomes:
        return
    fates: dict[Fate, int] = {}
    numbers = [fates.setdefault(o.fate, len(fates) + 1) for o in outcomes]
    states, reasons, tries, offered, doubts, providers = zip(*fates, strict=True)
    session.execute(
        _SETTLE,
        {
            "ids": driver.array(o.delivery_id for o in outcomes),
            "fates": driver.array(numbers),
            "states": [state.value for state in states],
            "reasons": [reason and reason[: limits.REASON_LENGTH] for reason in reasons],
            "tries": list(tries),
            "offered": [int(each) for each in offered],
            "doubts": [int(each) for each in doubts],
            "providers": list(providers),
        },
    )


def _skipped(delivery_id: int, reason: str) -> Outcome:
    return Outcome(delivery_id, DeliveryState.SKIPPED, reason=reason, offered=False)
