"""What staff decide while it runs is felt: pause, resume, cancel, a rate; nobody is lost or repeated."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic

import pytest
from flask import Flask

from db.session import transaction
from mailer import control
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import DeliveryState, Queue
from mailer.sending import Office
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests import processes
from tests.cast import hire
from tests.mailer.ledger.conftest import at_hand, now
from tests.mailer.sending.conftest import progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]
Act = Callable[..., None]


@pytest.fixture
def slow(sink: Sink) -> Sink:
    """Give a relay that takes fifty mails a second."""
    sink.rules = [Rule("dot", "delay", seconds=0.02)]
    return sink


def staff_say(act: Act, id_: int, **values: object) -> None:
    with transaction() as session:
        act(session, session.get_one(Announcement, id_), now=now(), **values)


@contextmanager
def sending(app: Flask, office: Office) -> Iterator[Thread]:
    """Have a thread send for as long as there is something to send; it has ended behind the block."""

    def run() -> None:
        with app.app_context():
            while office.send_batch(Queue.BULK, stop_at=monotonic() + 60):
                pass

    thread = Thread(target=run)
    thread.start()
    yield thread
    thread.join(30)
    assert not thread.is_alive()


def test_a_pause_is_felt_and_a_resume_goes_on_where_it_was(
    app: Flask, open_office: Open, announced: Announce, slow: Sink
) -> None:
    id_, boss = announced(300), hire("eli", "approver")
    with sending(app, open_office()):
        slow.wait_for(20, 30)
        staff_say(control.pause, id_, staff_id=boss.id, note="a name is wrong")
    assert progress(id_).state == AnnouncementState.PAUSED
    assert 20 <= len(slow.accepted) < 300
    assert at_hand() == []
    staff_say(control.resume, id_, staff_id=boss.id)
    slow.rules = []
    send_all(open_office())
    assert received(slow) == Counter({f"reader{n}@example.org": 1 for n in range(300)})
    assert progress(id_).closes


def test_a_cancel_ends_it_and_the_equation_closes(
    app: Flask, open_office: Open, announced: Announce, slow: Sink
) -> None:
    id_, boss = announced(300), hire("eli", "approver")
    with sending(app, open_office()):
        slow.wait_for(20, 30)
        staff_say(control.cancel, id_, staff_id=boss.id, note="the wrong release")
    while _skipped_more():
        pass
    report = progress(id_)
    assert report.counts[DeliveryState.ACCEPTED] == len(slow.accepted) < 300
    assert report.counts[DeliveryState.SKIPPED] == 300 - len(slow.accepted)
    assert report.closes


def _skipped_more() -> int:
    with transaction() as session:
        return control.skip_cancelled(session, now=now())


def test_a_rate_that_is_set_is_not_passed(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_, boss = announced(30), hire("eli", "approver")
    staff_say(control.set_rate, id_, rate=20.0, staff_id=boss.id)
    began = monotonic()
    send_all(open_office())
    assert len(sink.accepted) == 30
    assert monotonic() - began >= 29 / 20


def test_a_rate_that_is_raised_while_it_runs_is_felt(
    app: Flask, open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_, boss = announced(200), hire("eli", "approver")
    staff_say(control.set_rate, id_, rate=2.0, staff_id=boss.id)
    with sending(app, open_office()):
        sink.wait_for(1, 30)
        staff_say(control.set_rate, id_, rate=None, staff_id=boss.id)
    assert len(sink.accepted) == 200  # at two a second it would take a hundred seconds
    assert processes.PATIENCE_SECONDS < 100
    assert progress(id_).closes


def test_two_senders_share_one_rate(
    app: Flask, open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_, boss = announced(100), hire("eli", "approver")
    staff_say(control.set_rate, id_, rate=40.0, staff_id=boss.id)
    began = monotonic()
    with sending(app, open_office()), sending(app, open_office()):
        pass
    assert received(sink) == Counter({f"reader{n}@example.org": 1 for n in range(100)})
    # What was drawn and lost at the end of a batch is at most a second's worth for each sender.
    assert monotonic() - began >= 99 / 40 - 0.1
