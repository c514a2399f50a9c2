"""An announcement's progress in words, the same on its page, in its progress.json and in the commands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mailer import progress, relays
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import DeliveryState, RelayState
from mailer.progress import Progress

RUNNING = frozenset({AnnouncementState.PREPARING, AnnouncementState.SENDING})
"""The states in which something still happens by itself."""

MEANINGS = {
    DeliveryState.QUEUED: "wait for their turn",
    DeliveryState.SENDING: "are on the wire now",
    DeliveryState.DEFERRED: "are tried again later, as their server asked",
    DeliveryState.ACCEPTED: "were taken by the mail server",
    DeliveryState.REFUSED: "were refused for good",
    DeliveryState.SKIPPED: "were left out: consent ended, or time ran out",
    DeliveryState.UNCERTAIN: "may or may not have been taken",
}
"""What each count means, in the order it is shown."""


@dataclass(frozen=True)
class Report:
    """Progress with its sentences; `relay` is '' while the mail server answers or nothing is sent."""

    progress: Progress
    running: bool
    relay: str

    @property
    def percent(self) -> int:
        """How many of a hundred deliveries are final, rounded down; 0 while the audience is unknown."""
        whole = self.progress.recipients
        return 100 * self.progress.settled // whole if whole else 0

    @property
    def sentence(self) -> str:
        """What is happening, as a person would say it."""
        state, recipients = self.progress.state, self.progress.recipients
        if state == AnnouncementState.PREPARING:
            return f"The audience is being written down: {recipients:,} so far."
        if state == AnnouncementState.SENDING:
            return f"{self.progress.settled:,} of {recipients:,} are done."
        if state == AnnouncementState.FINISHED:
            return f"Finished: all {recipients:,} are accounted for." if recipients else EMPTY
        return f"Nothing has been sent: this announcement is {state}."

    @property
    def equation(self) -> str:
        """The equation a finished report closes with."""
        counts = self.progress.counts
        closing = ("ACCEPTED", "REFUSED", "SKIPPED", "UNCERTAIN")
        terms = (f"{counts[DeliveryState[name]]:,} {name.lower()}" for name in closing)
        return f"{self.progress.recipients:,} recipients = {' + '.join(terms)}"

    def as_json(self) -> dict[str, object]:
        """Return the counts of `Progress.as_json`, and the sentences beside them."""
        return self.progress.as_json() | {
            "percent": self.percent,
            "sentence": self.sentence,
            "relay": self.relay,
            "running": self.running,
        }


EMPTY = "Finished: nobody was in the audience when it was sent."


def of(session: Session, announcement: Announcement) -> Report:
    """Report on an announcement as it is now."""
    running = announcement.state in RUNNING
    away = relays.away(session) if running else None
    return Report(progress.of(session, announcement), running, relay_away(away) if away else "")


def relay_away(relay: RelayState) -> str:
    """Say that the mail server is away, since when, and what happens next."""
    since = f": it has been away since {clock(relay.away_since)}" if relay.away_since else ""
    again = f" We try again at {clock(relay.next_try_at)}." if relay.next_try_at else ""
    return f"The mail server does not answer{since}.{again} Nothing is lost."


def clock(at: datetime) -> str:
    """Return a time as people read it, with its day: '22 November 2026, 14:05:09 UTC'."""
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"
