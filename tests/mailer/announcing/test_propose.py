"""Proposing a release, once, by one person, as it is now."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from db.session import transaction
from mailer import announcements, approvals, proposals, releases
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.proposals import AlreadyAnnounced, NoTopics
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, cancel, read


def test_a_proposal_is_bound_to_content_topics_and_author(app: Flask, chen: Staff) -> None:
    made = read(builders.announcement(builders.release(), author=chen))
    assert (made.state, made.author_id, made.approver_id) == ("in review", chen.id, None)
    assert [topic.slug for topic in made.topics] == ["releases"]
    with transaction() as session:
        assert made.content_hash == approvals.current_hash(session.merge(made))
    assert [(e.state_before, e.state_after, e.staff_id) for e in made.events] == [
        (None, "in review", chen.id)
    ]


def test_a_release_without_topics_has_no_audience(app: Flask, chen: Staff) -> None:
    with transaction() as session:
        release = releases.create(session, builders.parts(), topics=[])
        with pytest.raises(NoTopics, match="at least one topic"):
            proposals.propose(session, release, author_id=chen.id, now=NOW)


def test_a_second_proposal_is_refused(app: Flask, chen: Staff) -> None:
    slug = builders.release()
    builders.announcement(slug, author=chen)
    with pytest.raises(AlreadyAnnounced):
        builders.announcement(slug, author=chen)


def test_after_a_cancellation_it_may_be_proposed_anew(app: Flask, chen: Staff) -> None:
    slug = builders.release()
    first = builders.announcement(slug, author=chen)
    cancel(first, chen)
    second = builders.announcement(slug, author=chen)
    with transaction() as session:
        found = announcements.of_release(session, releases.named(session, slug))
        assert found is not None
        assert (found.id, found.state) == (second, "in review")


def test_the_database_itself_refuses_a_second_open_announcement(app: Flask, chen: Staff) -> None:
    made = read(builders.announcement(builders.release(), author=chen))
    twin = Announcement(
        release_id=made.release_id,
        state=AnnouncementState.IN_REVIEW,
        content_hash=b"",
        author_id=chen.id,
    )
    with pytest.raises(IntegrityError, match="uq_announcement_open"), transaction() as session:
        session.add(twin)


def test_proposals_at_once_give_one_announcement(app: Flask, chen: Staff) -> None:
    slug, together = builders.release(), threading.Barrier(4)
    builders.subscribers(1)
    refused: list[Exception] = []

    def propose() -> None:
        with app.app_context(), transaction() as session:
            release = releases.named(session, slug)
            together.wait()
            try:
                proposals.propose(session, release, author_id=chen.id, now=NOW)
            except AlreadyAnnounced as error:
                refused.append(error)

    threads = [threading.Thread(target=propose) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Announcement)) == 1
    assert len(refused) == 3
