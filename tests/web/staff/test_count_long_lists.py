"""Pages that only mention a long list count it when they are asked; those that send to it always do."""

import pytest
from flask import Flask
from sqlalchemy import event

from config import limits
from db.base import db
from tests import builders
from tests.cast import hire
from tests.web.staff import members
from tests.web.staff.members import Member

SLUG = "example-a-journalist-is-free-again"
RELEASE = f"/staff/releases/{SLUG}"
ONE = "/staff/announcements/1"


@pytest.fixture
def chen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Member:
    """Sign in an author and approver, who has a draft for three readers: a long list here."""
    monkeypatch.setattr(limits, "COUNTED_AT_ONCE", 2)
    builders.subscribers(3)
    builders.release()
    return members.of(app, "chen", "author", "approver")


def counts(member: Member, page: str) -> bool:
    """Tell whether a page counts readers by reason."""
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    member.read(page)
    event.remove(db.engine, "before_cursor_execute", note)
    return any("AS reason" in statement for statement in asked)


def test_the_release_s_page_counts_when_it_is_asked(chen: Member) -> None:
    assert not counts(chen, RELEASE)
    page = chen.read(RELEASE)
    assert f'href="{RELEASE}?language=en&amp;count=1#announcing">Count whom it would reach' in page
    assert "Propose to announce" in page
    assert "3 subscribers" in chen.read(f"{RELEASE}?count=1")


def test_so_does_the_page_of_an_announcement_that_has_not_begun(chen: Member) -> None:
    builders.announcement(SLUG, author=hire("amina"))
    assert not counts(chen, ONE)
    assert f'href="{ONE}?count=1#reach">Count whom it would reach' in chen.read(ONE)
    assert 'Would reach now</dt><dd class="number">3' in chen.read(f"{ONE}?count=1")


@pytest.mark.parametrize("page", [f"{RELEASE}/propose", f"{ONE}/approve"])
def test_who_proposes_or_approves_sees_the_exact_number(chen: Member, page: str) -> None:
    builders.announcement(SLUG, author=hire("amina"))
    assert counts(chen, page)
    assert "3 subscribers" in chen.read(page)


def test_the_new_ones_are_offered_without_a_number_until_it_is_asked_for(chen: Member) -> None:
    builders.announcement(SLUG, author=hire("amina"), approver=hire("bela"))
    members.deliver(1)
    builders.subscriber("new@example.org")
    assert not counts(chen, RELEASE)
    page = chen.read(RELEASE)
    assert ">Send to the new ones</a>" in page
    assert "Count who does not have it yet" in page
    assert ">Send to the new ones (1)</a>" in chen.read(f"{RELEASE}?count=1")
