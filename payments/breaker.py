"""The breaker: many refused cards at once are a thief's list being tried, and the form shuts before it.

Forms for gifts are what card testers like best, for any amount will do. Each try costs the organisation a
fee and its standing with card networks, so where the figures cannot be read, the form is shut too.
"""

import enum
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import limits
from payments.models.money import CardFailure, Payment

log = logging.getLogger(__name__)


class Level(enum.Enum):
    """How far the form trusts who comes."""

    OPEN = "open"
    #: A proof of work is asked for, and who brings none has a smaller share.
    WARY = "wary"
    SHUT = "shut"


def level(
    begin_transaction: Callable[[], AbstractContextManager[Session]], *, now: datetime
) -> Level:
    """Return how the form stands by the last ten minutes; SHUT where nobody can tell."""
    try:
        with begin_transaction() as session:
            refused, paid = _counted(session, now)
    except SQLAlchemyError:
        log.exception("the breaker cannot read what failed: the donation form is shut")
        return Level.SHUT
    return judged(refused, paid)


def judged(refused: int, paid: int) -> Level:
    """Return what so many refused cards mean beside so many payments."""
    if refused < limits.BREAKER_WARY:
        return Level.OPEN
    if refused < limits.BREAKER_SHUT or refused < limits.BREAKER_SHARE * (refused + paid):
        return Level.WARY
    return Level.SHUT


def _counted(session: Session, now: datetime) -> tuple[int, int]:
    """Count what was refused and paid lately; what lies ahead is of a clock that was put forward."""
    since = now - timedelta(seconds=limits.BREAKER_SECONDS)
    until = now + timedelta(seconds=limits.BREAKER_SECONDS)
    refused = select(func.count()).where(CardFailure.at.between(since, until))
    paid = select(func.count()).where(Payment.paid_at.between(since, until))
    return session.scalar(refused) or 0, session.scalar(paid) or 0
