"""Who opens the pages of the money: finance and administrators, with a form's token, and nobody else."""

import pytest
from flask import Flask

from tests.payments.applying import seen
from tests.payments.applying.till import Till
from tests.web.staff import members, money

GIFT = "/staff/donations/{gift}"
PLAN = "/staff/plans/{gift}"
PAGES = [
    ("GET", "/staff/donations/"),
    ("POST", "/staff/donations/find"),
    ("GET", GIFT),
    ("GET", f"{GIFT}/receipts/2026-00001"),
    ("GET", f"{GIFT}/refund"),
    ("POST", f"{GIFT}/refund"),
    ("GET", f"{GIFT}/erase-giver"),
    ("POST", f"{GIFT}/erase-giver"),
    ("GET", "/staff/plans/"),
    ("GET", PLAN),
    ("GET", f"{PLAN}/end"),
    ("POST", f"{PLAN}/end"),
    ("GET", "/staff/money/tasks/"),
    ("POST", "/staff/money/tasks/1/settle"),
    ("POST", "/staff/money/tasks/1/reopen"),
    ("GET", "/staff/money/books/"),
    ("POST", "/staff/money/books/replay"),
    ("GET", "/staff/funds/"),
    ("POST", "/staff/funds/"),
    ("POST", "/staff/funds/courts/move"),
    ("POST", "/staff/funds/courts/retire"),
    ("POST", "/staff/funds/courts/restore"),
]
OURS = {
    f"money_{name}" for name in ("gifts", "givers", "refunds", "plans", "tasks", "books", "funds")
}


@pytest.fixture
def gift(till_only: Till) -> str:
    """Give the reference of a gift of Boris's."""
    gift, intent_id = till_only.given()
    till_only.hear("payment_intent", intent_id)
    return money.path(gift).removeprefix(money.GIFTS)


def test_this_table_names_every_route_of_these_pages(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in OURS]
    assert sum(len((rule.methods or set()) & {"GET", "POST"}) for rule in rules) == len(PAGES)


def test_a_stranger_is_sent_to_the_sign_in(app: Flask, gift: str) -> None:
    client = members.browser(app)
    token = client.token("/staff/sign-in")
    for method, path in PAGES:
        answer = client.open(path.format(gift=gift), method=method, data={"csrf_token": token})
        assert answer.status_code == 303, path
        assert answer.location.startswith("/staff/sign-in?next=")


@pytest.mark.parametrize(
    ("role", "may"), [("finance", True), ("admin", True), ("author", False), ("approver", False)]
)
def test_finance_and_administrators_alone_open_them(
    app: Flask, gift: str, role: str, *, may: bool
) -> None:
    member = members.of(app, "bela", role)
    for method, path in PAGES:
        ask = member.get if method == "GET" else member.post
        assert (ask(path.format(gift=gift)).status_code != 403) == may, (method, path)


def test_a_form_without_its_token_does_nothing(app: Flask, gift: str) -> None:
    bo = members.of(app, "bo", "finance")
    bo.token = ""
    for path in (path for method, path in PAGES if method == "POST"):
        assert bo.post(path.format(gift=gift)).status_code == 400
    assert members.acts() == []
    assert seen.events() == ["paid"]
