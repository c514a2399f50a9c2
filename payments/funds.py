"""Funds: what a gift may be for. A retired one is offered to nobody; what was given for it stays so."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import limits
from payments.models.giving import Fund

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LOCK: Final = text("LOCK TABLE fund IN SHARE ROW EXCLUSIVE MODE")


class UnknownFund(LookupError):
    """There is no such fund on offer."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no fund called {slug}; 'flask donations fund list' shows them.")


class BadFund(ValueError):
    """A fund cannot be as it was given; the message says what to mend."""


def every(session: Session) -> Sequence[Fund]:
    """Return all funds in the order they are shown, the retired ones too."""
    return session.scalars(select(Fund).order_by(Fund.position, Fund.id)).all()


def offered(session: Session) -> Sequence[Fund]:
    """Return the funds that a donor may choose, in the order they are shown."""
    return [fund for fund in every(session) if fund.retired_at is None]


def named(session: Session, slug: str) -> Fund:
    """Return the fund with this slug, retired or not; raise UnknownFund."""
    fund = session.scalar(select(Fund).where(Fund.slug == slug))
    if fund is None:
        raise UnknownFund(slug)
    return fund


def add(session: Session, *, slug: str, name: str, description: str = "") -> Fund:
    """Add a fund behind the others; raise BadFund."""
    if not _SLUG.fullmatch(slug) or len(slug) > limits.SLUG_LENGTH:
        raise BadFund(
            f"A slug is lower-case letters, digits and hyphens, at most {limits.SLUG_LENGTH} of them."
        )
    session.execute(_LOCK)  # two at once would take one slug, or one place
    known = every(session)
    if any(fund.slug == slug for fund in known):
        raise BadFund(f"There is a fund called {slug} already; choose another slug.")
    behind = max((fund.position for fund in known), default=-1) + 1
    fund = Fund(slug=slug, position=behind, **_said(name, description))
    session.add(fund)
    session.flush()  # its number is wanted by whoever asked
    return fund


def retire(fund: Fund, *, now: datetime) -> None:
    """Offer a fund to nobody any more; retired already, it stays as it is."""
    fund.retired_at = fund.retired_at or now


def restore(fund: Fund) -> None:
    """Offer a retired fund again."""
    fund.retired_at = None


def move(session: Session, fund: Fund, *, up: bool) -> None:
    """Show a fund one place earlier, or later; at the end of the list it stays."""
    rest = list(every(session))
    place = rest.index(fund)
    rest.insert(max(0, place - 1) if up else place + 1, rest.pop(place))
    for position, each in enumerate(rest):
        each.position = position


def _said(name: str, description: str) -> dict[str, str]:
    """Return a fund's name and its one sentence, one line each; raise BadFund."""
    if not name.strip() or len(name) > limits.FUND_NAME_LENGTH:
        raise BadFund(f"A fund needs a name of at most {limits.FUND_NAME_LENGTH} characters.")
    if len(description) > limits.FUND_DESCRIPTION_LENGTH:
        raise BadFund(
            f"A description has at most {limits.FUND_DESCRIPTION_LENGTH} characters: one sentence."
        )
    return {"name": " ".join(name.split()), "description": " ".join(description.split())}
