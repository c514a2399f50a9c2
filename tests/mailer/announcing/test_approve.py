"""Approving: by another person, of exactly what was proposed."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from db.session import transaction
from mailer import approvals, releases, schedules
from mailer.approvals import ContentChanged, SamePerson
from mailer.lifecycle import NotLawful
from mailer.models.announcements import Announcement, AnnouncementEvent
from mailer.models.releases import ReleaseVersion
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, Act, approve, cancel, read, start

COLUMNS = ["headline", "subhead", "place", "body", "boilerplate", "postal_address", "language"]
CHANGES: dict[str, object] = dict.fromkeys(COLUMNS, "de")
CHANGES |= {"day": None, "contacts": []}


@pytest.fixture
def proposed(app: Flask, chen: Staff) -> int:
    """Give an announcement that waits for review."""
    return builders.announcement(builders.release(), author=chen)


def _change(column: str) -> None:
    with transaction() as session:
        session.execute(update(ReleaseVersion).values({column: CHANGES[column]}))


def test_another_person_approves(proposed: int, chen: Staff, dana: Staff) -> None:
    approve(proposed, dana)
    made = read(proposed)
    assert (made.state, made.approver_id, made.approved_at) == ("approved", dana.id, NOW)
    assert [(e.state_before, e.state_after, e.staff_id) for e in made.events] == [
        (None, "in review", chen.id),
        ("in review", "approved", dana.id),
    ]


def test_the_author_is_refused(proposed: int, chen: Staff) -> None:
    with pytest.raises(SamePerson):
        approve(proposed, chen)
    assert read(proposed).state == "in review"


def test_the_database_itself_refuses_one_person_in_both_roles(proposed: int, chen: Staff) -> None:
    one = update(Announcement).values(approver_id=chen.id)
    with pytest.raises(IntegrityError, match="two_people"), transaction() as session:
        session.execute(one)


@pytest.mark.parametrize("state", ["approved", "preparing", "sending", "finished"])
def test_the_database_itself_refuses_a_state_that_needs_an_approver(
    proposed: int, state: str
) -> None:
    with pytest.raises(IntegrityError, match="ck_announcement_approved"), transaction() as session:
        session.execute(text("UPDATE announcement SET state = :state"), {"state": state})


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("act", [approve, start])
def test_a_change_of_any_part_is_refused(proposed: int, dana: Staff, act: Act, column: str) -> None:
    if act is start:
        approve(proposed, dana)
    before = read(proposed).state
    _change(column)
    with pytest.raises(ContentChanged, match="propose anew"):
        act(proposed, dana)
    assert read(proposed).state == before


@pytest.mark.parametrize("act", [approve, start])
def test_a_change_of_the_topics_is_refused(proposed: int, dana: Staff, act: Act) -> None:
    if act is start:
        approve(proposed, dana)
    with transaction() as session:
        release = read(proposed).release
        courts = builders.topic("courts", "Courts")
        releases.choose_topics(session, session.merge(release), [session.merge(courts)])
    with pytest.raises(ContentChanged):
        act(proposed, dana)


def test_another_language_that_came_in_is_refused(proposed: int, dana: Staff) -> None:
    with transaction() as session:
        release = session.get_one(Announcement, proposed).release
        releases.edit(session, release, builders.parts(language="ru"), revision=release.revision)
    with pytest.raises(ContentChanged):
        approve(proposed, dana)


@pytest.mark.parametrize("act", ["approve", "start"])
def test_what_this_session_read_earlier_is_not_what_is_approved(
    proposed: int, dana: Staff, act: str
) -> None:
    if act == "start":
        approve(proposed, dana)
    acts: dict[str, Callable[..., None]] = {
        "approve": lambda *a: approvals.approve(*a, approver_id=dana.id, now=NOW, read=None),
        "start": lambda *a: schedules.start(*a, staff_id=dana.id, now=NOW),
    }
    with transaction() as session:
        made = session.get_one(Announcement, proposed)
        assert approvals.current_hash(made) == made.content_hash
        _change("body")
        with pytest.raises(ContentChanged):
            acts[act](session, made)


def test_an_edit_while_it_is_started_is_refused_and_never_mailed(
    app: Flask, proposed: int, dana: Staff
) -> None:
    approve(proposed, dana)
    answers: list[object] = []

    def edit() -> None:
        with app.app_context(), transaction() as session:
            release = session.get_one(Announcement, proposed).release
            try:
                releases.edit(session, release, builders.parts("Other"), revision=release.revision)
                answers.append("edited")
            except releases.ReleaseIsFixed as error:
                answers.append(error)

    editing = threading.Thread(target=edit)
    with transaction() as session:
        made = session.get_one(Announcement, proposed)
        schedules.start(session, made, staff_id=dana.id, now=NOW)
        editing.start()
        editing.join(1)
    editing.join()
    assert isinstance(answers[0], releases.ReleaseIsFixed)
    made = read(proposed)
    with transaction() as session:
        assert approvals.current_hash(session.merge(made)) == made.content_hash


def test_two_approvals_at_once_are_one(app: Flask, proposed: int, dana: Staff) -> None:
    together, refused = threading.Barrier(2), list[NotLawful]()

    def press() -> None:
        with app.app_context():
            together.wait()
            try:
                approve(proposed, dana)
            except NotLawful as error:
                refused.append(error)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert [e.state_after for e in read(proposed).events] == ["in review", "approved"]


def test_what_was_cancelled_cannot_be_approved(proposed: int, chen: Staff, dana: Staff) -> None:
    cancel(proposed, chen)
    with pytest.raises(NotLawful):
        approve(proposed, dana)


def test_its_events_cannot_be_changed_or_deleted(proposed: int) -> None:
    for change in (update(AnnouncementEvent).values(note="x"), delete(AnnouncementEvent)):
        with pytest.raises(DatabaseError, match="only ever added"), transaction() as session:
            session.execute(change)
