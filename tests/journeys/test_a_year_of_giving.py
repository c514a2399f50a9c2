"""A year of giving in a real browser: from the first form to the statement, and books that equal Stripe's.

Stripe's clock goes forward at its panel, month by month, ours stays: what it tells us is of days to come.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from db.session import transaction
from payments.models.events import MoneyTask, TaskKind
from payments.models.giving import Plan, PlanState
from payments.models.money import LedgerEntry
from tests import builders, chromium
from tests.cast import AMIRA, BORIS
from tests.journeys import giving
from tests.journeys.conftest import House
from tests.journeys.giving import Donor, Letterbox, Operator
from tests.journeys.test_release_day import first_link
from tests.payments.documents import drawn

pytestmark = pytest.mark.journey

OWN_PAGE = "Your gifts"
RENEWALS = 11
"""With the first payment, a plan's gifts of a year."""
ARRIVED = "Thank you: your gift has arrived"
REFUSED, ENDED = "Your gift could not be collected", "Your regular gift has ended"


@pytest.fixture
def told() -> dict[str, str]:
    """Switch donations on."""
    return giving.told()


@pytest.fixture
def stripe(house: House, told: dict[str, str]) -> str:
    """Run a Stripe beside the house, and give where it is."""
    giving.start_stripe(house, told["STRIPE_API_BASE"])
    return told["STRIPE_API_BASE"]


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Run a real browser."""
    with chromium.running() as browser:
        yield browser


def test_a_year_of_gifts_is_receipted_stated_and_equals_the_books_of_stripe(
    house: House, stripe: str, browser: Browser, tmp_path: Path
) -> None:
    with ExitStack() as windows:
        boris, amira, panel = (windows.enter_context(chromium.window(browser)) for _ in range(3))
        donor, operator = Donor(boris, house.url, BORIS), Operator(panel, stripe)
        gives_once(house, donor)
        gives_monthly_by_a_card_that_pays_once(Donor(amira, house.url, AMIRA))
        gets_half_of_a_gift_back(house, operator)
        gives_each_month_for_a_year(house, donor, operator)
        loses_a_gift_to_a_dispute(house, operator)
        mends_what_an_expired_card_refused(house, donor, operator)
        ends_the_plan_by_one_press(house, donor, operator)
    assert stated(house, tmp_path) == (37_500, 5_000)
    assert giving.ledger("EUR") == {"charge": 37_500, "refund": -2_500, "dispute": -2_500}
    assert giving.ledger("USD") == {"charge": 1_000}
    assert_our_books_equal_stripes(house)
    assert_nobody_was_mailed_more_than_was_said(house)


def test_every_page_of_a_gift_works_in_arabic_without_script_on_a_narrow_dark_screen(
    house: House, stripe: str, browser: Browser
) -> None:
    assert stripe
    builders.topic()
    size = {"width": 360, "height": 740}
    with chromium.window(browser, locale="ar", color_scheme="dark", viewport=size) as window:
        donor = Donor(window, house.url, BORIS)
        donor.window.goto(f"{house.url}/donate")
        assert_arabic_narrow_and_dark(window)
        donor.give("50")
        assert_arabic_narrow_and_dark(window)
        window.goto(f"{house.url}/subscribe")
        assert_arabic_narrow_and_dark(window)
        window.fill("#address", AMIRA)
        window.check("#topic-releases")
        chromium.press(window.locator("main form button[type=submit]"))
        assert_arabic_narrow_and_dark(window)
    assert "/confirm/" in str(house.mailbox.newest_to(AMIRA).get_body(("plain",)))


def assert_arabic_narrow_and_dark(window: Page) -> None:
    """Hold a page against its reader: right to left, nothing beyond the edge, light letters on dark."""
    root = window.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl")
    assert root.evaluate("page => page.scrollWidth") <= 360
    paper, ink = (
        sum(map(int, re.findall(r"[0-9]+", window.locator("body").evaluate(style))[:3]))
        for style in (
            "body => getComputedStyle(body).backgroundColor",
            "body => getComputedStyle(body).color",
        )
    )
    assert paper < 200
    assert ink > 500


def gives_once(house: House, donor: Donor) -> None:
    """Give fifty euros, be thanked, and have the receipt."""
    donor.give("50")
    assert ARRIVED in donor.reads
    receipt = Letterbox(house.mailbox, BORIS).newest("Receipt")
    assert "€50.00" in drawn.text(giving.attached(receipt))


def gives_monthly_by_a_card_that_pays_once(donor: Donor) -> None:
    """Begin a plan of ten dollars whose first renewal will fail, and every try after it."""
    donor.give("10", currency="USD", every="month", card=giving.PAYS_ONCE)
    assert ARRIVED in donor.reads


def gets_half_of_a_gift_back(house: House, operator: Operator) -> None:
    """Refund twenty-five of the fifty euros at Stripe; a corrected receipt says what is left."""
    operator.settle()
    operator.act("payments", "50.00 EUR", "Refund", amount="25.00")
    corrected = Letterbox(house.mailbox, BORIS).newest("Corrected receipt")
    assert "€25.00" in drawn.text(giving.attached(corrected))


def gives_each_month_for_a_year(house: House, donor: Donor, operator: Operator) -> None:
    """Begin a plan by 3-D Secure; each month pays and is receipted. The other plan fails, and ends."""
    donor.give("25", every="month", card=giving.ASKED_ONCE)
    assert ARRIVED in donor.reads
    other = Letterbox(house.mailbox, AMIRA)
    for subject in (REFUSED, ENDED):
        assert not other.kinds()[subject]
        operator.forward("month", "hour")
        other.newest(subject)
    for _ in range(RENEWALS - 2):
        operator.forward("month", "hour")
    numbers = Letterbox(house.mailbox, BORIS).numbers("Receipt")[1:]
    assert numbers == list(range(numbers[0], numbers[0] + 1 + RENEWALS))


def loses_a_gift_to_a_dispute(house: House, operator: Operator) -> None:
    """Have a bank take the newest gift: staff are asked, and once it is lost, its receipt is corrected."""
    operator.act("payments", "25.00 EUR", "Dispute")
    assert disputes() == [None]
    operator.act("disputes", "25.00 EUR", "We lose")
    assert disputes() == ["lost"]
    corrected = Letterbox(house.mailbox, BORIS).newest("Corrected receipt")
    assert "€0.00" in drawn.text(giving.attached(corrected))


def mends_what_an_expired_card_refused(house: House, donor: Donor, operator: Operator) -> None:
    """Let the plan's card expire: of the tries the first is told of, with a link to where one can pay."""
    operator.act("plans", "25.00 EUR every month", "Its card expires")
    operator.forward("month", "hour", "day", "day")
    refused = Letterbox(house.mailbox, BORIS).newest(REFUSED)
    assert state_of_the_plan() is PlanState.PAST_DUE
    donor.window.goto(first_link(refused, "/i/"))
    donor.pay(giving.CARD)
    operator.settle()
    assert state_of_the_plan() is PlanState.ACTIVE


