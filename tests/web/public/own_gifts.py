"""Boris before his own page: what he gave, as Stripe told of it, and the link that opens it."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from werkzeug.test import TestResponse

from db.session import transaction
from payments import donors, events
from payments.models.donors import Donor
from payments.models.events import Source
from payments.models.giving import Plan
from payments.models.receipts import Receipt
from sandbox.stripe.things import Thing
from tests.cast import BORIS
from tests.web.public import giving
from tests.web.public.giving import Visit
from wiring.core import core


def link(address: str = BORIS, *, minutes_ago: int = 0) -> str:
    """Return the path of the link that a donor was mailed so long ago."""
    with transaction() as session:
        donor = donors.find(session, address)
        assert donor is not None
        then = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        return urlsplit(core().links.giving(donor.id, donor.token_version, now=then)).path


def donor(address: str = BORIS) -> Donor:
    """Return the donor of an address as they are now."""
    with transaction() as session:
        found = donors.find(session, address)
        assert found is not None
        return found


def given(visit: Visit, number: str = "4242424242424242", **fields: str) -> None:
    """Give with a card, and hear of it."""
    assert visit.give(visit.form(name=f"form {len(giving.gifts())}"), **fields).status_code == 303
    giving.pay(visit, number)
    visit.stripe.advance(2)
    hear(visit)


def hear(visit: Visit) -> None:
    """Do what the workers do with everything that Stripe tells of."""
    now, stripe = datetime.now(UTC), giving.gateway(visit)
    told = list(stripe.events(since=now - timedelta(days=1)))
    with transaction() as session:
        for event in told:
            events.store(session, event, source=Source.SWEEP, body=None, now=now)
        due = events.due(session, 1_000, now=now)
    for id_ in due:
        events.process(transaction, stripe, id_, now=now)


def plan() -> Plan:
    """Return the newest plan."""
    with transaction() as session:
        return session.scalars(select(Plan).order_by(Plan.id.desc())).first() or Plan()


def act(visit: Visit, what: str, **fields: str) -> TestResponse:
    """Press one of the buttons of the newest plan on Boris's page."""
    return visit.client.post(f"{link()}/plans/{plan().reference}/{what}", data=fields)


def at_stripe(visit: Visit) -> Thing:
    """Return the newest plan's subscription as Stripe has it."""
    with visit.stripe.world.lock:
        found: Thing = visit.stripe.world.get("subscription", str(plan().subscription_id))
        return found


def numbers() -> list[str]:
    """Return the number of every receipt that was given, the oldest first."""
    with transaction() as session:
        rows = session.scalars(select(Receipt).order_by(Receipt.id))
        return [f"{row.year}-{row.number:05}" for row in rows]


def read(page: str) -> str:
    """Return what is read on a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
