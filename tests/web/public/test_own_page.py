"""The page that a fresh link opens: choose, move, download, be erased."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from db.session import transaction
from mailer import topics
from mailer.models.subscribers import ConsentEvent, SubscriberState, Suppression
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.web.public import own_links, visits
from tests.web.public.outline import Outline

TODAY = datetime.now(UTC).date()
NEW = "amira.new@example.org"


@pytest.fixture
def amira(client: FlaskClient) -> int:
    """Give the id of Amira, who hears about releases and could hear about courts."""
    builders.topic("courts", "Courts")
    return builders.subscriber(AMIRA)


def choose(client: FlaskClient, amira: int, **fields: object) -> tuple[int, str]:
    """Post the form with these fields changed; return the status and the page that follows."""
    form = {"topic": ["releases"], "language": "en", "paused_until": "", **fields}
    answer = client.post(f"{own_links.fresh(amira)}/preferences", data=form)
    shown = client.get(answer.location) if answer.status_code == 303 else answer
    return answer.status_code, shown.text


def test_it_shows_what_was_chosen(client: FlaskClient, amira: int) -> None:
    page = Outline(client.get(own_links.fresh(amira)).text)
    ticked = [i["value"] for i in page.all("input") if "checked" in i]
    assert ticked == ["releases"]
    assert [o["value"] for o in page.all("option") if "selected" in o] == ["en"]
    assert page.faults() == []


def test_every_choice_is_kept_and_shown_again(client: FlaskClient, amira: int) -> None:
    day = (TODAY + timedelta(days=40)).isoformat()
    wishes = {"topic": ["courts"], "language": "ar", "paused_until": day, "plain_only": "yes"}
    status, page = choose(client, amira, **wishes)
    row = own_links.row(amira)
    assert (status, "Saved." in page) == (303, True)
    assert ([t.slug for t in row.topics], row.language, row.plain_only) == (["courts"], "ar", True)
    assert row.paused_until == datetime.fromisoformat(f"{day}T00:00:00+00:00")
    assert f'value="{day}"' in page
    assert visits.count(ConsentEvent) == 2


def test_what_is_not_ticked_ends(client: FlaskClient, amira: int) -> None:
    day = (TODAY + timedelta(days=40)).isoformat()
    choose(client, amira, paused_until=day, plain_only="yes")
    choose(client, amira)
    row = own_links.row(amira)
    assert (row.paused_until, row.plain_only) == (None, False)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("topic", [], "at least one topic"),
        ("topic", ["weather"], "not on offer"),
        ("language", "tlh", "do not write in this language"),
        ("language", "", "do not write in this language"),
        ("paused_until", "tomorrow", "year-month-day"),
        ("paused_until", "2030-02-30", "year-month-day"),
        ("paused_until", TODAY.isoformat(), "tomorrow at the earliest"),
        ("paused_until", "9999-12-31", "a year from now"),
    ],
)
def test_what_must_be_mended_is_said_beside_the_field_and_nothing_is_kept(
    client: FlaskClient, amira: int, field: str, value: object, said: str
) -> None:
    before = visits.everything()
    status, page = choose(client, amira, **{field: value})
    assert (status, said in page) == (422, True)
    assert Outline(page).faults() == []
    assert visits.everything() == before


def test_an_address_change_is_asked_for_and_stopped(client: FlaskClient, amira: int) -> None:
    path = own_links.fresh(amira)
    answer = client.post(f"{path}/address", data={"address": NEW})
    assert answer.status_code == 303
    assert own_links.kinds() == ["address-change-told", "address-change"]
    assert "Stop the change" in client.get(path).text
    link = own_links.mailed("address-change", "confirm_url")
    client.post(f"{path}/address/cancel")
    assert "Stop the change" not in client.get(path).text
    assert client.post(link).status_code == 404


def test_the_answer_tells_nothing_of_the_new_address(client: FlaskClient, amira: int) -> None:
    builders.subscriber(BORIS)
    builders.suppressed("eve@example.org")
    path = own_links.fresh(amira)
    answers = [
        client.post(f"{path}/address", data={"address": address})
        for address in (BORIS, "eve@example.org", NEW)
    ]
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1


@pytest.mark.parametrize("typed", ["", "amira", AMIRA, "a@b\r\nBcc: eve@example.org"])
def test_an_address_that_cannot_be_is_said_beside_the_field(
    client: FlaskClient, amira: int, typed: str
) -> None:
    answer = client.post(f"{own_links.fresh(amira)}/address", data={"address": typed})
    assert answer.status_code == 422
    assert Outline(answer.text).faults() == []
    assert own_links.kinds() == []


def test_the_new_address_confirms_by_one_button(client: FlaskClient, amira: int) -> None:
    path = own_links.fresh(amira)
    client.post(f"{path}/address", data={"address": NEW})
    link = own_links.mailed("address-change", "confirm_url")
    assert len(Outline(client.get(link).text).all("button")) == 1
    first, second = client.post(link), client.post(link)
    assert "Your mails come here now" in first.text
    assert first.data == second.data
    assert client.get(path).status_code == 410, "links mailed to the old address have ended"
    assert NEW in client.get(own_links.fresh(amira, 2)).text


def test_a_new_address_that_joined_meanwhile_is_told_kindly(
    client: FlaskClient, amira: int
) -> None:
    client.post(f"{own_links.fresh(amira)}/address", data={"address": NEW})
    builders.subscriber(NEW)
    answer = client.post(own_links.mailed("address-change", "confirm_url"))
    assert (answer.status_code, "cannot take over" in answer.text) == (409, True)


def test_the_file_holds_what_we_hold_and_is_a_download(client: FlaskClient, amira: int) -> None:
    answer = client.get(f"{own_links.fresh(amira)}/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/json"
    assert json.loads(answer.text)["subscriber"]["address"] == AMIRA


def test_erasure_asks_once_more_and_needs_the_tick(client: FlaskClient, amira: int) -> None:
    path = f"{own_links.fresh(amira)}/erasure"
    before = visits.everything()
    assert "cannot be taken back" in client.get(path).text
    assert client.post(path).status_code == 422
    assert visits.everything() == before


def test_erasure_erases_and_ends_every_link(client: FlaskClient, amira: int) -> None:
    path = own_links.fresh(amira)
    answer = client.post(f"{path}/erasure", data={"sure": "yes"})
    row = own_links.row(amira)
    assert (answer.status_code, row.address, row.state) == (200, b"", SubscriberState.ENDED)
    assert visits.count(Suppression) == 1
    again = [client.get(path), client.post(f"{path}/erasure", data={"sure": "yes"})]
    again += [client.get(f"{path}/data.json"), client.post(f"{path}/preferences")]
    assert [each.status_code for each in again] == [410] * 4


def test_who_has_left_can_still_download_and_be_erased(client: FlaskClient, amira: int) -> None:
    client.post(visits.unsubscribe_path(amira))
    path = own_links.fresh(amira)
    page = client.get(path).text
    assert "This address gets no releases" in page
    assert "erasure" in page
    assert choose(client, amira)[0] == 200
    assert client.get(f"{path}/data.json").status_code == 200
    assert own_links.row(amira).state is SubscriberState.ENDED


def test_a_press_list_is_shown_to_who_is_on_it_and_to_nobody_else(
    client: FlaskClient, amira: int
) -> None:
    with transaction() as session:
        topics.add(session, slug="press", name="Press", by_invitation=True)
    invited = builders.subscriber(BORIS, topic_slugs=("press",))
    assert 'value="press"' in client.get(own_links.fresh(invited)).text
    assert 'value="press"' not in client.get(own_links.fresh(amira)).text
    assert choose(client, amira, topic=["press"])[0] == 422
    assert choose(client, invited, topic=["press", "courts"])[0] == 303
