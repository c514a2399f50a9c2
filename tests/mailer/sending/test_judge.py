"""What a refusal means for the person and the announcement: the breaker, full mailboxes, who moved."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from config import limits
from db.session import transaction
from mailer import address_changes, refusals
from mailer.deliveries import Due, Outcome
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Batch, Delivery, DeliveryState, Queue
from mailer.models.subscribers import Subscriber
from mailer.refusals import Judged
from mailer.smtp.failures import refusal
from mailer.smtp.replies import parse
from staff.models import StaffMember
from tests import builders
from tests.builders import NOW
from tests.cast import Staff, hire
from wiring.core import core

DEADLINE = NOW + timedelta(days=2)
FULL, GAVE_UP, YES = "5.2.2 552 full", "gave up: 4.2.2 452 full", "250 2.0.0"


def judge(
    line: str,
    *,
    queue: Queue = Queue.BULK,
    goes_on: bool = False,
    tried: int = 5,
    deadline: datetime = DEADLINE,
) -> Judged:
    return refusals.judge(
        Due(1, tried, 0),
        refusal(parse((line.encode(),))),
        queue=queue,
        now=NOW,
        give_up_at=deadline,
        luck=0.5,
        goes_on=goes_on,
    )


def test_a_refusal_by_policy_pauses_and_the_reader_is_tried_again_soon_after() -> None:
    judged = judge("550 5.7.1 <amira@example.org> not from you")
    assert judged.outcome.state is DeliveryState.DEFERRED
    assert judged.outcome.next_try_at == NOW + timedelta(seconds=60)
    assert judged.pauses == ("The mail server refuses us by policy: 5.7.1 550 <…> not from you")


def test_where_staff_say_go_on_a_refusal_by_policy_is_final() -> None:
    judged = judge("550 5.7.1 not from you", goes_on=True)
    assert (judged.outcome.state, judged.pauses) == (DeliveryState.REFUSED, None)
    assert not judged.outcome.suppress


def test_a_single_mail_refused_by_policy_pauses_nothing() -> None:
    judged = judge("550 5.7.1 not from you", queue=Queue.TX)
    assert (judged.outcome.state, judged.pauses) == (DeliveryState.REFUSED, None)


@pytest.mark.parametrize(
    ("line", "state", "slow"),
    [
        ("550 5.1.1 unknown", DeliveryState.REFUSED, False),
        ("552 5.2.2 full", DeliveryState.REFUSED, False),
        ("451 4.7.1 greylisted", DeliveryState.DEFERRED, True),
        ("452 4.2.2 full", DeliveryState.DEFERRED, False),
    ],
)
def test_other_refusals_pause_nothing(line: str, state: DeliveryState, slow: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    judged = judge(line, tried=0)
    assert (judged.outcome.state, judged.slow_down, judged.pauses) == (state, slow, None)


@pytest.mark.parametrize("line", ["450 4.7.1 greylisted", "550 5.7.1 not from you"])
@pytest.mark.parametrize(("tried", "state"), [(0, "deferred"), (3, "deferred"), (4, "refused")])
def test_a_reader_first_tried_after_a_long_pause_is_tried_five_times(
    line: str, tried: int, state: str
) -> None:
    judged = judge(line, tried=tried, deadline=NOW - timedelta(minutes=1))
    assert judged.outcome.state == state


def test_a_single_mail_is_given_up_at_its_deadline_however_seldom_tried() -> None:
    judged = judge("450 4.7.1 no", queue=Queue.TX, tried=0, deadline=NOW)
    assert judged.outcome.state is DeliveryState.REFUSED


@pytest.mark.parametrize(
    ("accepted", "refused", "many"),
    [
        (0, 49, False),
        (0, 50, True),
        (45, 5, False),
        (44, 6, True),
        (900, 100, False),
        (0, 0, False),
    ],
)
def test_more_than_a_tenth_of_fifty_is_too_many(accepted: int, refused: int, many: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    assert refusals.too_many(accepted, refused) is many


@pytest.fixture
def reader(app: Flask) -> int:
    """Add the one reader of these announcements, and who announces; return the reader's id."""
    hire("chen")
    hire("dana")
    return builders.subscriber("amira@example.org")


