"""A sending office with a real relay, and readers for it to write to."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import text

from db.base import db
from db.session import KEYRING, transaction
from mailer import audience, control
from mailer.composing import Composer
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Queue
from mailer.progress import Progress, of
from mailer.sending import Office
from mailer.smtp.relay import Relay
from mailer.wire import Wires
from sandbox.sink.server import Sink
from tests import builders
from tests.cast import Staff
from wiring.core import CORE


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Give a relay that keeps what it accepts."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def open_office(app: Flask, sink: Sink, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Open sending offices; each is what one worker process has."""
    made: list[Office] = []

    def open_(*, resend: bool = True, folder: Path = tmp_path, port: int = 0) -> Office:
        core = app.extensions[CORE]
        office = Office(
            begin=transaction,
            keys=app.extensions[KEYRING],
            composer=Composer(core.sender, core.links, core.organisation),
            wires=Wires(
                [Relay.parse(f"smtp://127.0.0.1:{port or sink.port}")], hello="mail.example.org"
            ),
            folder=folder,
            resend=resend,
        )
        made.append(office)
        return office

    yield open_
    for office in made:
        office.wires.close()


@pytest.fixture
def announced(app: Flask, staff: Callable[..., Staff]) -> Callable[[int], int]:
    """Announce a release to that many readers; return the announcement's id, its audience frozen."""

    def announce(readers: int) -> int:
        builders.subscribers(readers)
        id_ = builders.announcement(
            builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
        )
        freeze(id_)
        return id_

    return announce


def freeze(announcement_id: int) -> None:
    """Freeze the whole audience."""
    more = True
    while more:
        with transaction() as session:
            more = audience.freeze(session, announcement_id, now=builders.NOW)


def send_all(office: Office, queue: Queue = Queue.BULK) -> None:
    """Send until nothing is due."""
    while office.send_batch(queue, stop_at=monotonic() + 30):
        pass
    with transaction() as session:
        control.finish_drained(session, now=builders.NOW)


def progress(announcement_id: int) -> Progress:
    """Count an announcement's deliveries."""
    with transaction() as session:
        return of(session, session.get_one(Announcement, announcement_id))


def hasten() -> None:
    """Make every wait in the ledger end now: deferred deliveries, batches, leases and relays."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET next_try_at = now() WHERE state = 'deferred'"))
        connection.execute(text("UPDATE batch SET due_at = now(), leased_until = NULL"))
        connection.execute(text("UPDATE relay_state SET next_try_at = now()"))


def received(sink: Sink) -> Counter[str]:
    """Count the mails by recipient."""
    return Counter(mail.recipient for mail in sink.accepted)
