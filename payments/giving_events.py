"""Giving events: what happened to a donation or a plan, in rows that are only added, and name ids alone."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from payments.models.giving import Donation, GivingEvent, Plan


def add(
    session: Session,
    given: Donation | Plan,
    what: str,
    detail: str = "",
    *,
    now: datetime,
    staff_id: int | None = None,
) -> GivingEvent:
    """Write down that something happened; `detail` is an id of Stripe's or a state, never a name."""
    event = GivingEvent(
        donation_id=given.id if isinstance(given, Donation) else None,
        plan_id=given.id if isinstance(given, Plan) else None,
        at=now,
        what=what,
        detail=detail,
        staff_id=staff_id,
    )
    session.add(event)
    session.flush()
    return event


def happened(session: Session, given: Donation | Plan, what: str, detail: str) -> bool:
    """Tell whether this was written of the donation or the plan."""
    of = GivingEvent.plan_id if isinstance(given, Plan) else GivingEvent.donation_id
    written = exists().where(
        of == given.id,
        GivingEvent.what == what,
        GivingEvent.detail == detail,
    )
    return bool(session.scalar(select(written)))


def once(
    session: Session, given: Donation | Plan, what: str, detail: str, *, now: datetime
) -> bool:
    """Write down what happens to a donation or a plan once; False where it was written before.

    Only under its row's lock: nothing else keeps two from writing the same.
    """
    if happened(session, given, what, detail):
        return False
    add(session, given, what, detail, now=now)
    return True
