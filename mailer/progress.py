"""How far an announcement is, and the equation that its report closes with.

recipients = accepted + refused + skipped + uncertain, with nothing queued or deferred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from mailer.models.announcements import Announcement, AnnouncementEvent, AnnouncementState
from mailer.models.deliveries import FINAL, Delivery, DeliveryState

_LATELY: Final = timedelta(seconds=limits.SPEED_SECONDS)
_SOONEST: Final = timedelta(seconds=limits.SPEED_SECONDS_LEAST)


@dataclass(frozen=True, slots=True)
class Progress:
    """An announcement's deliveries counted by state."""

    announcement_id: int
    state: str
    recipients: int
    counts: Mapping[DeliveryState, int]
    #: Deliveries that a relay may have taken twice, by id.
    perhaps_twice: Sequence[int]

    @property
    def settled(self) -> int:
        """How many deliveries are final."""
        return sum(self.counts[state] for state in FINAL)

    @property
    def arrived(self) -> int:
        """How many readers have their mail, or may have it."""
        return self.counts[DeliveryState.ACCEPTED] + self.counts[DeliveryState.UNCERTAIN]

    @property
    def waiting(self) -> int:
        """How many readers are still to be mailed, for the first time or again."""
        return self.counts[DeliveryState.QUEUED] + self.counts[DeliveryState.DEFERRED]

    @property
    def closes(self) -> bool:
        """Whether the equation holds: every recipient is accounted for, and nothing is left over."""
        return self.recipients == self.settled == sum(self.counts.values())

    def as_json(self) -> dict[str, object]:
        """Return the report as JSON values, every state by its name."""
        return {
            "id": self.announcement_id,
            "state": self.state,
            "recipients": self.recipients,
            **{state.value: count for state, count in self.counts.items()},
            "perhaps_twice": list(self.perhaps_twice),
            "equation_holds": self.closes,
        }


@dataclass(frozen=True, slots=True)
class Speed:
    """How many deliveries a second become final; `rough` while less than a minute is known."""

    a_second: float
    rough: bool


def of(session: Session, announcement: Announcement) -> Progress:
    """Count an announcement's deliveries."""
    ours = Delivery.announcement_id == announcement.id
    rows = session.execute(
        select(Delivery.state, func.count()).where(ours).group_by(Delivery.state)
    )
    found = dict(rows.all())
    doubted = select(Delivery.id).where(ours, Delivery.doubts > 0).order_by(Delivery.id)
    return Progress(
        announcement_id=announcement.id,
        state=announcement.state.value,
        recipients=announcement.recipients,
        counts={state: found.get(state, 0) for state in DeliveryState},
        perhaps_twice=session.scalars(doubted).all(),
    )


def speed(session: Session, announcement: Announcement, *, now: datetime) -> Speed | None:
    """Return how fast it went in the last minute, or since it began to send or went on; None before that."""
    began = _began(session, announcement)
    if began is None or now - began < _SOONEST:
        return None
    since = max(began, now - _LATELY)
    settled = session.scalar(
        select(func.count()).where(
            Delivery.announcement_id == announcement.id, Delivery.settled_at > since
        )
    )
    return Speed((settled or 0) / (now - since).total_seconds(), rough=since == began)


def _began(session: Session, announcement: Announcement) -> datetime | None:
    """Return when it last began to send: its audience was whole, or it was resumed."""
    sending = AnnouncementState.SENDING.value
    return session.scalar(
        select(func.max(AnnouncementEvent.at)).where(
            AnnouncementEvent.announcement_id == announcement.id,
            AnnouncementEvent.state_after == sending,
            AnnouncementEvent.state_before != sending,
        )
    )
