"""Bo, who looks after the money, at a console beside a sandbox's Stripe, and Boris, who gives."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from db.session import transaction
from payments.models.giving import Donation
from payments.models.money import Payment, Refund
from staff.models import AuditEntry
from tests.payments.applying import seen
from tests.payments.applying.till import CARD, Gift, Till
from tests.web.staff.members import Member

GIFTS: Final = "/staff/donations/"


@dataclass
class Counter:
    """A console that takes gifts, its keeper, and the till where they are given."""

    app: Flask
    till: Till
    bo: Member

    def gift(self, amount: int = 2500, number: str = CARD) -> Gift:
        """Have Boris give, and hear of it."""
        gift, intent_id = self.till.given(amount, number)
        self.till.hear("payment_intent", intent_id)
        return gift

    def fill_in(self, gift: Gift, amount: str, **more: Any) -> TestResponse:
        """Send the form of a refund of a gift's first payment: nothing is given back yet."""
        fields = {"payment": payments(gift)[0].id, "amount": amount, "reason": "They asked for it."}
        return self.bo.post(f"{path(gift)}/refund", **(fields | more))

    def press(self, gift: Gift, asked: TestResponse) -> TestResponse:
        """Press the button of the page that asks once more."""
        assert asked.status_code == 200, asked.text
        return self.bo.post(f"{path(gift)}/refund", **hidden(asked.text), confirmed="yes")

    def give_back(self, gift: Gift, amount: str) -> TestResponse:
        """Do both."""
        return self.press(gift, self.fill_in(gift, amount))


def path(gift: Gift) -> str:
    """Return the address of a gift's page."""
    with transaction() as session:
        return f"{GIFTS}{session.get_one(Donation, gift.given_id).reference}"


def payments(gift: Gift) -> list[Payment]:
    """Return the payments of a gift, the oldest first."""
    return [each for each in seen.every(Payment) if each.donation_id == gift.given_id]


def refunds() -> list[tuple[int, str]]:
    """Return every refund with how it stands."""
    return [(each.amount, each.status) for each in seen.every(Refund)]


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the page that asks once more, but for its token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def audited() -> list[tuple[str, str, str]]:
    """Return what the audit chain says was done and to what, sign-ins aside."""
    with transaction() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.position))
        told = [(each.act, each.subject, each.detail) for each in rows]
    return [row for row in told if not row[0].startswith("session.")]
