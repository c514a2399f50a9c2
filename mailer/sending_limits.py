"""The sending limit: how fast everything together may be sent; staff change it while it runs."""

import math
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from mailer.models.deliveries import SendingLimit
from mailer.windows import Window


class BadLimit(ValueError):
    """A limit nobody could send by; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What everything together keeps to; None is no limit.

    Mails a second, of all announcements; `window_mails`, of every kind, in any window of `window_seconds`,
    both or neither; connections, which is how many workers send announcements at once.
    """

    per_second: float | None = None
    window_mails: int | None = None
    window_seconds: int | None = None
    connections: int | None = None

    @property
    def window(self) -> Window | None:
        """The sliding window, where there is one."""
        if self.window_mails is None or self.window_seconds is None:
            return None
        return Window(self.window_mails, self.window_seconds)

    @property
    def summary(self) -> str:
        """The limits as one line: '20 mails a second, 500 mails in 60 seconds, 2 connections'."""
        parts = []
        if self.per_second is not None:
            parts.append(f"{self.per_second:g} mails a second")
        if self.window is not None:
            parts.append(f"{self.window_mails:,} mails in {self.window_seconds:,} seconds")
        if self.connections is not None:
            parts.append(f"{self.connections:,} connection{'' if self.connections == 1 else 's'}")
        return ", ".join(parts) or "no limit"


def read(session: Session) -> Limits:
    """Return the limits as they are: one short SELECT, which a sender makes at most once a second."""
    row = session.execute(
        select(
            SendingLimit.per_second,
            SendingLimit.window_mails,
            SendingLimit.window_seconds,
            SendingLimit.connections,
        )
    ).one_or_none()
    return Limits(*row) if row else Limits()


def write(session: Session, given: Limits) -> None:
    """Set all limits anew; senders feel it within two seconds. Raise BadLimit."""
    check(given)
    row = asdict(given)
    session.execute(
        insert(SendingLimit)
        .values(id=1, **row)
        .on_conflict_do_update(index_elements=[SendingLimit.id], set_=row)
    )


def check(given: Limits) -> None:
    """Raise BadLimit with the first thing to mend."""
    check_rate(given.per_second)
    if (given.window_mails is None) != (given.window_seconds is None):
        raise BadLimit("Give a window both its mails and its seconds, or neither.")
    _within(given.window_mails, 1, limits.SENDING_WINDOW_MAILS_MAX, "The window's mails")
    _within(
        given.window_seconds,
        limits.SENDING_WINDOW_SECONDS_MIN,
        limits.SENDING_WINDOW_SECONDS_MAX,
        "The window's seconds",
    )
    _within(given.connections, 1, limits.SENDING_CONNECTIONS_MAX, "The connections")


def check_rate(per_second: float | None) -> None:
    """Raise BadLimit for a rate, of everything or of one announcement, that nobody could send by."""
    least, most = limits.SENDING_RATE_MIN, limits.SENDING_RATE_MAX
    if per_second is None:
        return
    if not (math.isfinite(per_second) and least <= per_second <= most):
        raise BadLimit(
            f"The rate is between {least:g} and {most:,.0f} mails a second; to send nothing, pause."
        )


def _within(value: int | None, least: int, most: int, what: str) -> None:
    if value is not None and not least <= value <= most:
        raise BadLimit(f"{what} are between {least:,} and {most:,}; leave them empty for no limit.")
