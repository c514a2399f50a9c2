"""The name typed with a gift is held against its donor's once it is paid, and then is kept nowhere."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import giving, typed_names
from payments.giving import Words
from payments.models.giving import GivingEvent, Interval
from tests.cast import Staff
from tests.payments import declaring, offline_givers
from tests.payments.declaring import hear, paid

SAME = {"Boris Example": "boris  EXAMPLE", "Öre Weiß": "öre WEISS"}


@pytest.mark.parametrize(("known", "typed"), SAME.items())
def test_case_and_spaces_make_no_other_name(known: str, typed: str) -> None:
    assert typed_names.agree(known, typed)


@pytest.mark.parametrize(
    ("known", "typed"), [("", ""), ("Boris", ""), ("", "Boris"), ("Boris E", "BorisE")]
)
def test_who_is_not_named_is_nobody(known: str, typed: str) -> None:
    assert not typed_names.agree(known, typed)


def test_another_name_is_an_event_without_the_name(session: Session) -> None:
    hear(session, paid(session))
    gift = paid(session, "of Eve", name="Eve Elsewhere", message="Hello")
    assert giving.words_of(session, gift).name == "Eve Elsewhere"
    hear(session, gift)
    assert giving.words_of(session, gift) == Words(message="Hello")
    of_it = GivingEvent.donation_id == gift.id, GivingEvent.what == typed_names.OTHER_NAME
    assert [each.detail for each in session.scalars(select(GivingEvent).where(*of_it))] == [""]


def test_the_donor_s_own_name_is_no_event(session: Session) -> None:
    gift = paid(session)
    hear(session, gift)
    assert not typed_names.is_other(session, gift)
    assert gift.words is None


def test_no_name_is_another(session: Session) -> None:
    hear(session, paid(session))
    gift = paid(session, "nameless", name="")
    hear(session, gift)
    assert typed_names.is_other(session, gift)


@pytest.mark.parametrize(
    ("name", "is_other"), [("Boris Example", False), ("Eve", True), ("", True)]
)
def test_a_plan_s_payments_follow_its_first(session: Session, name: str, is_other: bool) -> None:  # noqa: FBT001 - a case
    hear(session, paid(session))
    first = paid(session, "a plan", interval=Interval.MONTH, name=name)
    hear(session, first)
    assert first.plan
    renewal = declaring.payment(session, first.plan)
    hear(session, renewal)
    assert [typed_names.is_other(session, each) for each in (first, renewal)] == [is_other] * 2


def test_a_cheque_in_another_name_neither_renames_nor_moves_who_declared(
    session: Session, staff: Callable[..., Staff]
) -> None:
    declaring.declare(session)
    eve = replace(offline_givers.CHEQUE, name="Eve Elsewhere", postal_address="9 Elsewhere")
    gift = offline_givers.enter(session, staff("dana", "finance"), eve)
    assert declaring.known(session, gift) == ("Boris Example", declaring.HOME)
    assert typed_names.is_other(session, gift)
