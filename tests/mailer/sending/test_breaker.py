"""When too much is refused, or by policy: it pauses, staff are told, and no reader pays for it."""

from collections.abc import Callable

from sqlalchemy import select

from db.session import transaction
from mailer import control
from mailer.models.announcements import Announcement, AnnouncementEvent, AnnouncementState
from mailer.models.deliveries import DeliveryState, Pace
from mailer.models.subscribers import Subscriber, SubscriberState, Suppression
from mailer.sending import Office
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests import builders, processes
from tests.cast import Staff, hire
from tests.mailer.ledger.conftest import now
from tests.mailer.sending.conftest import freeze, hasten, progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]
ONE = "reader1@example.org"


def notes_to_tell(id_: int) -> list[str]:
    with transaction() as session:
        told = select(AnnouncementEvent.note).where(
            AnnouncementEvent.announcement_id == id_, AnnouncementEvent.tell
        )
        return list(session.scalars(told))


def resume(id_: int, *, goes_on: bool = False) -> None:
    with transaction() as session:
        control.resume(
            session,
            session.get_one(Announcement, id_),
            staff_id=hire("eli", "approver").id,
            now=now(),
            goes_on=goes_on,
        )


def test_a_refusal_by_policy_pauses_and_its_reader_is_tried_again(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(10)
    sink.rules = [Rule("rcpt", "reply", text="550 5.7.1 not from you", recipient=ONE)]
    send_all(open_office())
    assert progress(id_).state == AnnouncementState.PAUSED
    assert progress(id_).counts[DeliveryState.DEFERRED] == 1
    assert "by policy" in notes_to_tell(id_)[0]
    sink.rules = []
    resume(id_)
    hasten()
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert len(received(sink)) == 10
    assert progress(id_).state == AnnouncementState.FINISHED


def test_told_to_go_on_a_refusal_by_policy_is_final_for_its_reader_alone(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(10)
    sink.rules = [Rule("rcpt", "reply", text="550 5.7.1 not from you", recipient=ONE)]
    send_all(open_office())
    resume(id_, goes_on=True)
    hasten()
    send_all(open_office())
    assert progress(id_).counts[DeliveryState.REFUSED] == 1
    assert progress(id_).state == AnnouncementState.FINISHED
    assert progress(id_).closes


def test_too_large_a_share_of_refusals_pauses(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(200)
    sink.rules = [Rule("rcpt", "reply", text="550 5.3.0 no", recipient="reader1[0-9]*")]
    send_all(open_office())
    assert progress(id_).state == AnnouncementState.PAUSED
    assert "were refused" in notes_to_tell(id_)[0]


def test_a_relay_that_says_of_everybody_that_they_are_gone_ends_no_subscription(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(400)
    sink.rules = [Rule("rcpt", "reply", text="550 5.1.1 no such user")]
    office = open_office()
    office.tempo.a_second = 5_000  # windows of a whole batch
    send_all(office)
    assert progress(id_).state == AnnouncementState.PAUSED
    assert progress(id_).counts[DeliveryState.REFUSED] > 0
    with transaction() as session:
        assert set(session.scalars(select(Subscriber.state))) == {SubscriberState.CONFIRMED}
        assert session.scalars(select(Suppression.address_index)).all() == []


def test_a_domain_that_says_slow_down_is_slowed_and_the_others_are_not(
    open_office: Open, sink: Sink, staff: Callable[..., Staff]
) -> None:
    for n in range(20):
        builders.subscriber(f"reader{n}@slow.example.org")
        builders.subscriber(f"reader{n}@quick.example.org")
    id_ = builders.announcement(
        builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
    )
    freeze(id_)
    slow = "*@slow.example.org"
    sink.rules = [Rule("rcpt", "reply", text="450 4.7.1 too fast", recipient=slow, first=1)]
    send_all(open_office())
    with transaction() as session:
        slowed = session.scalars(select(Pace).where(Pace.per_second.is_not(None))).all()
    assert len(slowed) == 1
    assert sum(r.endswith("quick.example.org") for r in received(sink)) == 20
    until_finished(open_office(), id_)
    assert set(received(sink).values()) == {1}
    assert progress(id_).closes


def test_a_large_provider_s_cap_puts_its_readers_back_and_holds_up_nobody_else(
    open_office: Open, sink: Sink, staff: Callable[..., Staff]
) -> None:
    for n in range(60):
        builders.subscriber(f"reader{n}@gmail.com")
    builders.subscriber("other@example.org")
    id_ = builders.announcement(
        builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
    )
    freeze(id_)
    send_all(open_office())
    assert received(sink)["other@example.org"] == 1
    until_finished(open_office(), id_)
    assert set(received(sink).values()) == {1}
    assert len(received(sink)) == 61


def until_finished(office: Office, id_: int) -> None:
    """Sweep as the worker does until it is finished; waits in the ledger are cut short."""

    def finished() -> bool:
        hasten()
        send_all(office)
        return progress(id_).state == AnnouncementState.FINISHED

    processes.wait_until(finished)
