"""Staff are told what happened in the words of what really does it, once, and no release is named."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import approvals, control, epochs, missing_keys, outbox, refusals, schedules, telling
from mailer.deliveries import Due
from mailer.models.announcements import Announcement, AnnouncementEvent
from mailer.models.deliveries import Delivery, OutboxMail, Queue
from mailer.smtp.failures import PermanentFailure
from tests import builders
from tests.builders import NOW
from tests.cast import Staff, hire
from tests.mailer.announcing.conftest import approve, freeze, start
from tests.mailer.closing.conftest import say

PAGE = "https://example.org/staff/announcements/1"


@pytest.fixture
def proposed(app: Flask) -> int:
    """Give an announcement in review, of two readers; Chen wrote it."""
    builders.number_anew()
    builders.subscribers(2)
    return builders.announcement(builders.release(), author=hire("chen", "author"))


@pytest.fixture
def sending(proposed: int, staff: Callable[..., Staff]) -> int:
    """Give one that is being sent."""
    dana = staff("dana", "approver")
    approve(proposed, dana)
    start(proposed, dana)
    freeze(proposed)
    return proposed


def pause(id_: int, note: str | None) -> None:
    assert note is not None
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        control.pause(session, made, staff_id=None, note=note, now=NOW, tell=True)


def said() -> list[telling.Notice]:
    with transaction() as session:
        return [telling.notice(event) for event in telling.untold(session)]


def waiting() -> bool:
    with transaction() as session:
        return telling.waiting(session)


def tell(*addresses: str) -> None:
    with transaction() as session:
        for event in telling.untold(session):
            telling.tell(session, event, addresses=addresses, page_url=PAGE, now=NOW)


def letters() -> list[outbox.Letter]:
    with transaction() as session:
        ids = session.scalars(select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id))
        return [outbox.letter(session, id_) for id_ in ids.all()]


def test_what_goes_as_it_should_is_not_told(sending: int) -> None:
    assert (said(), waiting()) == ([], False)


def test_a_refusal_by_policy_is_told(sending: int) -> None:
    judged = refusals.judge(
        Due(1, 0, 0),
        PermanentFailure("5.7.1", "550 Not trusted"),
        queue=Queue.BULK,
        now=NOW,
        give_up_at=NOW + timedelta(days=1),
        luck=0.5,
    )
    pause(sending, judged.pauses)
    assert (said(), waiting()) == ([telling.POLICY], True)


def test_too_many_refusals_are_told(sending: int) -> None:
    say("UPDATE batch SET accepted = 20, refused = 40")
    with transaction() as session:
        note = refusals.share_refused(session, sending)
    pause(sending, note)
    assert said() == [telling.REFUSALS]


def test_any_other_pause_is_told_as_what_it_is(sending: int) -> None:
    pause(sending, "for a reason that is yet to be thought of")
    assert said() == [telling.OTHER]


def test_a_restored_database_is_told_of_each_announcement(sending: int) -> None:
    with transaction() as session:
        epochs.restored(session, note=epochs.RESTORED, now=NOW)
    assert said() == [telling.RESTORED]


def test_a_schedule_that_is_held_is_told(proposed: int, staff: Callable[..., Staff]) -> None:
    dana = staff("dana", "approver")
    approve(proposed, dana)
    with transaction() as session:
        made = session.get_one(Announcement, proposed)
        at = NOW + timedelta(hours=1)
        schedules.schedule(session, made, start_at=at, zone="UTC", staff_id=dana.id, now=NOW)
    with transaction() as session:
        assert schedules.start_due(session, now=NOW + timedelta(hours=3)) == []
    assert said() == [telling.HELD]


def test_who_approves_alone_is_told_of(proposed: int) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, proposed)
        reason = "nobody else is awake, and it is urgent"
        approvals.approve(
            session, made, approver_id=made.author_id, now=NOW, read=None, break_glass=reason
        )
    assert said() == [telling.ALONE]


def test_a_missing_data_key_is_told(sending: int) -> None:
    for _ in range(2):
        with transaction() as session:
            missing_keys.tell(session, sending, now=NOW)
    assert said() == [telling.KEY]


def test_an_event_is_told_once(sending: int) -> None:
    pause(sending, "The mail server refuses us by policy: 5.7.1 550 Not trusted")
    for _ in range(3):
        tell("chen@example.org", "dana@example.org")
    assert sorted(each.address for each in letters()) == ["chen@example.org", "dana@example.org"]
    assert not waiting()
    with transaction() as session:
        told = select(AnnouncementEvent.told_at).where(AnnouncementEvent.tell)
        assert session.scalars(told).all() == [NOW]


def test_the_letter_has_what_the_mail_needs_and_no_release(sending: int) -> None:
    pause(sending, "9 of the first 60 mails were refused.")
    tell("chen@example.org")
    (letter,) = letters()
    assert (letter.template, letter.language, letter.context["number"]) == (
        "staff-notice",
        "en",
        sending,
    )
    assert letter.context["page_url"] == PAGE
    assert "journalist" not in str(letter.context)


def test_what_is_rolled_back_was_not_told(sending: int) -> None:
    pause(sending, "9 of the first 60 mails were refused.")
    with transaction() as session:
        (event,) = telling.untold(session)
        with session.no_autoflush:
            telling.tell(session, event, addresses=[], page_url=PAGE, now=NOW)
        session.rollback()
    assert waiting()
    with transaction() as session:
        outside = select(Delivery.id).where(Delivery.announcement_id.is_(None))
        assert session.scalars(outside).all() == []