def announced(headline: str = "Example", *, over: bool = True) -> int:
    """Start an announcement; return its id."""
    with transaction() as session:
        chen, dana = session.scalars(select(StaffMember).order_by(StaffMember.id)).all()
    id_ = builders.announcement(
        builders.release(headline), author=Staff(chen.id, ""), approver=Staff(dana.id, "")
    )
    with transaction() as session:
        state = AnnouncementState.FINISHED if over else AnnouncementState.SENDING
        session.get_one(Announcement, id_).state = state
    return id_


def settled(reader: int, reason: str, *, announcement: int | None = None) -> Outcome:
    """Settle a delivery of a new announcement, or of this one; return its outcome."""
    state = DeliveryState.ACCEPTED if reason == YES else DeliveryState.REFUSED
    with transaction() as session:
        row = Delivery(
            announcement_id=announcement or announced(),
            subscriber_id=reader,
            state=state,
            reason=reason,
        )
        session.add(row)
        session.flush()
        gone = reason.startswith("5.1.1")
        return Outcome(row.id, state, reason=reason, suppress=gone)


def act_on(*outcomes: Outcome) -> None:
    with transaction() as session:
        refusals.suppress(session, outcomes, now=datetime.now(UTC))
        refusals.full_mailboxes(session, outcomes, now=datetime.now(UTC))


def ended(reader: int) -> str | None:
    with transaction() as session:
        return session.get_one(Subscriber, reader).ended_reason


def moves(reader: int) -> None:
    """Have the reader confirm another address."""
    links = core().links
    with transaction() as session:
        who = session.get_one(Subscriber, reader)
        address_changes.ask(session, who, "amira@example.net", links=links, now=datetime.now(UTC))
        (change,) = address_changes.open_ones(session, reader, now=datetime.now(UTC))
        change.jti_hash = address_changes._hash("jti")  # noqa: SLF001 - in place of reading the mail
        address_changes.confirm(session, "jti", links=links, now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("reasons", "why"),
    [
        ([FULL, FULL], None),
        ([FULL, FULL, FULL], "mailbox full"),
        ([YES, FULL, GAVE_UP, FULL], "mailbox full"),
        ([FULL, FULL, YES, FULL], None),
        ([FULL, "5.7.1 no", FULL], None),
        ([FULL, FULL, "5.2.20 other"], None),
    ],
)
def test_the_third_full_mailbox_in_a_row_ends_a_subscription(
    reader: int, reasons: list[str], why: str | None
) -> None:
    for reason in reasons:
        act_on(settled(reader, reason))
    assert ended(reader) == why


def test_a_mailbox_that_is_full_at_the_new_address_is_counted_anew(reader: int) -> None:
    for reason in (FULL, FULL):
        act_on(settled(reader, reason))
    moves(reader)
    act_on(settled(reader, FULL))
    assert ended(reader) is None


def test_a_late_refusal_of_the_old_address_leaves_who_has_moved_alone(reader: int) -> None:
    late = settled(reader, "5.1.1 550 gone")
    moves(reader)
    act_on(late)
    assert ended(reader) is None


def test_a_refusal_of_the_new_address_ends_who_moved_before(reader: int) -> None:
    moves(reader)
    act_on(settled(reader, "5.1.1 550 gone"))
    assert ended(reader) == "address refused"


def test_the_share_refused_is_counted_over_the_announcements_own_batches(reader: int) -> None:
    ours, other = announced("One", over=False), announced("Two", over=False)
    with transaction() as session:
        for announcement, accepted, refused in ((ours, 40, 4), (ours, 44, 12), (other, 0, 99)):
            session.add(batch(announcement, accepted, refused))
    with transaction() as session:
        why = refusals.share_refused(session, ours)
        assert why == "16 of the first 100 mails were refused."
        assert refusals.share_refused(session, ours + other + limits.BATCH_SIZE) is None


def batch(announcement: int, accepted: int, refused: int) -> Batch:
    return Batch(
        queue=Queue.BULK,
        announcement_id=announcement,
        first_delivery_id=1,
        last_delivery_id=2,
        due_at=NOW,
        accepted=accepted,
        refused=refused,
    )


def test_nothing_refused_asks_nothing_of_the_tables(app: Flask) -> None:
    act_on(Outcome(1, DeliveryState.ACCEPTED, reason=YES))
    with transaction() as session:
        assert session.scalar(select(Delivery.id)) is None
