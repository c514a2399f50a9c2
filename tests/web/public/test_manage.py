"""The page behind the link in any mail: it shows nothing, mails a fresh link, pauses, lets people leave."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from config import limits
from tests import builders
from tests.cast import AMIRA
from tests.web.public import own_links, visits
from tests.web.public.outline import Outline


@pytest.fixture
def amira(client: FlaskClient) -> int:
    """Give the id of Amira, who is on the list."""
    return builders.subscriber(AMIRA)


def test_it_shows_nothing_of_the_person(client: FlaskClient, amira: int) -> None:
    page = client.get(own_links.manage(amira)).text
    assert AMIRA not in page
    assert "Press releases" not in page
    assert len(Outline(page).all("button")) == 2
    assert not [i for i in Outline(page).all("input") if i.get("type") != "hidden"]


def test_it_is_the_same_for_whom_we_do_not_know(client: FlaskClient, amira: int) -> None:
    pages = []
    for id_ in (amira, 4711):
        path, leave = own_links.manage(id_), visits.unsubscribe_path(id_)
        pages.append(client.get(path).text.replace(path, "").replace(leave, ""))
    assert pages[0] == pages[1]


def test_the_button_mails_a_fresh_link_that_opens_the_page(client: FlaskClient, amira: int) -> None:
    answer = client.post(f"{own_links.manage(amira)}/link")
    assert "Look in your mailbox" in answer.text
    assert AMIRA in client.get(own_links.mailed("manage-link", "fresh_url")).text


def test_the_answer_is_the_same_however_often_and_for_whomever(
    client: FlaskClient, amira: int
) -> None:
    paths = [own_links.manage(amira)] * 5 + [own_links.manage(4711), own_links.manage(amira, 2)]
    answers = {client.post(f"{path}/link").data for path in paths}
    assert len(answers) == 1
    assert own_links.kinds() == ["manage-link"] * limits.FRESH_LINKS_AN_HOUR


@pytest.mark.parametrize("days", limits.PAUSES_OFFERED)
def test_a_pause_begins_at_once(client: FlaskClient, amira: int, days: int) -> None:
    answer = client.post(f"{own_links.manage(amira)}/pause", data={"days": str(days)})
    until = own_links.row(amira).paused_until
    assert answer.status_code == 200
    assert until is not None
    assert abs(until - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)


def test_a_pause_can_be_ended(client: FlaskClient, amira: int) -> None:
    for days in ("30", "0"):
        client.post(f"{own_links.manage(amira)}/pause", data={"days": days})
    assert own_links.row(amira).paused_until is None


@pytest.mark.parametrize("days", ["", "1", "-7", "99999999999", "seven"])
def test_no_other_pause_is_taken(client: FlaskClient, amira: int, days: str) -> None:
    answer = client.post(f"{own_links.manage(amira)}/pause", data={"days": days})
    assert answer.status_code == 400
    assert own_links.row(amira).paused_until is None


def test_a_pause_answers_the_same_for_whom_we_do_not_know(client: FlaskClient, amira: int) -> None:
    pages = []
    for path in (own_links.manage(amira), own_links.manage(4711), own_links.manage(amira, 9)):
        page = client.post(f"{path}/pause", data={"days": "7"})
        pages.append(page.text.replace(path, ""))
    assert len(set(pages)) == 1


def test_leaving_is_the_unsubscribe_page(client: FlaskClient, amira: int) -> None:
    links = [a["href"] for a in Outline(client.get(own_links.manage(amira)).text).all("a")]
    assert visits.unsubscribe_path(amira) in links


@pytest.mark.parametrize("what", ["", "/link", "/pause"])
def test_the_link_of_a_preview_says_that_it_is_a_sample(client: FlaskClient, what: str) -> None:
    path = f"{own_links.manage(0, 0)}{what}"
    answer = client.post(path, data={"days": "7"}) if what else client.get(path)
    assert "This link is a sample" in answer.text


@pytest.mark.parametrize("path", ["/manage/x", "/manage/x/y", "/manage/x/data.json"])
def test_a_damaged_link_says_so_kindly(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "copy the whole link" in answer.text
    assert Outline(answer.text).faults() == []


def test_a_fresh_link_of_an_hour_ago_offers_a_new_one(client: FlaskClient, amira: int) -> None:
    answer = client.get(own_links.fresh(amira, minutes_ago=61))
    assert answer.status_code == 410
    assert AMIRA not in answer.text
    action = Outline(answer.text).all("form")[0]["action"]
    client.post(action)
    assert own_links.kinds() == ["manage-link"]


def test_a_fresh_link_that_a_newer_version_voids_shows_nothing(
    client: FlaskClient, amira: int
) -> None:
    answer = client.get(own_links.fresh(amira, 2))
    assert (answer.status_code, AMIRA in answer.text) == (410, False)


def test_no_page_is_kept_by_a_cache_or_sets_a_cookie(client: FlaskClient, amira: int) -> None:
    path = own_links.fresh(amira)
    answers = [client.get(own_links.manage(amira)), client.get(path), client.get("/manage/x")]
    answers += [client.get(f"{path}/data.json"), client.post(f"{path}/link")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert not any("Set-Cookie" in answer.headers for answer in answers)
