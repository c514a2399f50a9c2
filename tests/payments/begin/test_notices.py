"""Who should know of a gift in somebody's name is told once, in words of ours, when it is paid."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from mailer.models.deliveries import OutboxMail
from payments import giving, notices
from payments.models.giving import Donation, DonationState, GivingEvent, Interval, Plan, Tribute
from tests.cast import AMIRA
from tests.payments.begin.conftest import wish

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANNA = {"tribute": Tribute.MEMORY, "tribute_name": "Anna", "notice_address": AMIRA}


def paid(session: Session, nonce: str = "a form", **changes: object) -> Donation:
    """Give, or make the first payment of a plan."""
    given = giving.begin(session, wish(nonce=nonce, **changes), now=NOW)
    if isinstance(given, Plan):
        given = Donation(
            donor_id=given.donor_id, plan=given, amount=5000, currency="EUR", language="en"
        )
        session.add(given)
    given.state, given.paid_at = DonationState.PAID, NOW
    session.flush()
    return given


def mails(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMail.template)))


def test_the_mail_names_who_is_remembered_and_nothing_of_the_giver(session: Session) -> None:
    assert notices.tell(session, paid(session, **ANNA), now=NOW)
    sent = outbox.letter(session, session.scalars(select(OutboxMail.delivery_id)).one())
    assert (sent.template, sent.address) == ("tribute-notice", AMIRA)
    assert sent.context == {"honoured": "Anna", "memory": True}


def test_a_gift_without_a_notice_tells_nobody(session: Session) -> None:
    assert not notices.tell(session, paid(session), now=NOW)
    assert not notices.tell(session, paid(session, "b", **ANNA | {"notice_address": ""}), now=NOW)
    assert mails(session) == []


def test_a_gift_tells_once(session: Session) -> None:
    donation = paid(session, **ANNA)
    later = NOW + timedelta(days=limits.NOTICE_DAYS + 1)
    assert [notices.tell(session, donation, now=at) for at in (NOW, NOW, later)] == [
        True,
        False,
        False,
    ]


def test_an_address_is_told_once_in_a_month_whoever_gives(session: Session) -> None:
    first, second = paid(session, **ANNA), paid(session, "of another", **ANNA)
    later = NOW + timedelta(days=limits.NOTICE_DAYS + 1)
    assert notices.tell(session, first, now=NOW)
    assert not notices.tell(session, second, now=NOW)
    assert notices.tell(session, second, now=later)


def test_a_plan_tells_at_its_first_payment_alone(session: Session) -> None:
    first = paid(session, interval=Interval.MONTH.value, **ANNA)
    later = NOW + timedelta(days=limits.NOTICE_DAYS + 1)
    assert notices.tell(session, first, now=NOW)
    assert not notices.tell(session, first, now=later)


def test_what_is_written_down_does_not_name_the_address(session: Session) -> None:
    notices.tell(session, paid(session, **ANNA), now=NOW)
    written = session.scalars(select(GivingEvent).where(GivingEvent.what == notices.TOLD)).one()
    assert AMIRA not in written.detail
    assert len(written.detail) == 64
