"""A visitor looks around: with a screen reader, without scripts, without cookies, without being told on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import builders
from tests.cast import AMIRA
from tests.web.public import own_links, test_giving_links, visits
from tests.web.public.outline import Outline
from wiring.core import core

BODY = "Words.\n\n# A part\n\n## A part of it\n\n> Said she.\n\n| a | b |\n|--|--|\n| 1 | 2 |"
RICH = builders.parts("A release", body=BODY)
ARABIC = builders.parts("خبر من المحكمة", language="ar", body="أفرجت المحكمة اليوم عن صحفية.")


def expired() -> str:
    """Return the path of a confirmation link that is too old."""
    token = core().tokens.confirm("x", now=datetime.now(UTC) - timedelta(days=9))
    return f"/confirm/{token}"


def asked(client: FlaskClient) -> str:
    """Ask in Amira's name and return the path of the link she is mailed."""
    visits.ask(client, "somebody@example.org")
    return visits.confirm_path()


PAGES: dict[str, Callable[[FlaskClient], TestResponse]] = {
    "front page": lambda c: c.get("/"),
    "list": lambda c: c.get("/releases/"),
    "release": lambda c: c.get("/releases/a-release"),
    "release in Arabic": lambda c: c.get("/releases/a-release?lang=ar"),
    "no such release": lambda c: c.get("/releases/nothing"),
    "privacy": lambda c: c.get("/privacy"),
    "form": lambda c: c.get("/subscribe"),
    "form with faults": lambda c: visits.ask(c, "amira", topic=("weather",), nonce=""),
    "form with too much": lambda c: visits.ask(c, "a" * 100_000),
    "answer of the form": visits.ask,
    "confirmation": lambda c: c.get(asked(c)),
    "confirmed": lambda c: c.post(asked(c)),
    "expired": lambda c: c.get(expired()),
    "damaged": lambda c: c.get("/confirm/x"),
    "unsubscription": lambda c: c.get(visits.unsubscribe_path(1)),
    "unsubscribed": lambda c: c.post(visits.unsubscribe_path(1)),
    "damaged unsubscription": lambda c: c.get("/unsubscribe/x"),
    "sample": lambda c: c.get(visits.unsubscribe_path(0, 0)),
    "way back": lambda c: c.post(f"{visits.unsubscribe_path(1)}/return"),
    "manage": lambda c: c.get(own_links.manage(1)),
    "manage, link sent": lambda c: c.post(f"{own_links.manage(1)}/link"),
    "manage, paused": lambda c: c.post(f"{own_links.manage(1)}/pause", data={"days": "7"}),
    "manage, not paused": lambda c: c.post(f"{own_links.manage(1)}/pause", data={"days": "0"}),
    "manage, sample": lambda c: c.get(own_links.manage(0, 0)),
    "manage, damaged": lambda c: c.get("/manage/x"),
    "manage, expired": lambda c: c.get(own_links.fresh(1, minutes_ago=61)),
    "manage, ended": lambda c: c.get(own_links.fresh(1, 2)),
    "erasure": lambda c: c.get(f"{own_links.fresh(1)}/erasure"),
    "erasure without the tick": lambda c: c.post(f"{own_links.fresh(1)}/erasure"),
    "erased": lambda c: c.post(f"{own_links.fresh(1)}/erasure", data={"sure": "yes"}),
    "address, damaged": lambda c: c.get("/address/x"),
    "gifts": lambda c: c.get("/giving"),
    "gifts with faults": lambda c: c.post("/giving"),
    "gifts, link asked for": test_giving_links.ask,
    "gifts, back from Stripe": lambda c: c.get("/giving?done=card"),
    "gifts, damaged": lambda c: c.get("/giving/x"),
}


@pytest.fixture(params=PAGES)
def answer(request: pytest.FixtureRequest, client: FlaskClient) -> TestResponse:
    """Give each public page in turn, on a site with a subscriber and releases."""
    builders.subscriber(AMIRA, topic_slugs=("releases", "courts"))
    visits.publish(RICH, others=(ARABIC,))
    return PAGES[request.param](client)


def test_every_page_can_be_read_with_a_screen_reader(answer: TestResponse) -> None:
    assert Outline(answer.text).faults() == []


def test_no_page_asks_another_site_for_anything(answer: TestResponse) -> None:
    page = Outline(answer.text)
    loaded = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    assert all(path.startswith("/static/") for path in loaded)
    assert page.all("img", "iframe", "object", "embed", "video", "audio", "source") == []


def test_no_page_sets_a_cookie_or_allows_a_script(answer: TestResponse) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy


def test_no_page_shows_whose_address_it_was(answer: TestResponse) -> None:
    assert AMIRA not in answer.text
    assert "somebody@example.org" not in answer.text


def test_every_link_within_the_site_leads_to_a_page(
    answer: TestResponse, client: FlaskClient
) -> None:
    links = {a["href"] for a in Outline(answer.text).all("a") if a["href"].startswith("/")}
    assert {path: client.get(path).status_code for path in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("path", ["/", "/releases/", "/privacy", "/subscribe", "/feed.atom"])
def test_a_head_is_answered_like_a_get_without_its_body(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")


@pytest.mark.parametrize("path", ["/", "/releases/", "/privacy", "/feed.atom"])
def test_nothing_can_be_posted_to_a_page_that_is_only_read(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code == 405


def test_the_front_page_of_a_new_site_has_an_empty_state(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "Nothing is published here yet" in page
    assert Outline(page).faults() == []


def test_the_front_page_shows_the_latest_and_who_we_are(client: FlaskClient) -> None:
    for number in range(4):
        visits.publish(builders.parts(f"Release number {number}"))
    page = client.get("/").text
    assert "Release number 3" in page
    assert "Release number 0" not in page
    assert "About Example Rights Foundation" in page
    assert 'href="/subscribe"' in page


@pytest.mark.parametrize("kept", ["email address", "topics", "language", "consent", "hash"])
def test_the_privacy_page_names_what_the_tables_hold(client: FlaskClient, kept: str) -> None:
    assert kept in client.get("/privacy").text
