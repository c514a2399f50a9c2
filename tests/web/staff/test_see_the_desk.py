import pytest
from flask import Flask

from mailer.models.subscribers import SubscriberState
from tests import builders
from tests.cast import AMIRA, BORIS, hire
from tests.web.staff import forms, members


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("author", "Import the next one as a file"),
        ("approver", "When an author proposes an announcement"),
        ("finance", "Releases and announcements are for authors and approvers"),
    ],
)
def test_an_empty_desk_says_what_to_do(app: Flask, role: str, words: str) -> None:
    assert words in members.of(app, "bo", role).read("/staff/")


def test_what_i_may_approve_waits_for_me_and_mine_waits_for_others(app: Flask) -> None:
    both = members.of(app, "bela", "author", "approver")
    builders.announcement(builders.release("Proposed by Chen"), author=hire("chen", "author"))
    builders.announcement(builders.release("Proposed by Bela"), author=both.staff)
    page = both.read("/staff/")
    mine, _, others = page.partition("Waiting for somebody else")
    assert "Proposed by Chen" in mine
    assert "Proposed by Bela" in others


def test_drafts_are_listed_until_they_are_proposed(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    slug = builders.release("A draft of mine")
    builders.subscribers(1)
    assert '<h2 id="drafts">' in chen.read("/staff/")
    chen.post(f"/staff/releases/{slug}/propose", **forms.proposal())
    assert '<h2 id="drafts">' not in chen.read("/staff/")


def test_what_is_on_its_way_shows_how_far_it_is(app: Flask) -> None:
    chen, dana = members.of(app, "chen", "author"), hire("dana", "approver")
    builders.announcement(builders.release(), author=chen.staff, approver=dana)
    assert "The audience is being written down" in chen.read("/staff/")


def test_subscribers_are_counted_by_state(app: Flask) -> None:
    builders.subscriber(AMIRA)
    builders.subscriber(BORIS, state=SubscriberState.ENDED)
    page = members.of(app, "chen", "author").read("/staff/")
    for row in ('pending</dt><dd class="number">0', 'confirmed</dt><dd class="number">1'):
        assert row in page


def test_finance_sees_no_draft(app: Flask) -> None:
    builders.release("Not for these eyes")
    assert "Not for these eyes" not in members.of(app, "bo", "finance").read("/staff/")


def test_what_waits_for_a_start_or_starts_by_itself_is_listed(app: Flask) -> None:
    builders.subscribers(1)
    author, dana = hire("chen", "author"), members.of(app, "dana", "approver")
    for number, headline in enumerate(("Approved one", "Scheduled one"), start=1):
        builders.announcement(builders.release(headline), author=author)
        dana.post(f"/staff/announcements/{number}/approve", **forms.READ)
    dana.post("/staff/announcements/2/schedule", at="2036-12-14T09:00", zone="Europe/Paris")
    page = dana.read("/staff/")
    assert '<h2 id="to-start">' in page
    assert "14 December 2036, 09:00 (Europe/Paris), which is 08:00 UTC" in page
    assert "Nothing waits for you" not in page


def test_what_was_stopped_says_why_before_all_else(app: Flask) -> None:
    chen, dana = members.of(app, "chen", "author"), hire("dana", "approver")
    builders.announcement(builders.release(), author=chen.staff, approver=dana)
    chen.post("/staff/announcements/1/pause", note="The quote is wrong")
    page = chen.read("/staff/")
    assert "Stopped: a person must decide" in page
    assert "The quote is wrong" in page
