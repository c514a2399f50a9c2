"""Whoever a cancelled announcement was for, and no other reaches, is counted on its pages and proposed to."""

import pytest
from flask import Flask
from sqlalchemy import update

from config import limits
from db.session import transaction
from mailer import audience, closing, control, topics
from mailer.models.deliveries import Delivery, DeliveryState
from tests import builders
from tests.cast import hire
from tests.web.staff import forms, members
from tests.web.staff.members import Member

SLUG = "example-a-journalist-is-free-again"
RELEASE = f"/staff/releases/{SLUG}"
EARLY = "/staff/announcements/1"


@pytest.fixture
def chen(app: Flask) -> Member:
    """Sign in the author of a release that a press list of two was told early, and everybody after it."""
    with transaction() as session:
        topics.add(session, slug="press", name="Press list", by_invitation=True)
    builders.subscriber("both@example.org", topic_slugs=("press", "releases"))
    builders.subscriber("desk@example.org", topic_slugs=("press",))
    builders.subscriber("amira@example.org")
    builders.release()
    chen = members.of(app, "chen", "author")
    dana = members.of(app, "dana", "approver")
    for id_, fields in ((1, forms.proposal("press", audience="early")), (2, forms.proposal())):
        chen.post(f"{RELEASE}/propose", **fields)
        dana.post(f"/staff/announcements/{id_}/approve", **forms.START)
        with transaction() as session:
            audience.freeze(session, id_, now=builders.NOW)
    return chen


def settle() -> None:
    """Do what the sweeper does."""
    with transaction() as session:
        control.skip_cancelled(session, now=builders.NOW)


def test_the_page_says_how_many_and_offers_to_propose_to_exactly_these(chen: Member) -> None:
    chen.post(f"{EARLY}/cancel")
    page = chen.read(EARLY)
    assert "At most 2 of its readers did not get the release" in page
    assert "Propose to send it to the rest" not in page
    settle()
    page = chen.read(EARLY)
    assert "2 of its readers did not get the release, by this announcement or another." in page
    assert f'href="{RELEASE}/propose?audience=early&amp;rest=1"' in page


def test_the_proposal_is_filled_in_and_goes_to_them_alone(chen: Member, app: Flask) -> None:
    chen.post(f"{EARLY}/cancel")
    settle()
    page = chen.read(f"{RELEASE}/propose?audience=early&rest=1")
    assert "<h1>Send to the rest</h1>" in page
    assert "Would reach 2 subscribers now" in page
    assert "The release is public already." in page
    fields = forms.proposal("press", audience="early")
    assert chen.post(f"{RELEASE}/propose", **fields).location == "/staff/announcements/3"
    assert "Announcement 3</a> to the same audience is in review" in chen.read(EARLY)
    dana = members.of(app, "bela", "approver")
    assert "the release is public already" in dana.read("/staff/announcements/3/approve")


def test_the_release_s_page_offers_the_rest_too(chen: Member) -> None:
    assert "Send to the rest" not in chen.read(RELEASE)
    chen.post(f"{EARLY}/cancel")
    settle()
    assert f'href="{RELEASE}/propose?audience=early&amp;rest=1">Send to the rest (2)' in chen.read(
        RELEASE
    )


def test_the_report_says_so_as_well(chen: Member) -> None:
    chen.post(f"{EARLY}/cancel")
    settle()
    with transaction() as session:
        closing.close(session, 1, now=builders.NOW)
    page = chen.read(f"{EARLY}/report")
    assert "2 of its readers did not get the release, by this announcement or another." in page
    assert "Propose to send it to the rest" in page


def test_where_nobody_is_left_nothing_is_offered(chen: Member) -> None:
    chen.post(f"{EARLY}/cancel")
    settle()
    with transaction() as session:
        session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED))
    page = chen.read(EARLY)
    assert "All its readers who can be mailed have the release" in page
    assert "Propose to send it to the rest" not in page


def test_an_approver_reads_it_and_is_offered_nothing(chen: Member, app: Flask) -> None:
    chen.post(f"{EARLY}/cancel")
    settle()
    page = members.of(app, "bela", "approver").read(EARLY)
    assert "An author can propose to send it to them." in page
    assert "/propose" not in page


def test_of_a_long_list_the_rest_is_counted_when_it_is_asked_for(
    chen: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    chen.post(f"{EARLY}/cancel")
    settle()
    monkeypatch.setattr(limits, "COUNTED_AT_ONCE", 1)
    page = chen.read(EARLY)
    assert f'href="{EARLY}?count=1#rest">Count who did not get the release' in page
    assert "Propose to send it to the rest" in page
    assert "2 of its readers did not" in chen.read(f"{EARLY}?count=1")


def test_what_was_taken_back_or_runs_has_no_rest(chen: Member) -> None:
    assert 'id="rest"' not in chen.read(EARLY)
    slug = builders.release("Another")
    id_ = builders.announcement(slug, author=hire("kim"))
    chen.post(f"/staff/announcements/{id_}/cancel")
    assert 'id="rest"' not in chen.read(f"/staff/announcements/{id_}")
