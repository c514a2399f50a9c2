"""A subscriber confirms by the link that was mailed."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.session import transaction
from mailer.models.subscribers import ConsentEvent, ConsentKind, Subscriber, SubscriberState
from tests import builders
from tests.cast import AMIRA
from tests.web.public import visits
from tests.web.public.outline import Outline
from wiring.core import core


@pytest.fixture
def path(client: FlaskClient) -> str:
    """Give the path of the link that Amira was mailed."""
    builders.topic("releases", "Press releases")
    visits.ask(client)
    return visits.confirm_path()


def subscriber() -> Subscriber:
    """Return the one subscriber there is."""
    with transaction() as session:
        found = session.scalars(select(Subscriber)).one()
        assert found.topics is not None
        return found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_opens_the_link_changes_nothing(
    client: FlaskClient, path: str, method: str
) -> None:
    before = visits.everything()
    assert client.open(path, method=method).status_code == 200
    assert visits.everything() == before


def test_the_page_says_what_will_be_confirmed_and_has_one_button(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path).text
    assert "Press releases" in page
    assert len(Outline(page).all("button")) == 1
    assert AMIRA not in page


def test_the_press_of_the_button_confirms(client: FlaskClient, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 200
    assert "You are on the list" in answer.text
    assert subscriber().state is SubscriberState.CONFIRMED
    assert [topic.slug for topic in subscriber().topics] == ["releases"]


def test_a_second_press_shows_the_same_page_and_records_nothing_more(
    client: FlaskClient, path: str
) -> None:
    first = client.post(path)
    before = visits.everything()
    second = client.post(path)
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert visits.everything() == before


def test_the_consent_is_recorded_with_the_words_that_were_shown(
    client: FlaskClient, path: str
) -> None:
    client.post(path)
    with transaction() as session:
        asked, confirmed = session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
    assert (asked.kind, confirmed.kind) == (ConsentKind.REQUESTED, ConsentKind.CONFIRMED)
    assert asked.wording_hash == confirmed.wording_hash
    assert asked.wording_hash


def test_an_old_link_does_not_say_that_somebody_who_left_is_on_the_list(
    client: FlaskClient, path: str
) -> None:
    client.post(path)
    client.post(visits.unsubscribe_path(subscriber().id))
    answer = client.post(path)
    assert answer.status_code == 410
    assert "has ended" in answer.text
    assert subscriber().state is SubscriberState.ENDED


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_expired_link_is_gone_and_leads_to_a_new_start(client: FlaskClient, method: str) -> None:
    token = core().tokens.confirm("x", now=datetime.now(UTC) - timedelta(hours=73))
    answer = client.open(f"/confirm/{token}", method=method)
    assert answer.status_code == 410
    assert 'href="/subscribe"' in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("end", ["x", "=", "%20", ">", "/", "/x", "?", "."])
def test_a_damaged_link_is_not_found_and_leads_to_a_new_start(
    client: FlaskClient, path: str, method: str, end: str
) -> None:
    before = visits.everything()
    cut = path[:-3] + end
    answer = client.open(cut, method=method)
    assert answer.status_code == 404
    assert 'href="/subscribe"' in answer.text
    assert visits.everything() == before


def test_a_link_for_another_purpose_is_no_confirmation(client: FlaskClient) -> None:
    token = core().tokens.unsubscribe(1, 1)
    assert client.post(f"/confirm/{token}").status_code == 404


def test_a_link_whose_subscriber_was_erased_is_not_found(client: FlaskClient) -> None:
    token = core().tokens.confirm("nobody's", now=datetime.now(UTC))
    assert client.post(f"/confirm/{token}").status_code == 404


def test_the_page_is_kept_by_no_cache_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers


@given(token=st.one_of(st.text(min_size=1), st.binary(min_size=1), st.from_regex(r"[\w.-]{1,80}")))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_string_at_all_is_answered_with_an_error_of_ours(
    client: FlaskClient, token: str | bytes
) -> None:
    before = visits.everything()
    for place in ("confirm", "unsubscribe"):
        for method in ("GET", "POST"):
            answer = client.open(f"/{place}/{quote(token, safe='')}", method=method)
            assert answer.status_code in {308, 400, 404, 410}
    assert visits.everything() == before
