"""Settling: what a window's outcomes mean for the ledger, for readers and for the announcement."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from mailer import control, deliveries, missing_keys, paces, refusals
from mailer.claims import Claim
from mailer.deliveries import Outcome
from mailer.lifecycle import NotLawful
from mailer.models.announcements import Announcement
from mailer.models.deliveries import DeliveryState


@dataclass
class Consequences:
    """What refusals ask for beside the deliveries: a pause with its reason, and slower domains."""

    pause: str | None = None
    #: Scope -> large provider, of domains that told us to slow down.
    slow: dict[str, str | None] = field(default_factory=dict)


def settle(
    session: Session,
    claim: Claim,
    outcomes: Sequence[Outcome],
    consequences: Consequences,
    *,
    now: datetime,
) -> bool:
    """Write everything down in this transaction; return whether the batch was still this holder's."""
    ours = deliveries.settle(session, claim, outcomes)
    too_many = _breaker(session, claim.announcement_id, outcomes)
    # So many at once are the relay's fault, or ours: who is really gone is refused again later.
    if not too_many:
        refusals.suppress(session, outcomes, now=now)
        refusals.full_mailboxes(session, outcomes, now=now)
    if claim.announcement_id is not None and missing_keys.are_waited_for(outcomes):
        missing_keys.tell(session, claim.announcement_id, now=now)
    why = consequences.pause or too_many
    if why and claim.announcement_id is not None:
        _pause(session, claim.announcement_id, note=why, now=now)
    # Last, because whoever paces waits for this transaction from here on.
    for scope, provider in consequences.slow.items():
        paces.slow(session, scope, provider=provider, now=paces.clock(session))
    return ours


def _breaker(
    session: Session, announcement_id: int | None, outcomes: Sequence[Outcome]
) -> str | None:
    """Return the sentence why the announcement's refusals are too many, None where they are not."""
    if announcement_id is None or all(o.state is not DeliveryState.REFUSED for o in outcomes):
        return None
    if session.get_one(Announcement, announcement_id).goes_on:
        return None
    return refusals.share_refused(session, announcement_id)


def _pause(session: Session, announcement_id: int, *, note: str, now: datetime) -> None:
    announcement = session.get_one(Announcement, announcement_id)
    # Another sender, or a person, may have paused or ended it a moment ago.
    with contextlib.suppress(NotLawful):
        control.pause(session, announcement, staff_id=None, note=note, now=now, tell=True)
