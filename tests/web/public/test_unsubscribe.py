"""A subscriber leaves: by the button of a page, or by the one click of a mail program (RFC 8058)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from db.session import transaction
from mailer import consent
from mailer.models.requests import SubscriptionRequest
from mailer.models.subscribers import (
    ConsentEvent,
    ConsentKind,
    Subscriber,
    SubscriberState,
    Suppression,
)
from tests import builders
from tests.cast import AMIRA
from tests.web.public import own_links, visits
from tests.web.public.outline import Outline

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)
ONE_CLICK = {
    "urlencoded": (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    "multipart": (MULTIPART, "multipart/form-data; boundary=x"),
}


@pytest.fixture
def amira(client: FlaskClient) -> int:
    """Give the id of Amira, who is on the list."""
    return builders.subscriber(AMIRA)


def state(subscriber_id: int) -> SubscriberState:
    """Return where a subscriber stands."""
    with transaction() as session:
        return session.get_one(Subscriber, subscriber_id).state


def withdrawals() -> list[str]:
    """Return where the consent events of kind 'withdrawn' came from."""
    with transaction() as session:
        events = session.scalars(select(ConsentEvent)).all()
        return [event.source for event in events if event.kind is ConsentKind.WITHDRAWN]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_opens_the_link_changes_nothing(
    client: FlaskClient, amira: int, method: str
) -> None:
    before = visits.everything()
    assert client.open(visits.unsubscribe_path(amira), method=method).status_code == 200
    assert visits.everything() == before


def test_the_page_has_one_button_and_tells_nothing_of_the_person(
    client: FlaskClient, amira: int
) -> None:
    page = client.get(visits.unsubscribe_path(amira)).text
    assert len(Outline(page).all("button")) == 1
    assert not [field for field in Outline(page).all("input") if "required" in field]
    assert AMIRA not in page


def test_the_press_of_the_button_ends_it_at_once(client: FlaskClient, amira: int) -> None:
    answer = client.post(visits.unsubscribe_path(amira))
    assert answer.status_code == 200
    assert "You are off the list" in answer.text
    assert state(amira) is SubscriberState.ENDED
    assert visits.count(Suppression) == 1
    assert withdrawals() == ["form /unsubscribe"]


@pytest.mark.parametrize("form", ONE_CLICK)
def test_one_click_ends_it_without_cookie_nonce_origin_or_redirect(
    client: FlaskClient, amira: int, form: str
) -> None:
    data, kind = ONE_CLICK[form]
    answer = client.post(visits.unsubscribe_path(amira), data=data, content_type=kind)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert state(amira) is SubscriberState.ENDED
    assert withdrawals() == ["one-click /unsubscribe"]


def test_one_click_from_a_foreign_page_is_heard_too(client: FlaskClient, amira: int) -> None:
    data, kind = ONE_CLICK["urlencoded"]
    foreign = {"Origin": "https://mail.example.org", "Sec-Fetch-Site": "cross-site"}
    path = visits.unsubscribe_path(amira)
    assert client.post(path, data=data, content_type=kind, headers=foreign).status_code == 200
    assert state(amira) is SubscriberState.ENDED


def test_a_repeated_press_looks_the_same_and_records_nothing_more(
    client: FlaskClient, amira: int
) -> None:
    first = client.post(visits.unsubscribe_path(amira))
    before = visits.everything()
    second = client.post(visits.unsubscribe_path(amira))
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert visits.everything() == before


def test_a_subscriber_we_do_not_know_looks_like_one_we_do(client: FlaskClient, amira: int) -> None:
    for method in ("GET", "POST"):
        pages = []
        for id_ in (amira, 999):
            path = visits.unsubscribe_path(id_)
            page = client.open(path, method=method).text
            # The links of the page carry the token on, and nothing else of whose it is.
            pages.append(page.replace(path, "").replace(own_links.manage(id_), ""))
        assert pages[0] == pages[1]
    assert client.post(visits.unsubscribe_path(999)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_link_of_a_preview_says_that_it_is_a_sample(client: FlaskClient, method: str) -> None:
    answer = client.open(visits.unsubscribe_path(0, 0), method=method)
    assert answer.status_code == 200
    assert "This link is a sample" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_damaged_link_changes_nothing_and_says_where_to_write(
    client: FlaskClient, amira: int, method: str
) -> None:
    answer = client.open(visits.unsubscribe_path(amira)[:-2], method=method)
    assert answer.status_code == 404
    assert "hello@example.org" in answer.text
    assert state(amira) is SubscriberState.CONFIRMED


def test_who_left_can_come_back_by_a_new_double_opt_in(client: FlaskClient, amira: int) -> None:
    client.post(visits.unsubscribe_path(amira))
    visits.ask(client)
    assert state(amira) is SubscriberState.ENDED
    client.post(visits.confirm_path())
    assert state(amira) is SubscriberState.CONFIRMED
    assert visits.count(Suppression) == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [*((word, word) for word in consent.REASONS), (AMIRA, None), ("", None), ("Other", None)],
)
def test_a_reason_is_a_word_of_the_list_or_nothing_and_never_in_the_way(
    client: FlaskClient, amira: int, given: str, kept: str | None
) -> None:
    client.post(visits.unsubscribe_path(amira), data={"reason": given})
    assert state(amira) is SubscriberState.ENDED
    with transaction() as session:
        assert session.scalars(select(ConsentEvent.reason)).all() == [kept]


def test_the_page_offers_every_reason(client: FlaskClient, amira: int) -> None:
    page = Outline(client.get(visits.unsubscribe_path(amira)).text)
    offered = [field["value"] for field in page.all("input") if field.get("type") == "radio"]
    assert offered == list(consent.REASONS)


def test_fewer_mails_instead_is_the_page_that_shows_nothing(
    client: FlaskClient, amira: int
) -> None:
    links = [a["href"] for a in Outline(client.get(visits.unsubscribe_path(amira)).text).all("a")]
    assert own_links.manage(amira) in links


def test_a_slip_of_the_hand_is_mended_by_an_ordinary_double_opt_in(
    client: FlaskClient, amira: int
) -> None:
    done = Outline(client.post(visits.unsubscribe_path(amira)).text)
    client.post(done.all("form")[0]["action"])
    visits.answer()
    assert state(amira) is SubscriberState.ENDED
    client.post(visits.confirm_path())
    assert state(amira) is SubscriberState.CONFIRMED
    assert [topic.slug for topic in own_links.row(amira).topics] == ["releases"]


def test_asking_back_answers_the_same_for_whom_we_do_not_know(
    client: FlaskClient, amira: int
) -> None:
    paths = [visits.unsubscribe_path(id_) for id_ in (amira, 999, 0)]
    client.post(paths[0])
    assert len({client.post(f"{path}/return").data for path in paths}) == 1
    assert visits.count(SubscriptionRequest) == 1


def test_the_pages_are_kept_by_no_cache(client: FlaskClient, amira: int) -> None:
    path = visits.unsubscribe_path(amira)
    answers = [client.get(path), client.post(path), client.get("/unsubscribe/x")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
