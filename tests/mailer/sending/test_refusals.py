"""What the ledger makes of a relay that refuses, for now or for good."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select, update

from config import limits
from db.session import transaction
from mailer import retries
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Delivery, DeliveryState
from mailer.models.subscribers import Subscriber, SubscriberState
from mailer.sending import Office
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests.mailer.sending.conftest import hasten, progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]
ONE = "reader1@example.org"


def test_greylisting_defers_and_the_next_try_arrives(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(3)
    sink.rules = [Rule("rcpt", "reply", text="451 4.7.1 come back later", first=1)]
    send_all(open_office())
    assert progress(id_).counts[DeliveryState.DEFERRED] == 3
    assert progress(id_).state == AnnouncementState.SENDING
    hasten()
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert progress(id_).closes
    assert progress(id_).state == AnnouncementState.FINISHED


def test_an_address_that_is_gone_is_suppressed_and_its_reader_ended(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(3)
    sink.rules = [Rule("rcpt", "reply", text="550 5.1.1 no such user", recipient=ONE)]
    send_all(open_office())
    with transaction() as session:
        ended = session.scalars(
            select(Subscriber).where(Subscriber.state == SubscriberState.ENDED)
        ).all()
    assert [(s.id, s.ended_reason) for s in ended] == [(2, "address refused")]
    assert progress(id_).counts[DeliveryState.REFUSED] == 1
    assert progress(id_).closes


def test_a_refusal_by_policy_harms_no_reader(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    announced(2)
    sink.rules = [Rule("rcpt", "reply", text="550 5.7.1 not from you")]
    send_all(open_office())
    with transaction() as session:
        states = session.scalars(select(Subscriber.state)).all()
    assert set(states) == {SubscriberState.CONFIRMED}


def test_the_reason_kept_names_no_address(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    announced(2)
    sink.rules = [Rule("rcpt", "reply", text=f"550 5.1.1 <{ONE}> unknown", recipient=ONE)]
    send_all(open_office())
    with transaction() as session:
        reasons = session.scalars(select(Delivery.reason)).all()
    assert any(reason and reason.startswith("5.1.1") for reason in reasons)
    assert not any(reason and "@" in reason for reason in reasons)


def test_deferred_mail_is_given_up_after_its_deadline(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(1)
    sink.rules = [Rule("rcpt", "reply", text="451 4.7.1 never")]
    with transaction() as session:
        session.get_one(Announcement, id_).started_at = datetime.now(UTC) - retries.GIVE_UP
        session.execute(update(Delivery).values(attempts=limits.TRIES_AT_LEAST - 1))
    send_all(open_office())
    report = progress(id_)
    assert report.counts[DeliveryState.REFUSED] == 1
    assert report.closes
