"""What a relay's refusal means for the delivery, for the person, and for the announcement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from config import limits
from mailer import paces, retries, subscribers
from mailer.deliveries import Due, Outcome
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Batch, Delivery, DeliveryState, Queue
from mailer.models.subscribers import ConsentEvent, Subscriber
from mailer.smtp.failures import PermanentFailure, Refusal, TemporaryFailure

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
GONE = "address refused"
"""Why a subscriber ended whose address does not exist any more."""
FULL: Final = "mailbox full"
"""Why a subscriber ended whose mailbox took nothing for several announcements in a row."""
_FULL_REASON: Final = r"^(gave up: )?[45]\.2\.2( |$)"
"""What the ledger says of a full mailbox, refused at once (5.2.2) or until we gave up (4.2.2)."""
_MOVED: Final = "address change link"
"""The source of the consent event that `mailer.address_changes` records when a subscriber moves."""

# Whoever moved since an announcement started may have been refused at either address, and nobody can say
# at which: such a delivery tells nothing about the address they have now.
_LAST_ONES_FULL = text("""
    SELECT s.id FROM subscriber AS s
     WHERE s.id IN (SELECT subscriber_id FROM delivery WHERE id = ANY(:ids))
       AND :times = (
           SELECT count(*) FILTER (WHERE last.is_full)
             FROM (SELECT d.state = 'refused' AND d.reason ~ :full
                          AND NOT EXISTS (SELECT FROM consent_event AS e
                                           WHERE e.subscriber_id = s.id AND e.source = :moved
                                             AND e.at >= coalesce(a.started_at, a.created_at))
                          AS is_full
                     FROM announcement AS a
                     JOIN delivery AS d ON d.announcement_id = a.id AND d.subscriber_id = s.id
                    WHERE d.state IN ('accepted', 'refused', 'uncertain')
                    ORDER BY a.id DESC LIMIT :times) AS last)
     ORDER BY s.id
""")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a refusal makes of a delivery, and of what is around it."""

    outcome: Outcome
    #: Why the announcement must pause, a sentence without any address; None where it need not.
    pauses: str | None = None
    #: The recipient's domain wants to be sent less (`mailer.paces.slow`).
    slow_down: bool = False


def judge(
    due: Due,
    refusal: Refusal,
    *,
    queue: Queue,
    now: datetime,
    give_up_at: datetime,
    luck: float,
    goes_on: bool = False,
) -> Judged:
    """Return what a refusal makes of a delivery, of its announcement and of its domain's pace.

    An announcement that is refused by policy pauses, and its reader is tried again when it is resumed:
    the fault is ours, and staff may mend it. Where they said that it `goes_on`, the refusal is final.
    """
    plain = outcome(due, refusal, queue=queue, now=now, give_up_at=give_up_at, luck=luck)
    by_policy = isinstance(refusal, PermanentFailure) and refusal.scope == "policy"
    if not by_policy or goes_on or queue is not Queue.BULK:
        return Judged(plain, slow_down=paces.says_slow_down(refusal))
    # The first wait, however often it was tried: it begins when somebody has mended what was wrong.
    next_try = retries.next_try(1, queue, now=now, luck=luck)
    if not _gives_up(due, next_try, queue=queue, give_up_at=give_up_at):
        plain = replace(plain, state=DeliveryState.DEFERRED, next_try_at=next_try)
    return Judged(plain, pauses=f"The mail server refuses us by policy: {describe(refusal)}")


def outcome(
    due: Due, refusal: Refusal, *, queue: Queue, now: datetime, give_up_at: datetime, luck: float
) -> Outcome:
    """Return what a refusal makes of a delivery: refused for good, or deferred until a later try."""
    reason = describe(refusal)
    if isinstance(refusal, PermanentFailure):
        gone = refusal.scope == "address"
        return Outcome(due.id, DeliveryState.REFUSED, reason=reason, suppress=gone)
    next_try = retries.next_try(due.attempts + 1, queue, now=now, luck=luck)
    if _gives_up(due, next_try, queue=queue, give_up_at=give_up_at):
        return Outcome(due.id, DeliveryState.REFUSED, reason=f"gave up: {reason}")
    return Outcome(due.id, DeliveryState.DEFERRED, reason=reason, next_try_at=next_try)


def broken_off(reason: str) -> TemporaryFailure:
    """Return the refusal that a message amounts to which breaks each connection it is offered on."""
    return TemporaryFailure("4.4.2", reason)


def describe(refusal: Refusal) -> str:
    """Return the relay's answer without any address in it: relays like to repeat the reader's."""
    return f"{refusal.code} {_ADDRESS.sub('…', refusal.text)}"


def suppress(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """End the subscribers whose address the relay says does not exist, and suppress it.

    The outcomes may be late ones: who has moved to another address since is left alone.
    """
    gone = [o.delivery_id for o in outcomes if o.suppress]
    if not gone:
        return
    moved = exists().where(
        ConsentEvent.subscriber_id == Subscriber.id,
        ConsentEvent.source == _MOVED,
        ConsentEvent.at >= func.coalesce(Announcement.started_at, Announcement.created_at),
    )
    readers = session.scalars(
        select(Subscriber.id)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .join(Announcement, Announcement.id == Delivery.announcement_id)
        .where(Delivery.id.in_(gone), ~moved)
    )
    _end(session, readers.all(), reason=GONE, now=now)


def full_mailboxes(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """End the subscribers whose mailbox was full for the last MAILBOX_FULL_TIMES announcements in a row.

    Call it when the outcomes are settled, in the same transaction.
    """
    full = [
        o.delivery_id
        for o in outcomes
        if o.state is DeliveryState.REFUSED and re.match(_FULL_REASON, o.reason or "")
    ]
    if full:
        values = {
            "ids": full,
            "times": limits.MAILBOX_FULL_TIMES,
            "full": _FULL_REASON,
            "moved": _MOVED,
        }
        ids = session.scalars(_LAST_ONES_FULL, values).all()
        _end(session, ids, reason=FULL, now=now)


def share_refused(session: Session, announcement_id: int) -> str | None:
    """Return the sentence why an announcement must pause whose mails are refused too often, or None."""
    accepted, refused = session.execute(
        select(
            func.coalesce(func.sum(Batch.accepted), 0), func.coalesce(func.sum(Batch.refused), 0)
        ).where(Batch.announcement_id == announcement_id)
    ).one()
    if not too_many(int(accepted), int(refused)):
        return None
    return f"{refused:,} of the first {accepted + refused:,} mails were refused."


def too_many(accepted: int, refused: int) -> bool:
    """Tell whether more than PAUSE_SHARE of at least PAUSE_SAMPLE mails were refused."""
    settled = accepted + refused
    return settled >= limits.PAUSE_SAMPLE and refused > limits.PAUSE_SHARE * settled


def _gives_up(due: Due, next_try: datetime, *, queue: Queue, give_up_at: datetime) -> bool:
    """Tell whether this try, just refused, was the last: the deadline alone ends no announcement's mail.

    After a long pause the first try may come past it, and greylisting refuses every first try.
    """
    tried_enough = queue is not Queue.BULK or due.attempts + 1 >= limits.TRIES_AT_LEAST
    return tried_enough and next_try > give_up_at


def _end(session: Session, ids: Sequence[int], *, reason: str, now: datetime) -> None:
    rows = select(Subscriber).where(Subscriber.id.in_(ids)).order_by(Subscriber.id)
    for reader in session.scalars(rows.with_for_update()).all():
        subscribers.end(session, reader, reason=reason, source="relay", now=now)
