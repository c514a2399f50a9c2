"""What the giver of a plan is mailed, in the language they gave in; a donor who was erased gets nothing.

Each is queued in the transaction that makes it true, by a caller who knows that it is news.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from payments import amounts, donors
from payments.documents import figures, issuer
from payments.models.giving import Plan

_USEFUL: Final = timedelta(days=limits.PLAN_MAIL_DAYS)


def failed(
    session: Session, plan: Plan, *, next_on: datetime, mend_url: str, now: datetime
) -> None:
    """Say that a payment was refused and is tried again, with the page where it can be made by hand."""
    day = _day(session, plan, next_on)
    _queue(session, plan, "plan-payment-failed", now=now, day=day, mend_url=mend_url)


def last_try(session: Session, plan: Plan, *, mend_url: str, now: datetime) -> None:
    """Say that a payment was refused and is not tried again."""
    _queue(session, plan, "plan-last-try", now=now, mend_url=mend_url)


def action_needed(session: Session, plan: Plan, *, mend_url: str, now: datetime) -> None:
    """Say that the donor's bank has a question, with the page where it is answered (3-D Secure)."""
    _queue(session, plan, "plan-action-needed", now=now, mend_url=mend_url)


def renewal(session: Session, plan: Plan, *, due: datetime, now: datetime) -> None:
    """Give notice of a renewal on a day."""
    day = _day(session, plan, due)
    _queue(session, plan, "plan-renewal-notice", now=now, expires_at=due, day=day)


def changed(
    session: Session, plan: Plan, change: str, *, day: datetime | None, now: datetime
) -> None:
    """Say that the amount is another, or that the plan is paused or resumed, with the day where known."""
    _queue(
        session,
        plan,
        "plan-changed",
        now=now,
        change=change,
        interval=plan.interval.value,
        day=_day(session, plan, day) if day else "",
    )


def ended(session: Session, plan: Plan, *, failed: bool, now: datetime) -> None:
    """Say that the plan is over: because it could not be collected, or because somebody wanted that."""
    donate_url = issuer.of(session).donate_url
    _queue(session, plan, "plan-ended", now=now, failed=failed, donate_url=donate_url)


def _day(session: Session, plan: Plan, at: datetime) -> str:
    """Return the day as the organisation's calendar has it."""
    there = at.astimezone(ZoneInfo(issuer.of(session).zone))
    return figures.day(there.date(), plan.language)


def _queue(
    session: Session,
    plan: Plan,
    template: str,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    **context: object,
) -> None:
    if plan.donor.erased_at is not None:
        return
    said = {
        "amount": amounts.said(plan.amount, plan.currency, plan.language),
        "giving_url": issuer.of(session).giving_url,
    }
    outbox.queue(
        session,
        template=template,
        address=donors.address_of(session, plan.donor),
        language=plan.language,
        context=said | context,
        now=now,
        expires_at=expires_at or now + _USEFUL,
    )
