"""Giving: what a visitor wishes to give becomes a row, before anybody at Stripe is asked anything."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.sealed import keyring
from payments import donors, funds, giving_events
from payments.models.giving import Donation, Interval, Plan, Tribute

BEGUN: Final = "begun"
"""The first giving event of a gift."""

_NONCES: Final = 5_106_811_701
"""The seed of the hash that makes the number of a nonce's advisory lock."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor wishes to give: `amount` in minor units with the `costs` in it, the address normalised.

    `nonce` is the form's; `interval` is None for a gift once, `fund_slug` "" for wherever it is needed.
    """

    amount: int
    costs: int
    currency: str
    interval: Interval | None
    fund_slug: str
    address: str
    name: str
    language: str
    anonymous: bool
    tribute: Tribute | None
    tribute_name: str
    notice_address: str
    message: str
    joins_list: bool
    nonce: str
    #: The wording of Gift Aid as it was ticked, "" where it was not: then no home is kept.
    declaration: str = ""
    postal_address: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a donor said besides: in whose name, whom to notify of it, and a message to us.

    A plan keeps here that its donor joins the list, for the first donation that it becomes. `name` is
    whom the receipt names where a gift has no donor: a giver without a mail address has no row of their own.
    What a donor typed as their name waits here until the gift is paid (`payments.typed_names`); so does their
    home, where `declaration` is the wording that was ticked.
    """

    tribute_name: str = ""
    notice_address: str = ""
    message: str = ""
    joins_list: bool = False
    name: str = ""
    postal_address: str = ""
    declaration: str = ""


def begin(session: Session, wish: Wish, *, now: datetime) -> Donation | Plan:
    """Write down what is to be given; the same wish of the same form is the same row, a double click too.

    Raises payments.funds.UnknownFund.
    """
    _hold(session, wish.nonce)
    return known(session, wish) or _made(session, wish, now)


def known(session: Session, wish: Wish) -> Donation | Plan | None:
    """Return what this wish has become already, None where it is new."""
    nonce = _nonce(session, wish)
    if wish.interval:
        return session.scalar(select(Plan).where(Plan.nonce == nonce))
    return session.scalar(select(Donation).where(Donation.nonce == nonce))


def form_of(given: Donation | Plan) -> str:
    """Return the nonce of the form that a gift was begun with, "" where it came by none."""
    return (given.nonce or "").partition(":")[0]


def words_of(session: Session, given: Donation | Plan) -> Words:
    """Return what a donor said with a gift, empty where they said nothing or it was erased."""
    if not given.words:
        return Words()
    text = keyring(session).open(given.words, column=_column(given), row=given.reference.bytes)
    return Words(**json.loads(text))


def seal(session: Session, given: Donation | Plan, words: Words) -> bytes | None:
    """Return what is said with a gift as its row keeps it, bound to its reference; None for nothing."""
    if words == Words():
        return None
    text = json.dumps(asdict(words), ensure_ascii=False)
    return keyring(session).seal(text, column=_column(given), row=given.reference.bytes)


def _hold(session: Session, nonce: str) -> None:
    """Wait until nobody else acts on this form: two clicks come within milliseconds."""
    number = func.hashtextextended(nonce, _NONCES)
    session.execute(select(func.pg_advisory_xact_lock(number)))


def _made(session: Session, wish: Wish, now: datetime) -> Donation | Plan:
    donor = donors.find_or_make(
        session, wish.address, language=wish.language, name=wish.name, now=now
    )
    given: Donation | Plan
    if wish.interval:
        given = Plan(donor_id=donor.id, interval=wish.interval, created_at=now)
    else:
        given = Donation(donor_id=donor.id, joins_list=wish.joins_list, created_at=now)
    fund = funds.named(session, wish.fund_slug) if wish.fund_slug else None
    given.fund_id = fund.id if fund else None
    given.amount, given.costs, given.currency = wish.amount, wish.costs, wish.currency
    given.language, given.anonymous, given.tribute = wish.language, wish.anonymous, wish.tribute
    given.nonce = _nonce(session, wish)
    session.add(given)
    session.flush()  # what is said is bound to the reference, which the flush has made
    given.words = seal(session, given, _said(wish))
    giving_events.add(session, given, BEGUN, now=now)
    return given


def _said(wish: Wish) -> Words:
    return Words(
        tribute_name=wish.tribute_name,
        notice_address=wish.notice_address,
        message=wish.message,
        joins_list=wish.joins_list and wish.interval is not None,
        name=wish.name,
        postal_address=wish.postal_address if wish.declaration else "",
        declaration=wish.declaration,
    )


def _column(given: Donation | Plan) -> str:
    return "plan.words" if isinstance(given, Plan) else "donation.words"


def _nonce(session: Session, wish: Wish) -> str:
    """Return what a wish is known by: its form, and a keyed hash of all that was wished.

    Who goes back from Stripe's page and changes the amount posts the same form, and means another gift.
    """
    text = json.dumps(asdict(wish), sort_keys=True)
    return f"{wish.nonce}:{keyring(session).index('wish', text).hex()}"
