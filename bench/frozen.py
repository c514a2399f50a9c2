"""An announcement whose audience is frozen, made in this process: workers have only to send it."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.house import House
from db.session import KEYRING, transaction
from mailer import approvals, audience, proposals, releases, schedules, topics
from mailer.composing import Composer
from mailer.deliveries import Due
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Delivery, DeliveryState
from mailer.models.releases import Release
from mailer.models.subscribers import Subscriber
from mailer.packing import Packer
from mailer.parts import Contact, Dateline, Parts
from mailer.smtp.connection import Parcel
from staff.models import StaffMember
from wiring import names
from wiring.core import CORE

PATIENCE = 120
"""How many seconds an announcement may take to be sent."""
BELLS = 4
"""How many processes are woken at most."""
_PARTS = Parts(
    headline="Court frees a journalist in Example Town",
    body="A court has freed a journalist who was held for a year.",
    language="en",
    dateline=Dateline("Example Town", None),
    contacts=(Contact("Noor Example", "press@example.org", ""),),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """How many mails a relay accepted, in how many seconds."""

    mails: int
    seconds: float

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds


def release(session: Session) -> Release:
    """Make a draft on every topic."""
    return releases.create(session, _PARTS, topics=topics.offered(session))


def start(session: Session, release: Release, *, languages: Sequence[str] = ()) -> int:
    """Have one member propose it to the readers of these languages, and another start it; return its id."""
    now = datetime.now(UTC)
    author, approver = (_member(session, name) for name in ("chen", "dana"))
    made = proposals.propose(session, release, author_id=author, now=now, languages=languages)
    approvals.approve(session, made, approver_id=approver, now=now, read=None)
    schedules.start(session, made, staff_id=approver, now=now)
    return made.id


def freeze(announcement_id: int) -> list[float]:
    """Freeze the audience as the worker does; return the seconds of each chunk, its commit included."""
    taken, more = list[float](), True
    while more:
        began = time.monotonic()
        with transaction() as session:
            more = audience.freeze(session, announcement_id, now=datetime.now(UTC))
        taken.append(time.monotonic() - began)
    return taken


def announcement(*, languages: Sequence[str] = ()) -> int:
    """Make one whose audience is frozen; return its id."""
    with transaction() as session:
        id_ = start(session, release(session), languages=languages)
    freeze(id_)
    return id_


def send(ours: House, announcement_id: int) -> Sent:
    """Ring for the workers, and wait until nothing is left to send."""
    began = time.time()
    for _ in range(BELLS):
        ours.app.extensions[CORE].bell.ring(names.SEND_BULK)
    ended = _finished(announcement_id).timestamp()
    return Sent(_accepted(announcement_id), ended - began)


def parcel(ours: House) -> Parcel:
    """Return the mail that the first reader gets of the first announcement."""
    core = ours.app.extensions[CORE]
    composer = Composer(core.sender, core.links, core.organisation)
    packer = Packer(ours.app.extensions[KEYRING], composer)
    with transaction() as session:
        reader = session.scalars(select(Subscriber).limit(1)).one()
        row = (reader.id, reader.address, reader.address_index, "en", reader.token_version)
        edition = packer.edition(session, 1)
        return packer.copy(session, edition, Due(1, 0, 0, *row), now=datetime.now(UTC)).parcel


def _finished(announcement_id: int) -> datetime:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with transaction() as session:
            found = session.get_one(Announcement, announcement_id)
            if found.state is AnnouncementState.FINISHED and found.finished_at is not None:
                return found.finished_at
        time.sleep(0.2)
    sys.exit("the announcement is not finished")


def _accepted(announcement_id: int) -> int:
    ours = Delivery.announcement_id == announcement_id
    with transaction() as session:
        count = select(func.count()).where(ours, Delivery.state == DeliveryState.ACCEPTED)
        accepted = session.scalars(count).one()
        recipients = session.get_one(Announcement, announcement_id).recipients
    if accepted != recipients:
        sys.exit(f"{accepted} of {recipients} mails were accepted")
    return accepted


def _member(session: Session, name: str) -> int:
    found = session.scalar(select(StaffMember).where(StaffMember.name == name))
    if found is None:
        found = StaffMember(
            email=f"{name}@example.org", name=name, password="", active=True, fs_uniquifier=name
        )
        session.add(found)
        session.flush()  # the announcement names its people by number
    return found.id
