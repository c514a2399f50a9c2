"""How fast an announcement goes: from its first seconds on, and rough until a minute of it is known."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from db.session import transaction
from mailer import control, progress
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Delivery, DeliveryState
from mailer.progress import Speed
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, approve, freeze, start


@pytest.fixture
def sending(chen: Staff, dana: Staff) -> int:
    """Give an announcement to 60 readers that began to send at NOW."""
    builders.subscribers(60)
    id_ = builders.announcement(builders.release(), author=chen)
    approve(id_, dana)
    start(id_, dana)
    freeze(id_)
    return id_


def settle(first: int, last: int, at: datetime) -> None:
    """Settle these deliveries, the ends included."""
    values = {"state": DeliveryState.ACCEPTED, "settled_at": at}
    with transaction() as session:
        ours = Delivery.id.between(first, last)
        session.execute(update(Delivery).where(ours).values(values))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def speed(id_: int, seconds: float) -> Speed | None:
    """Return how fast it goes so many seconds after NOW."""
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        return progress.speed(session, made, now=after(seconds))


def test_the_first_second_says_nothing_and_the_next_ones_a_rough_guess(sending: int) -> None:
    settle(1, 20, after(1))
    assert speed(sending, 1.5) is None
    assert speed(sending, 4) == Speed(5.0, rough=True)
    assert speed(sending, 50) == Speed(0.4, rough=True)


def test_after_a_minute_it_is_that_of_the_last_one(sending: int) -> None:
    settle(1, 20, after(1))
    assert speed(sending, 61.5) == Speed(0.0, rough=False)
    settle(21, 50, after(90))
    assert speed(sending, 100) == Speed(0.5, rough=False)


def test_after_a_pause_the_pause_does_not_count(sending: int, dana: Staff) -> None:
    settle(1, 20, after(10))
    with transaction() as session:
        made = session.get_one(Announcement, sending)
        control.pause(session, made, staff_id=None, note="", now=after(12))
        control.resume(session, made, staff_id=dana.id, now=after(1_000))
        control.set_rate(session, made, rate=None, staff_id=dana.id, now=after(1_009))
    settle(21, 40, after(1_005))
    assert speed(sending, 1_010) == Speed(2.0, rough=True)


def test_before_it_sends_nobody_can_say(chen: Staff) -> None:
    builders.subscribers(1)
    assert speed(builders.announcement(builders.release(), author=chen), 100) is None
