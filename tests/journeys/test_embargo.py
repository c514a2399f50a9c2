"""A release under embargo: the press list has it early, everybody else when it lifts, and nobody twice."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from db.session import transaction
from mailer import approvals, proposals, releases, schedules, topics
from mailer.models.announcements import Announcement, Audience
from mailer.models.releases import Amends
from tests import builders, processes
from tests.browser import Browser
from tests.cast import Staff
from tests.journeys.conftest import House
from tests.mailer.sending.conftest import progress
from wiring import names
from wiring.core import core

EMBARGO_SECONDS = 25
PRESS, PUBLIC, BOTH = "desk@example.org", "reader@example.org", "both@example.org"

pytestmark = pytest.mark.journey


@pytest.fixture
def two(staff: Callable[..., Staff]) -> tuple[Staff, Staff]:
    """Hire an author and an approver."""
    return staff("chen", "author"), staff("dana", "approver")


def status(url: str) -> int:
    return Browser().get(url).status


def readers() -> None:
    with transaction() as session:
        topics.add(session, slug="press", name="Press list", by_invitation=True)
    builders.subscriber(PRESS, topic_slugs=("press",))
    builders.subscriber(PUBLIC)
    builders.subscriber(BOTH, topic_slugs=("press", "releases"))


def announce(
    slug: str, two: tuple[Staff, Staff], audience: Audience, topic: str, at: datetime | None = None
) -> int:
    author, approver = two
    now = datetime.now(UTC)
    with transaction() as session:
        made = proposals.propose(
            session,
            releases.named(session, slug),
            author_id=author.id,
            now=now,
            audience=audience,
            topics=topics.named(session, [topic]),
        )
        approvals.approve(session, made, approver_id=approver.id, now=now, read=None)
        if at is None:
            schedules.start(session, made, staff_id=approver.id, now=now)
        else:
            schedules.schedule(
                session, made, start_at=at, zone="Europe/Paris", staff_id=approver.id, now=now
            )
        id_ = made.id
    core().bell.ring(names.FREEZE, id_)
    return id_


def finished(id_: int) -> bool:
    return progress(id_).state == "finished"


def test_the_press_has_it_early_and_the_world_when_the_embargo_lifts(
    house: House, app: Flask, two: tuple[Staff, Staff]
) -> None:
    readers()
    slug = builders.release()
    lifts = datetime.now(UTC) + timedelta(seconds=EMBARGO_SECONDS)
    with transaction() as session:
        releases.set_embargo(session, releases.named(session, slug), lifts, "Europe/Paris")
    public = announce(slug, two, Audience.PUBLIC, "releases", at=lifts)
    early = announce(slug, two, Audience.EARLY, "press")
    page = f"{house.url}/releases/{slug}"
    processes.wait_until(lambda: finished(early))
    assert {mail["to"] for mail in house.mailbox.messages()} == {PRESS, BOTH}
    assert "EMBARGOED" in house.mailbox.newest_to(PRESS)["Subject"]
    assert datetime.now(UTC) < lifts
    assert [status(page), status(f"{house.url}/api/v1/releases/{slug}")] == [404, 404]
    processes.wait_until(lambda: finished(public))
    assert datetime.now(UTC) > lifts
    assert [status(page), status(f"{house.url}/api/v1/releases/{slug}")] == [200, 200]
    assert Counter(mail["to"] for mail in house.mailbox.messages()) == {
        PRESS: 1,
        BOTH: 1,
        PUBLIC: 1,
    }
    assert "EMBARGOED" not in house.mailbox.newest_to(PUBLIC)["Subject"]


def test_a_correction_goes_to_those_who_got_it_and_to_nobody_else(
    house: House, app: Flask, two: tuple[Staff, Staff]
) -> None:
    builders.subscriber(PUBLIC)
    first = builders.announcement(builders.release(), author=two[0], approver=two[1])
    core().bell.ring(names.FREEZE, first)
    processes.wait_until(lambda: finished(first))
    builders.subscriber("new@example.org")
    with transaction() as session:
        wrong = session.get_one(Announcement, first).release
        right = releases.named(session, builders.release("Example: a name was wrong"))
        releases.amend(session, right, Amends.CORRECTION, wrong)
        slug = right.slug
    second = announce(slug, two, Audience.CORRECTION, "releases")
    processes.wait_until(lambda: finished(second))
    corrected = [m for m in house.mailbox.messages() if m["subject"].startswith("Correction")]
    assert [mail["to"] for mail in corrected] == [PUBLIC]
