"""People at a house that takes gifts, each in a window of a real browser: donors, and who operates Stripe."""

import json
import re
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage

from playwright.sync_api import Page
from sqlalchemy import exists, func, select

from config import limits
from db.session import transaction
from mailer.models.deliveries import Delivery, DeliveryState
from payments.models.events import EventState, StripeEvent
from payments.models.money import LedgerEntry, Payment
from tests import chromium, processes
from tests.journeys.conftest import House, Mailbox

SECRET = "whsec_of_a_year"
CARD = "4242424242424242"
ASKED_ONCE = "4000002500003155"
"""Its bank asks by 3-D Secure while its owner is there, and takes renewals without."""
PAYS_ONCE = "4000000000000341"
NUMBER = re.compile(r"[0-9]{4}-[0-9]{5}")
OUR_NAME = re.compile(" (from|to) Example Rights Foundation")


def told() -> dict[str, str]:
    """Return what a house is told so that it takes gifts, through a Stripe on a port that is free."""
    return {
        "STRIPE_API_KEY": "sk_test_0123456789abcdef",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": f"http://{chromium.HOST}:{processes.free_port()}",
    }


def start_stripe(house: House, base: str) -> None:
    """Start the sandbox's Stripe as `make run` does, its clock at now; it ends with the house."""
    port = int(base.rpartition(":")[2])
    hook = ("--webhook", f"{house.url}/hooks/stripe", "--secret", SECRET)
    house.start("sandbox.stripe", "--port", str(port), *hook)
    processes.wait_until(lambda: processes.answers(port, "/"))


@dataclass
class Donor:
    """Somebody who gives; `window` shows the page that they are at."""

    window: Page
    site: str
    address: str

    def give(
        self, amount: str, *, currency: str = "EUR", every: str = "", card: str = CARD
    ) -> None:
        """Fill in the form, press on, and pay on Stripe's page; that leads back to us."""
        self.fill_in(amount, currency=currency, every=every)
        self.pay(card)
        if card == ASKED_ONCE:
            chromium.press(self.window.get_by_role("button", name="Yes, I pay this"))
        self.window.wait_for_url(f"{self.site}/donate/thanks?*")

    def fill_in(self, amount: str, *, currency: str = "EUR", every: str = "") -> None:
        """Fill in the form as it comes, in whatever language, and go on to Stripe's page."""
        self.window.goto(f"{self.site}/donate?currency={currency}")
        shown = time.monotonic()
        self.window.check(f"#interval-{every or 'none'}")
        self.window.check("#amount-other")
        self.window.fill("#other", amount)
        self.window.fill("#address", self.address)
        # Who is quicker is asked for a moment's patience, for only programs are.
        processes.wait_until(lambda: time.monotonic() - shown > limits.GIVE_SECONDS)
        chromium.press(self.window.locator("main form button[type=submit]"))

    def pay(self, card: str) -> None:
        """Press a test number on a page of Stripe."""
        chromium.press(self.window.locator(f"button[name=card][value='{card}']"))

    @property
    def reads(self) -> str:
        """What the page says that they are at."""
        return self.window.inner_text("main")


@dataclass
class Operator:
    """Who sits at Stripe's panel, and has things happen there by pressing its buttons."""

    window: Page
    base: str

    def forward(self, *steps: str) -> None:
        """Set Stripe's clock forward by an hour, a day, a month or a year; each is one press.

        What was to be told by then is told first: Stripe forgets its events in thirty days.
        """
        for step in steps:
            self.settle()
            self._press(f"One {step} on")
        self.settle()

    def act(self, section: str, about: str, label: str, **fields: str) -> None:
        """Press a button of the newest thing in a section that has these words in it."""
        self.window.goto(self.base)
        thing = self.window.locator(f"#{section} article").filter(has_text=about).first
        for name, value in fields.items():
            thing.locator(f"[name={name}]").fill(value)
        chromium.press(thing.get_by_role("button", name=label, exact=True))
        self.settle()

    def settle(self) -> None:
        """Send what is due, and wait until our books have it."""
        self._press("Send what is due")
        processes.wait_until(lambda: self._has_told() and is_applied())

    def _press(self, label: str) -> None:
        self.window.goto(self.base)
        chromium.press(self.window.get_by_role("button", name=label, exact=True))

    def _has_told(self) -> bool:
        with urllib.request.urlopen(f"{self.base}/_sandbox/deliveries", timeout=30) as answer:  # noqa: S310 - loopback
            return all(each["state"] == "delivered" for each in json.load(answer)["data"])


def is_applied() -> bool:
    """Tell whether each event is applied, each payment has its line of Stripe's books, each mail is sent."""
    line = exists().where(LedgerEntry.source_id == Payment.charge_id)
    waiting = (
        select(StripeEvent.id).where(StripeEvent.state.in_([EventState.NEW, EventState.DEAD])),
        select(Payment.id).where(~line),
        select(Delivery.id).where(Delivery.state != DeliveryState.ACCEPTED),
    )
    with transaction() as session:
        return not any(session.scalar(each.limit(1)) for each in waiting)


@dataclass
class Letterbox:
    """What one person was mailed; a subject is told without our name in it."""

    mailbox: Mailbox
    address: str

    def newest(self, subject: str) -> EmailMessage:
        """Wait for a mail whose subject begins so, and return the newest."""
        processes.wait_until(lambda: self._found(subject))
        return self.mailbox.mail(self._found(subject)[0][0])

    def kinds(self) -> Counter[str]:
        """Count the mails by their subject, whatever number it names."""
        return Counter(NUMBER.sub("N", subject) for _, subject in self._found(""))

    def numbers(self, subject: str) -> list[int]:
        """Return the numbers that the subjects that begin so name, in their order."""
        found = (NUMBER.search(each) for _, each in self._found(subject))
        return sorted(int(number[0].partition("-")[2]) for number in found if number)

    def _found(self, begins: str) -> list[tuple[str, str]]:
        """Return the ids and subjects of the mails whose subject begins so, the newest first."""
        mails = self.mailbox.messages(to=self.address)
        told = [(each["id"], OUR_NAME.sub("", each["subject"])) for each in mails]
        return [each for each in told if each[1].startswith(begins)]


def attached(mail: EmailMessage) -> bytes:
    """Return the one PDF that a mail carries."""
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "application/pdf"
    content = part.get_content()
    assert isinstance(content, bytes)
    return content


def ledger(currency: str) -> dict[str, int]:
    """Return what our books have in a currency by kind, in minor units, before fees; payouts are left out."""
    with transaction() as session:
        rows = session.execute(
            select(LedgerEntry.reporting_category, func.sum(LedgerEntry.amount))
            .where(LedgerEntry.currency == currency, LedgerEntry.reporting_category != "payout")
            .group_by(LedgerEntry.reporting_category)
        )
        return {category: int(total) for category, total in rows}
