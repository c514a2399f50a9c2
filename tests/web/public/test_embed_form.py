"""Our form on another site's page: what is copied, what it posts, and where that leads."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from db.session import transaction
from mailer.models.requests import SubscriptionRequest
from mailer.models.subscribers import SubscriberState, Topic
from tests import builders
from tests.browser import Form, Page
from tests.cast import AMIRA, BORIS
from tests.web.api import callers
from tests.web.api.callers import SITE
from tests.web.public import visits

THANKS = f"{SITE}/thanks?x=1"


@pytest.fixture
def site(app: Flask, build: Callable[..., Flask]) -> FlaskClient:
    """Give a client of an app that lists another site."""
    builders.topic()
    return build(cors_origins=SITE).test_client()


def copied(client: FlaskClient) -> Form:
    """Return the form that the page has copied."""
    page = client.get("/embed").text
    found = re.search(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    assert found
    return Page("/embed", 200, unescape(found[1])).form("subscribe/from")


def post(client: FlaskClient, *, origin: str | None = SITE, **fields: str) -> TestResponse:
    """Fill the copied form and send it, as a browser on a page of `origin` does."""
    filled = dict(copied(client).fields) | {"address": AMIRA, "return_to": THANKS} | fields
    headers = {} if origin is None else {"Origin": origin}
    return client.post("/subscribe/from", data=filled, headers=headers)


def test_the_copied_form_names_us_in_full_and_holds_no_script(site: FlaskClient) -> None:
    form = copied(site)
    assert (form.action, form.method) == ("http://127.0.0.1:8000/subscribe/from", "post")
    assert ("topic", "releases") in form.fields
    assert "<script" not in unescape(site.get("/embed").text)


def test_what_the_copied_form_posts_is_written_down(site: FlaskClient) -> None:
    answer = post(site)
    assert answer.status_code == 200
    assert "Look in your mailbox" in answer.text
    (row,) = callers.requests()
    assert (row.source, row.topics, row.language) == ("form on another site", ["releases"], "en")


def test_the_answer_is_the_same_bytes_whatever_the_address_was(site: FlaskClient) -> None:
    for state in SubscriberState:
        builders.subscriber(f"{state}@example.org", state=state)
    known = [f"{state}@example.org" for state in SubscriberState]
    answers = [post(site, address=each) for each in (AMIRA, BORIS, *known)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({(answer.data, str(answer.headers)) for answer in answers}) == 1


def test_the_answer_leads_back_to_the_site_and_sets_no_cookie(site: FlaskClient) -> None:
    answer = post(site)
    assert f'<a href="{THANKS}" rel="noreferrer">' in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "javascript:alert(1)",
        "//www.example.net/",
        "https://www.example.net\\@example.com/",
        "https://www.example.net@example.com/",
        "https://www.example.net.example.com/",
        "http://www.example.net/",
        f"{SITE}/{'x' * 600}",
        "",
    ],
)
def test_it_leads_back_to_no_other_site(site: FlaskClient, url: str) -> None:
    answer = post(site, return_to=url)
    assert answer.status_code == 200
    assert "noreferrer" not in answer.text


@pytest.mark.parametrize("origin", ["https://example.com", "null", "", "http://www.example.net"])
def test_a_page_that_is_not_listed_cannot_ask(site: FlaskClient, origin: str) -> None:
    answer = post(site, origin=origin)
    assert answer.status_code == 403
    assert 'href="/subscribe?topic=releases"' in answer.text
    assert visits.count(SubscriptionRequest) == 0


@pytest.mark.parametrize(
    ("referrer", "status"), [(f"{SITE}/page", 200), ("https://example.com/", 403), ("?", 403)]
)
def test_where_a_browser_names_no_origin_the_referrer_counts(
    site: FlaskClient, referrer: str, status: int
) -> None:
    filled = dict(copied(site).fields) | {"address": AMIRA}
    answer = site.post("/subscribe/from", data=filled, headers={"Referer": referrer})
    assert answer.status_code == status


def test_a_browser_that_says_neither_is_taken(site: FlaskClient) -> None:
    assert post(site, origin=None).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("address", "amira", "does not look like an email address"),
        ("address", "", "enter your email address"),
        ("topic", "nonsense", "not on offer any more"),
        ("topic", "", "not on offer any more"),
        ("wording", "0" * 64, "none of ours"),
        ("wording", "", "none of ours"),
    ],
)
def test_a_fault_is_said_and_nothing_is_stored(
    site: FlaskClient, field: str, value: str, sentence: str
) -> None:
    answer = post(site, **{field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'<a href="{THANKS}"' in answer.text
    assert visits.count(SubscriptionRequest) == 0


def test_without_a_topic_chosen_the_page_says_so(site: FlaskClient) -> None:
    kept = [(name, value) for name, value in copied(site).fields if name != "topic"]
    answer = site.post("/subscribe/from", data=dict(kept) | {"address": AMIRA})
    assert answer.status_code == 422
    assert "at least one topic" in answer.text


def test_the_language_of_the_form_is_the_language_of_the_mail(site: FlaskClient) -> None:
    post(site, language="fr")
    post(site, language="<script>", address=BORIS)
    assert [row.language for row in callers.requests()] == ["fr", "en"]


def test_markup_in_a_topic_stays_text_in_the_copied_form(client: FlaskClient) -> None:
    builders.topic("law", "</code><script>alert(1)</script>")
    assert "<script>" not in client.get("/embed").text
    assert ("topic", "law") in copied(client).fields


def test_without_a_topic_there_is_no_form_to_copy(client: FlaskClient) -> None:
    page = client.get("/embed")
    assert page.status_code == 200
    assert "<pre" not in page.text


def test_a_retired_topic_is_not_in_the_copied_form(client: FlaskClient) -> None:
    builders.topic("releases")
    id_ = builders.topic("law", "Courts").id
    assert "Courts" in client.get("/embed").text
    with transaction() as session:
        session.get_one(Topic, id_).retired_at = datetime.now(UTC)
    assert "Courts" not in client.get("/embed").text
