from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer.models.announcements import AnnouncementEvent
from tests import builders
from tests.cast import hire
from tests.web.staff import forms, members
from tests.web.staff.members import Member

ONE = "/staff/announcements/1"
PRESSES = 20


@pytest.fixture
def pressing(app: Flask) -> list[Member]:
    """Sign in two people who may send what Chen has proposed."""
    builders.subscribers(3)
    builders.announcement(builders.release(), author=hire("chen", "author"))
    return [members.of(app, name, "approver") for name in ("dana", "bela")]


def press(pressing: list[Member], path: str, **fields: Any) -> Counter[int]:
    """Let them press one button twenty times at once; return how often each status was the answer."""
    with ThreadPoolExecutor(PRESSES) as pool:
        pressed = [pool.submit(each.post, path, **fields) for each in pressing * (PRESSES // 2)]
        return Counter(answer.result().status_code for answer in pressed)


def starts() -> int:
    """Return how often something began to be sent."""
    with transaction() as session:
        found = select(AnnouncementEvent.id).where(AnnouncementEvent.state_after == "preparing")
        return len(session.scalars(found).all())


def test_approving_and_starting_at_once_is_one_run(pressing: list[Member]) -> None:
    answers = press(pressing, f"{ONE}/approve", **forms.START)
    assert answers == {303: 1, 409: PRESSES - 1}
    assert starts() == 1
    assert members.acts() == ["announcement.approve", "announcement.start"]


def test_starting_at_once_is_one_run(pressing: list[Member]) -> None:
    pressing[0].post(f"{ONE}/approve", **forms.READ)
    assert press(pressing, f"{ONE}/start") == {303: 1, 409: PRESSES - 1}
    assert (starts(), members.acts().count("announcement.start")) == (1, 1)


def test_proposing_at_once_is_one_proposal(app: Flask) -> None:
    builders.subscribers(3)
    slug = builders.release()
    both = [members.of(app, name, "author") for name in ("chen", "amina")]
    answers = press(both, f"/staff/releases/{slug}/propose", **forms.proposal())
    assert answers == {303: 1, 409: PRESSES - 1}
    assert members.states() == ["in review"]


def test_a_post_that_is_replayed_later_starts_nothing_again(pressing: list[Member]) -> None:
    dana, _ = pressing
    dana.post(f"{ONE}/approve", **forms.START)
    members.deliver(1)
    for path in ("approve", "start"):
        answer = dana.post(f"{ONE}/{path}", **forms.START)
        assert answer.status_code == 409
        assert "Nobody gets it twice" in answer.text
    assert starts() == 1
