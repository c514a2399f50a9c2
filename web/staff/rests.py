"""The rest of a cancelled announcement in the console: how many they are, and what may be done for them."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from config import limits
from mailer import rest
from mailer.models.announcements import Announcement
from web import rests
from web.staff import offers


@dataclass(frozen=True)
class Shown:
    """What its page says: a sentence, '' where the list is long and nobody asked for the count."""

    sentence: str
    #: Whether there is anybody whom another announcement would reach.
    anybody: bool
    settled: bool
    #: The announcement to the same audience that is not over, which goes to them as well.
    under_way: Announcement | None


def of(session: Session, announcement: Announcement) -> Shown | None:
    """Return the rest of an announcement; None where it cannot have one."""
    if not rest.has_any(announcement):
        return None
    made = offers.announced(session, announcement.release)
    under_way = offers.under_way(made, announcement.audience)
    if announcement.recipients > limits.COUNTED_AT_ONCE and "count" not in request.args:
        return Shown("", anybody=True, settled=True, under_way=under_way)
    found = rest.of(session, announcement)
    return Shown(rests.sentence(found), bool(found.count), found.settled, under_way)
