"""What was written with a gift that never arrived goes; of one that did, the address of who was told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.session import transaction
from payments import forgetting, notices
from payments.giving import Words
from payments.models.donors import Donor
from payments.models.giving import Donation, GivingEvent, Interval
from tests.builders import NOW
from tests.cast import AMIRA
from tests.payments.retention.conftest import (
    Later,
    attempt,
    begun,
    paid,
    put,
    said,
)

ALL = Words("Anna", AMIRA, "For the printers", name="Boris")
BUT_THE_ADDRESS = Words("Anna", "", "For the printers", name="Boris")


@pytest.fixture(autouse=True)
def known(later: Later) -> None:
    """Have Boris be somebody who once gave."""
    paid(begun("long ago", tribute=None))


@pytest.mark.parametrize("state", ["created", "open", "failed", "expired"])
def test_the_words_of_a_gift_that_never_arrived_go_and_the_donor_stays(
    later: Later, state: str
) -> None:
    given = begun()
    put(given, state=state)
    assert (later(29.9), said(given)) == ({}, ALL)
    assert (later(30), said(given)) == ({"unpaid gifts": 1}, Words())
    with transaction() as session:
        assert session.scalars(select(Donor.erased_at)).all() == [None]


def test_the_words_of_a_plan_that_never_began_go(later: Later) -> None:
    plan = begun(interval=Interval.MONTH)
    assert later(30) == {"unpaid plans": 1}
    assert (said(plan), later(31)) == (Words(), {})


@pytest.mark.parametrize("interval", [None, Interval.YEAR])
def test_the_words_of_a_page_that_may_be_paid_at_stay(
    later: Later, interval: Interval | None
) -> None:
    given = begun(interval=interval)
    attempt(given, "open")
    assert (later(400), said(given)) == ({}, ALL)


def test_the_words_of_a_plan_that_stands_or_gave_once_stay(later: Later) -> None:
    stands, gave = (begun(name, interval=Interval.MONTH, tribute=None) for name in ("a", "b"))
    put(stands, state="active", subscription_id="sub_1")
    put(gave, state="ended", subscription_id="sub_2")
    paid(gave)
    assert later(400) == {}
    assert said(stands) == said(gave) == ALL


@pytest.mark.parametrize("interval", [None, Interval.MONTH])
def test_the_address_of_who_was_told_goes_and_the_other_words_stay(
    later: Later, interval: Interval | None
) -> None:
    given = begun(interval=interval)
    paid(given)
    name = "notices of plans" if interval else "notices"
    assert (later(6.9), said(given)) == ({}, ALL)
    assert (later(7), said(given)) == ({name: 1}, BUT_THE_ADDRESS)
    assert later(8) == {}


def test_it_goes_also_where_nobody_was_told_because_of_another_gift(later: Later) -> None:
    given = paid(begun())
    later(7)
    with transaction() as session:
        donation = session.get_one(Donation, given.id)
        assert not notices.tell(session, donation, now=NOW + timedelta(days=60))


def test_that_it_went_is_among_the_gifts_events_without_the_address(later: Later) -> None:
    given = paid(begun())
    later(7)
    with transaction() as session:
        of = select(GivingEvent).where(GivingEvent.donation_id == given.id)
        event = session.scalars(of.order_by(GivingEvent.id.desc())).first()
    assert event is not None
    assert (event.what, event.detail) == (forgetting.NOTICE_GONE, "")


def test_words_that_no_key_opens_hold_nothing_up(later: Later) -> None:
    sealed, other = begun("a"), begun("b")
    put(sealed, words=b"\x02k9sealed under a key that is gone")
    for given in (sealed, other):
        paid(given)
    assert (later(7), said(other)) == ({"notices": 1}, BUT_THE_ADDRESS)
