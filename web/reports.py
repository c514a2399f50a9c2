"""An announcement's progress in words, the same on its page, in its progress.json and in the commands."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from mailer import epochs, missing_keys, progress, relays
from mailer.models.announcements import Announcement, AnnouncementEvent, AnnouncementState
from mailer.models.deliveries import DeliveryState, RelayState
from mailer.progress import Progress
from web import hours
from wiring.core import core

RUNNING = frozenset({AnnouncementState.PREPARING, AnnouncementState.SENDING})
"""The states in which something still happens by itself."""

MEANINGS = {
    DeliveryState.QUEUED: "wait for their turn",
    DeliveryState.DEFERRED: "are tried again later, as their server asked",
    DeliveryState.ACCEPTED: "were taken by the mail server",
    DeliveryState.REFUSED: "were refused for good",
    DeliveryState.SKIPPED: "were left out: consent ended, time ran out, or it was cancelled",
    DeliveryState.UNCERTAIN: "may or may not have been taken",
}
"""What each count means, in the order it is shown."""

_CLOSING: Final = ("ACCEPTED", "REFUSED", "SKIPPED", "UNCERTAIN")
_MINUTE: Final = 60
_HOUR: Final = 3600


@dataclass(frozen=True)
class Report:
    """Progress with its sentences; each is '' where there is nothing to say."""

    progress: Progress
    running: bool
    #: That a mail server is away, and since when.
    relay: str = ""
    #: That some of its readers wait for a data key.
    waits: str = ""
    #: Why it stands still, as whoever stopped it wrote.
    why: str = ""
    #: How fast it goes, and how long it will still take.
    pace: str = ""
    #: When it starts by itself, as people said it.
    starts: str = ""

    @property
    def percent(self) -> int:
        """How many of a hundred deliveries are final, rounded down; 0 while the audience is unknown."""
        whole = self.progress.recipients
        return 100 * self.progress.settled // whole if whole else 0

    @property
    def sentence(self) -> str:
        """What is happening, as a person would say it."""
        recipients, done = self.progress.recipients, self.progress.settled
        match self.progress.state:
            case AnnouncementState.PREPARING:
                return f"The audience is being written down: {recipients:,} so far."
            case AnnouncementState.SENDING:
                return f"{done:,} of {recipients:,} are done."
            case AnnouncementState.PAUSED:
                return f"Paused. {done:,} of {recipients:,} are done; nothing leaves meanwhile."
            case AnnouncementState.FINISHED:
                return f"Finished: all {recipients:,} are accounted for." if recipients else EMPTY
            case AnnouncementState.CANCELLED if recipients:
                return f"Cancelled. {self.progress.arrived:,} of {recipients:,} have their mail, or may."
        return self._before

    @property
    def _before(self) -> str:
        """What stands before an announcement that nobody was mailed of."""
        match self.progress.state:
            case AnnouncementState.SCHEDULED:
                return f"It starts by itself on {self.starts}."
            case AnnouncementState.HELD:
                return "It waits for a person: it did not start by itself."
            case AnnouncementState.APPROVED:
                return "Approved. It starts when somebody starts it."
        return f"Nothing has been sent: this announcement is {self.progress.state}."

    @property
    def equation(self) -> str:
        """The equation a finished report closes with."""
        counts = self.progress.counts
        terms = (f"{counts[DeliveryState[name]]:,} {name.lower()}" for name in _CLOSING)
        return f"{self.progress.recipients:,} recipients = {' + '.join(terms)}"

    def as_json(self) -> dict[str, object]:
        """Return the counts of `Progress.as_json`, and the sentences beside them."""
        return self.progress.as_json() | {
            "percent": self.percent,
            "sentence": self.sentence,
            "relay": self.relay,
            "waits": self.waits,
            "running": self.running,
            "why": self.why,
            "pace": self.pace,
        }


EMPTY = "Finished: nobody was in the audience when it was sent."


def of(session: Session, announcement: Announcement) -> Report:
    """Report on an announcement as it is now."""
    running = announcement.state in RUNNING
    away = relays.away(session) if running else None
    counted = progress.of(session, announcement)
    stopped = stop_of(announcement)
    at = announcement.start_at
    return Report(
        counted,
        running,
        relay=relay_away(away) if away else "",
        waits=_waits(session, counted),
        why=stopped.note if stopped else "",
        pace=_pace(session, announcement, counted),
        starts=hours.said(at, announcement.zone) if at else "",
    )


def stop_of(announcement: Announcement) -> AnnouncementEvent | None:
    """Return the step by which an announcement was paused or held; None where it is neither."""
    if announcement.state not in {AnnouncementState.PAUSED, AnnouncementState.HELD}:
        return None
    steps = [
        each
        for each in announcement.events
        if each.state_after == announcement.state and each.state_before != announcement.state
    ]
    return steps[-1] if steps else None


def stopped_by_refusals(announcement: Announcement) -> bool:
    """Tell whether the system paused it because its mails were refused: then staff may say 'go on'."""
    stop = stop_of(announcement)
    if stop is None or announcement.state is not AnnouncementState.PAUSED:
        return False
    # What the system does by itself it tells staff; a command without a name is a person's.
    return stop.tell and stop.note not in {epochs.RESTORED, epochs.ASLEEP}


def relay_away(relay: RelayState) -> str:
    """Say that a mail server is away, since when, and what happens next."""
    since = f": it has been away since {clock(relay.away_since)}" if relay.away_since else ""
    again = f" We try again at {clock(relay.next_try_at)}." if relay.next_try_at else ""
    if len(core().relays) > 1:
        others = " The others take its share, where they answer."
        return f"The mail server {relay.relay} does not answer{since}.{again}{others}"
    return f"The mail server does not answer{since}.{again} Nothing is lost."


def clock(at: datetime) -> str:
    """Return a time as people read it, with its day: '22 November 2026, 14:05:09 UTC'."""
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """Return about how long that is: '40 seconds', '12 minutes', '3 hours'."""
    for size, noun in ((_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= 2 * size:
            return f"{round(seconds / size):,} {noun}s"
    return f"{max(1, round(seconds)):,} second{'' if round(seconds) <= 1 else 's'}"


def _waits(session: Session, counted: Progress) -> str:
    """Say how many readers wait for a data key; only where any is deferred are the rows asked."""
    if not counted.counts[DeliveryState.DEFERRED]:
        return ""
    number = missing_keys.waiting(session, counted.announcement_id)
    if not number:
        return ""
    return (
        f"{number:,} of the deferred wait for a data key that is not here: 'flask doctor' says which. Give "
        "it back in DATA_KEYS, and they are mailed; until then this announcement does not finish."
    )


def _pace(session: Session, announcement: Announcement, counted: Progress) -> str:
    if announcement.state is not AnnouncementState.SENDING:
        return ""
    speed = progress.speed(session, announcement, now=datetime.now(UTC))
    if not speed or not speed.a_second:
        return ""
    left = counted.counts[DeliveryState.QUEUED]
    if not left:
        return "All had their turn once; what is left is tried again later."
    more = duration(left / speed.a_second)
    if speed.rough:
        return f"About {_rate(speed.a_second)} so far: roughly {more} more, as a first guess."
    return f"About {_rate(speed.a_second)} lately: {more} more, if it goes on so."


def _rate(a_second: float) -> str:
    return f"{a_second:,.0f} a second" if a_second >= 1 else f"{a_second * _MINUTE:,.0f} a minute"