def ends_the_plan_by_one_press(house: House, donor: Donor, operator: Operator) -> None:
    """Ask for the link to the own page; see the gifts there, fetch the statement, and end the plan."""
    donor.window.goto(f"{house.url}/giving")
    donor.window.fill("#address", BORIS)
    chromium.press(donor.window.get_by_role("button", name="Mail me a link"))
    link = Letterbox(house.mailbox, BORIS).newest(OWN_PAGE)
    donor.window.goto(first_link(link, "/giving/"))
    assert donor.window.locator("tbody tr").count() == 2 + RENEWALS + 1
    with donor.window.expect_download() as statement:
        donor.window.get_by_role("link", name="Statement of").first.click()
    assert "€" in drawn.text(statement.value.path().read_bytes())
    chromium.press(donor.window.get_by_role("button", name="End it now"))
    operator.settle()
    assert state_of_the_plan() is PlanState.ENDED


def disputes() -> list[str | None]:
    """Return how staff's tasks about disputes have ended, None where they are open."""
    with transaction() as session:
        about = select(MoneyTask.outcome).where(MoneyTask.kind == TaskKind.DISPUTE)
        return list(session.scalars(about))


def state_of_the_plan() -> PlanState:
    """Return how the plan in euros stands."""
    with transaction() as session:
        return session.scalars(select(Plan.state).where(Plan.currency == "EUR")).one()


def stated(house: House, folder: Path) -> tuple[int, int]:
    """Return what Boris's statements say that he gave and that went back, this year and the next."""
    given = back = 0
    for year in (datetime.now(UTC).year, datetime.now(UTC).year + 1):
        pdf = folder / f"{year}.pdf"
        words = ("flask", "donations", "statement", BORIS, str(year), "--pdf", str(pdf))
        assert house.start(*words).code() == 0
        *_, total = re.findall(r"€([0-9.]+) €([0-9.]+) €[0-9.]+", drawn.text(pdf.read_bytes()))
        given, back = given + cents(total[0]), back + cents(total[1])
    return given, back


def cents(euros: str) -> int:
    return int(euros.replace(".", ""))


def assert_our_books_equal_stripes(house: House) -> None:
    """Reconcile by the command: no difference, nothing waits, and what is held is the sum of our lines."""
    reconciling = house.start("flask", "donations", "reconcile", "--json")
    assert reconciling.code() == 0, reconciling.words
    report = json.loads(reconciling.words)
    assert {each["currency"]: each["stripe"] for each in report["currencies"]} == net()
    assert not any(each["difference"] for each in report["currencies"] + report["payouts"])
    assert not any(each["count"] for each in report["findings"].values())
    assert (report["events"]["new"], report["events"]["dead"]) == (0, 0)


def net() -> dict[str, int]:
    """Return what all lines of our books come to by currency, after fees and payouts."""
    with transaction() as session:
        total = func.sum(LedgerEntry.net)
        rows = session.execute(select(LedgerEntry.currency, total).group_by(LedgerEntry.currency))
        return {currency: int(found) for currency, found in rows}


def assert_nobody_was_mailed_more_than_was_said(house: House) -> None:
    """Count every mail of the year."""
    boris, amira = (Letterbox(house.mailbox, each).kinds() for each in (BORIS, AMIRA))
    told_once = ("Example Rights Foundation has given money back to you", REFUSED, ENDED, OWN_PAGE)
    receipts = {"Receipt N": 2 + RENEWALS + 1, "Corrected receipt N": 2}
    assert boris == receipts | dict.fromkeys(told_once, 1)
    assert amira == {"Receipt N": 1, REFUSED: 1, ENDED: 1}
