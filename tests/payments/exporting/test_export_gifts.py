"""Gifts for an accountant: what was received in the days, what is left of it, and nobody's name unasked."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from payments import donors, offline, receipts, standing
from payments.exporting import gifts, rows
from payments.exporting.rows import Cell, ExportBroken
from payments.models.giving import Channel, Donation, DonationState, Fund, Interval, Plan
from payments.models.money import Payment
from payments.offline_gifts import OfflineGift
from tests.builders import NOW
from tests.cast import BORIS, hire
from tests.payments.exporting import made_up
from tests.payments.exporting.made_up import YEAR, told
from tests.payments.receipts import giver


def exported(session: Session, *, names: bool = False) -> list[dict[str, Cell]]:
    return told(gifts.table(session, YEAR, names=names))


def cheque(session: Session, *, address: str = "", name: str = "") -> Donation:
    """Enter a cheque of 40.00 EUR that arrived on the 20th."""
    came = OfflineGift(
        amount=4_000,
        currency="EUR",
        channel=Channel.CHEQUE,
        received_on=date(2026, 11, 20),
        language="en",
        nonce="a form",
        address=address,
        name=name,
    )
    return offline.enter(session, came, staff_id=hire("fatima", "finance").id, now=NOW)


def test_a_gift_is_one_row_with_all_that_is_known_of_it(session: Session) -> None:
    gift = giver.paid(session)
    gift.fund, gift.costs = Fund(slug="free-press", name="Free press"), 150
    receipts.issue(session, gift, now=NOW)
    refunded = giver.refund(session, gift, 1_000)
    receipts.correct(session, gift, cause=str(refunded.refund_id), now=NOW)
    assert made_up.csv(gifts.table(session, YEAR, names=False)) == [
        (
            f"{gift.reference},2026-11-22,stripe,paid,50.00,EUR,1.50,free-press,,,10.00,0.00,40.00,"
            f"2026-00001;2026-00002,{giver.intent(gift)},{giver.donor(session).reference}"
        )
    ]


def test_a_gift_of_a_plan_names_the_plan(session: Session) -> None:
    gift = giver.paid(session)
    plan = gift.plan = Plan(
        amount=5_000, currency="EUR", language="en", interval=Interval.MONTH, donor=gift.donor
    )
    session.flush()
    (row,) = exported(session)
    assert (row["plan"], row["interval"]) == (str(plan.reference), "month")


def test_what_is_left_is_what_standing_says_of_each_gift(session: Session) -> None:
    dice = random.Random(5)  # noqa: S311 - a story, no secret
    for number in range(40):
        _story(session, dice, number)
    found = {row["reference"]: row for row in exported(session)}
    for gift in session.scalars(select(Donation)):
        stands, row = standing.of(session, gift), found.pop(str(gift.reference))
        wanted = (stands.refunded, stands.lost, stands.kept)
        assert (row["refunded"], row["lost"], row["kept"]) == tuple(
            rows.amount(each, gift.currency) for each in wanted
        )
    assert found == {}


def _story(session: Session, dice: random.Random, number: int) -> None:
    """Give, and let any of what can happen happen: paid twice, refunds and disputes in any state."""
    gift = giver.paid(session, 5_000, currency=dice.choice(["EUR", "JPY"]))
    if dice.random() < 0.2:
        first = session.scalars(select(Payment).where(Payment.donation_id == gift.id)).one()
        _pay_again(session, first, f"pi_again_{number}")
    for status in dice.sample(["succeeded", "pending", "failed", "new"], dice.randrange(3)):
        giver.refund(session, gift, dice.randrange(1, 4_000), status)
    for status in dice.sample(["lost", "won", "needs_response"], dice.randrange(3)):
        giver.dispute(session, gift, status).reinstated = dice.random() < 0.2


def _pay_again(session: Session, first: Payment, intent_id: str) -> None:
    session.add(
        Payment(
            payment_intent_id=intent_id,
            donation_id=first.donation_id,
            amount=first.amount,
            currency=first.currency,
            paid_at=NOW,
            duplicate=True,
        )
    )
    session.flush()


def test_days_are_the_organisations_and_gifts_of_others_are_left_out(session: Session) -> None:
    within = [giver.paid(session, at=at) for at in (YEAR.begins, YEAR.ends - timedelta(seconds=1))]
    for at in (YEAR.begins - timedelta(seconds=1), YEAR.ends):
        giver.paid(session, at=at)
    assert [row["reference"] for row in exported(session)] == [
        str(each.reference) for each in within
    ]


@pytest.mark.parametrize("state", [each for each in DonationState if each != DonationState.PAID])
def test_what_is_on_its_way_is_listed_without_a_day_and_nothing_else_is(
    session: Session, state: DonationState
) -> None:
    gift = Donation(amount=2_500, currency="EUR", language="en", state=state, created_at=NOW)
    session.add(gift)
    session.flush()
    on_its_way = [(None, Decimal("0.00"))] if state is DonationState.PROCESSING else []
    assert [(row["received_on"], row["kept"]) for row in exported(session)] == on_its_way


def test_a_cheque_is_a_gift_like_any_other_by_the_day_it_arrived(session: Session) -> None:
    gift = cheque(session, address=BORIS)
    (row,) = exported(session)
    assert (row["channel"], row["received_on"]) == ("cheque", date(2026, 11, 20))
    assert row["payment_intent"] == f"offline:{gift.reference}"
    assert row["kept"] == Decimal("40.00")


def test_a_cheque_that_was_taken_back_leaves_nothing(session: Session) -> None:
    gift = cheque(session, address=BORIS)
    offline.take_back(session, gift.id, staff_id=gift.entered_by or 0, reason="slip", now=NOW)
    (row,) = exported(session)
    assert (row["refunded"], row["kept"]) == (Decimal("40.00"), Decimal("0.00"))


def test_names_are_there_only_where_they_are_asked_for(session: Session) -> None:
    giver.paid(session)
    assert not set(gifts.NAMES) & set(exported(session)[0])
    (row,) = exported(session, names=True)
    assert (row["donor_name"], row["donor_address"]) == ("Boris Example", BORIS)


def test_who_gave_by_cheque_without_a_mail_address_is_named_too(session: Session) -> None:
    cheque(session, name="Noor Example")
    (row,) = exported(session, names=True)
    assert (row["donor_name"], row["donor_address"], row["donor"]) == ("Noor Example", "", None)


def test_a_name_that_does_not_open_breaks_it_off_and_says_whose(session: Session) -> None:
    gift = giver.paid(session)
    donor = giver.donor(session)
    donor.name = keyring(session).seal("Eve", column=donors.NAME_COLUMN, row=b"another row")
    session.flush()
    with pytest.raises(ExportBroken, match=f"Who gave {gift.reference} does not open"):
        exported(session, names=True)


def test_more_gifts_than_are_held_at_a_time_are_all_there_with_their_receipts(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.limits.EXPORT_LINES", 2)
    for _ in range(5):
        receipts.issue(session, giver.paid(session), now=NOW)
    numbers = [row["receipts"] for row in exported(session, names=True)]
    assert numbers == [f"2026-0000{number}" for number in range(1, 6)]
