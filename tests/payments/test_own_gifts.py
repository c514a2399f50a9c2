"""What a donor's own page lists: each gift in its donor's words, and the plans that have begun."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from db.session import transaction
from payments import mirroring, own_gifts, receipts
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation, DonationState, Interval, Plan, PlanState
from payments.models.money import Payment
from payments.own_gifts import Fate, OwnGift
from tests.cast import AMIRA, hire
from tests.payments.receipts import giver

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def only(session: Session, donor: Donor) -> OwnGift:
    """Return the one gift that is listed."""
    [gift] = own_gifts.of(session, donor).gifts
    return gift


def plan(session: Session, donor: Donor, state: PlanState, **more: object) -> Plan:
    """Add a plan of ten euros that Stripe knows of."""
    said = {"subscription_id": f"sub_{uuid4()}", "language": "en", "currency": "EUR"} | more
    row = Plan(donor_id=donor.id, state=state, interval=Interval.MONTH, amount=1_000, **said)
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize(
    ("back", "dispute", "fate", "kept"),
    [
        (0, None, Fate.RECEIVED, 5_000),
        (5_000, None, Fate.REFUNDED, 0),
        (2_000, None, Fate.PARTLY_REFUNDED, 3_000),
        (0, "warning_needs_response", Fate.RECEIVED, 5_000),
        (0, "under_review", Fate.DISPUTED, 5_000),
        (0, "won", Fate.RECEIVED, 5_000),
        (0, "lost", Fate.TAKEN_BACK, 0),
    ],
)
def test_a_paid_gift_stands_as_its_rows_say(
    back: int, dispute: str | None, fate: Fate, kept: int
) -> None:
    with transaction() as session:
        gift = giver.paid(session)
        if back:
            giver.refund(session, gift, back)
        if dispute:
            giver.dispute(session, gift, dispute)
        listed = only(session, giver.donor(session))
    assert (listed.fate, listed.kept) == (fate, kept)


def test_a_gift_that_was_paid_twice_and_given_back_once_is_received() -> None:
    with transaction() as session:
        gift = giver.paid(session)
        twice = Payment(payment_intent_id="pi_twice", donation_id=gift.id, duplicate=True)
        twice.amount, twice.currency, twice.paid_at = gift.amount, gift.currency, NOON
        session.add(twice)
        giver.refund(session, gift, gift.amount)
        assert only(session, giver.donor(session)).fate is Fate.RECEIVED


def test_an_offline_gift_that_was_taken_back_was_entered_by_mistake() -> None:
    with transaction() as session:
        gift = giver.paid(session)
        gift.channel, gift.received_on = Channel.TRANSFER, NOON.date()
        gift.entered_by = hire("frank", "finance").id
        giver.refund(session, gift, gift.amount)
        assert only(session, giver.donor(session)).fate is Fate.VOID


@pytest.mark.parametrize(
    ("state", "fate"),
    [
        (DonationState.CREATED, Fate.NOT_COMPLETED),
        (DonationState.OPEN, Fate.NOT_COMPLETED),
        (DonationState.EXPIRED, Fate.NOT_COMPLETED),
        (DonationState.FAILED, Fate.NOT_COMPLETED),
        (DonationState.PROCESSING, Fate.ON_ITS_WAY),
    ],
)
def test_a_gift_that_is_not_paid_is_on_its_way_or_not_completed(
    state: DonationState, fate: Fate
) -> None:
    with transaction() as session:
        donor = giver.donor(session)
        session.add(Donation(donor=donor, amount=500, currency="EUR", language="en", state=state))
        listed = own_gifts.of(session, donor)
    assert ([each.fate for each in listed.gifts], listed.years) == ([fate], ())


def test_gifts_are_listed_by_their_day_with_the_receipt_that_holds_first() -> None:
    with transaction() as session:
        donor = giver.donor(session)
        late = giver.paid(session, by=donor, at=datetime(2026, 5, 1, tzinfo=UTC))
        early = giver.paid(session, by=donor, at=datetime(2024, 2, 1, tzinfo=UTC))
        for gift in (late, early):
            receipts.issue(session, gift, now=NOON)
        giver.refund(session, late, 100)
        receipts.correct(session, late, cause="re", now=NOON)
        listed = own_gifts.of(session, donor)
    assert [each.day for each in listed.gifts] == [date(2026, 5, 1), date(2024, 2, 1)]
    assert listed.gifts[0].receipts == ("2026-00003", "2026-00001")
    assert listed.years == (2026, 2024)


def test_an_offline_gift_has_the_day_it_arrived() -> None:
    with transaction() as session:
        gift = giver.paid(session, at=NOON)
        gift.channel, gift.received_on = Channel.CHEQUE, date(2025, 12, 31)
        gift.entered_by = hire("frank", "finance").id
        session.flush()
        assert only(session, giver.donor(session)).day == date(2025, 12, 31)
        assert own_gifts.years(session, giver.donor(session)) == (2025,)


def test_plans_that_run_stand_before_those_that_ended() -> None:
    with transaction() as session:
        donor = giver.donor(session)
        runs = plan(session, donor, PlanState.ACTIVE, next_payment_at=NOON)
        plan(session, donor, PlanState.ENDED, ends_at=NOON)
        plan(session, donor, PlanState.PENDING, subscription_id=None)
        first, second = own_gifts.of(session, donor).plans
    assert (first.reference, first.next_on, first.is_running) == (
        str(runs.reference),
        NOON.date(),
        True,
    )
    assert (second.state, second.ends_on, second.is_running) == (
        PlanState.ENDED,
        NOON.date(),
        False,
    )


def test_a_pause_without_an_end_has_no_day_in_any_time_zone() -> None:
    with transaction() as session:
        donor = giver.donor(session)
        plan(session, donor, PlanState.PAUSED, paused_until=mirroring.FOR_EVER)
        [listed] = own_gifts.of(session, donor).plans
    assert (listed.is_paused, listed.paused_until) == (True, None)


def test_what_is_another_donors_is_not_found() -> None:
    with transaction() as session:
        boris, amira = giver.donor(session), giver.donor(session, AMIRA)
        theirs = plan(session, boris, PlanState.ACTIVE)
        receipts.issue(session, giver.paid(session, by=boris), now=NOON)
        assert own_gifts.plan(session, boris, str(theirs.reference)) is theirs
        assert own_gifts.plan(session, amira, str(theirs.reference)) is None
        assert own_gifts.receipt(session, boris, "2026-00001") is not None
        assert own_gifts.receipt(session, amira, "2026-00001") is None
        assert own_gifts.of(session, amira).gifts == ()
