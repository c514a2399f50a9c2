"""Topics in the console: every act says what it does, is audited, and refuses with a sentence."""

import pytest
from flask import Flask

from db.session import transaction
from mailer import topics
from tests import builders
from tests.cast import AMIRA, BORIS, hire
from tests.web.browser import Browser
from tests.web.staff import members
from tests.web.staff.members import Member

T = "/staff/topics/"


@pytest.fixture
def chen(app: Flask) -> Member:
    """Give an author, and two topics that Amira holds; Boris holds the second alone."""
    builders.topic()
    builders.topic("courts", "Courts")
    builders.subscriber(AMIRA, topic_slugs=("releases", "courts"))
    builders.subscriber(BORIS, topic_slugs=("courts",))
    return members.of(app, "chen", "author")


def offered() -> list[str]:
    with transaction() as session:
        return [topic.slug for topic in topics.offered(session)]


def test_a_topic_is_added_and_can_be_chosen_at_once(chen: Member, client: Browser) -> None:
    answer = chen.post(T, name="Exile", slug="exile", description="Those who left.")
    assert answer.status_code == 303
    assert offered() == ["releases", "courts", "exile"]
    assert "Those who left." in client.get("/subscribe").text
    assert members.acts() == ["topic.add"]


def test_a_press_list_is_added_that_no_form_offers(chen: Member, client: Browser) -> None:
    chen.post(T, **{"name": "Press", "slug": "press", "by-invitation": "yes"})
    assert "press" not in offered()
    assert 'value="press"' not in client.get("/subscribe").text
    assert "by invitation" in chen.read(T)


def test_what_cannot_be_added_keeps_what_was_typed(chen: Member) -> None:
    answer = chen.post(T, name="Exile", slug="courts", description="Those who left.")
    assert answer.status_code == 422
    assert "a topic called courts already" in answer.text
    assert 'value="Those who left."' in answer.text
    assert members.acts() == []


def test_a_topic_is_renamed_and_described(chen: Member) -> None:
    chen.post(f"{T}courts/edit", name="Courts and prisons", description="Two.")
    assert "Courts and prisons" in chen.read(T)
    refused = chen.post(f"{T}courts/edit", name=" ", description="Three.")
    assert (refused.status_code, "needs a name" in refused.text) == (422, True)
    assert 'value="Three."' in refused.text


def test_topics_are_ordered_by_hand(chen: Member) -> None:
    assert chen.post(f"{T}courts/move", direction="up").status_code == 303
    assert offered() == ["courts", "releases"]
    chen.post(f"{T}courts/move", direction="down")
    assert offered() == ["releases", "courts"]


def test_before_a_topic_is_retired_the_page_says_who_would_get_nothing(chen: Member) -> None:
    page = chen.read(f"{T}courts")
    assert "2 subscribers hold it" in page
    assert "1 subscriber holds no other topic and would get nothing further" in page


def test_a_retired_topic_leaves_every_form_and_can_be_taken_up_again(
    chen: Member, client: Browser
) -> None:
    slug = builders.release()
    pages = ("/subscribe", "/staff/releases/import", f"/staff/releases/{slug}/edit")
    assert chen.post(f"{T}courts/retire").status_code == 303
    assert not any('value="courts"' in chen.read(page) for page in pages)
    assert "Retired" in chen.read(T)
    chen.post(f"{T}courts/restore")
    assert all('value="courts"' in chen.read(page) for page in pages)
    assert members.acts() == ["topic.retire", "topic.restore"]


def test_a_post_that_asks_for_a_retired_topic_is_refused(chen: Member, client: Browser) -> None:
    form = client.get("/subscribe").text
    nonce = form.split('name="form_nonce" value="')[1].split('"')[0]
    chen.post(f"{T}courts/retire")
    data = {"address": "new@example.org", "topic": "courts", "form_nonce": nonce}
    answer = client.post("/subscribe", data=data)
    assert (answer.status_code, "not on offer any more" in answer.text) == (422, True)


def test_readers_are_moved_only_where_staff_tick_that_the_promise_is_the_same(
    chen: Member,
) -> None:
    refused = chen.post(f"{T}courts/retire", into="releases")
    assert (refused.status_code, offered()) == (422, ["releases", "courts"])
    assert "Readers agreed to this topic" in refused.text
    done = {"into": "releases", "same-promise": "yes"}
    assert chen.post(f"{T}courts/retire", **done).status_code == 303
    assert "Readers who hear about Press releases instead: 2" in chen.read(f"{T}courts")
    assert members.acts() == ["topic.retire", "topic.merge"]


def test_a_topic_in_use_is_refused_with_the_reason(chen: Member) -> None:
    builders.announcement(builders.release(), author=hire("amina", "author"))
    answer = chen.post(f"{T}releases/retire")
    assert (answer.status_code, "is not over" in answer.text) == (409, True)
    assert offered() == ["releases", "courts"]


@pytest.mark.parametrize("act", ["edit", "move", "retire", "restore"])
def test_a_topic_that_is_not_there_is_said_to_be_missing(chen: Member, act: str) -> None:
    assert chen.post(f"{T}nope/{act}", name="x").status_code == 404
    assert chen.get(f"{T}nope").status_code == 404


@pytest.mark.parametrize(
    ("role", "may"), [("author", True), ("admin", True), ("approver", False), ("finance", False)]
)
def test_authors_and_administrators_keep_topics(app: Flask, role: str, *, may: bool) -> None:
    member = members.of(app, "bo", role)
    assert (member.get(T).status_code == 200) == may
    assert (member.post(T, name="X", slug="x").status_code == 303) == may


def test_without_its_token_a_form_does_nothing(chen: Member) -> None:
    chen.token = ""
    assert chen.post(f"{T}courts/retire").status_code == 400
    assert offered() == ["releases", "courts"]
