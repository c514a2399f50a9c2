"""A press list that was told early and then cancelled loses nobody to the announcement that left it out."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from db.session import transaction
from mailer import audience, control, proposals, releases, rest, topics
from mailer.models.announcements import Announcement, AnnouncementState, Audience
from mailer.models.subscribers import Subscriber, SubscriberState
from mailer.proposals import AlreadyAnnounced, NoRest
from mailer.rest import Rest
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, approve, cancel, freeze, mailed, read, start

BOTH, PRESS = "both@example.org", "press@example.org"


@pytest.fixture
def slug(app: Flask) -> str:
    """Give a release, a press list of two, one of whom is in the public topic too, and one in that alone."""
    with transaction() as session:
        topics.add(session, slug="press", name="Press", by_invitation=True)
    builders.subscriber(BOTH, topic_slugs=("press", "releases"))
    builders.subscriber(PRESS, topic_slugs=("press",))
    builders.subscriber("amira@example.org")
    return builders.release()


def run(slug: str, chen: Staff, dana: Staff, to: Audience, topic: str) -> int:
    """Propose, approve, start and freeze; return the announcement's id."""
    with transaction() as session:
        made = proposals.propose(
            session,
            releases.named(session, slug),
            author_id=chen.id,
            now=NOW,
            audience=to,
            topics=topics.named(session, [topic]),
        )
    go(made.id, dana)
    return made.id


def go(id_: int, dana: Staff) -> None:
    approve(id_, dana)
    start(id_, dana)
    freeze(id_)


@pytest.fixture
def early(slug: str, chen: Staff, dana: Staff) -> int:
    """Give the early announcement, cancelled after the public one left its readers out."""
    early = run(slug, chen, dana, Audience.EARLY, "press")
    public = run(slug, chen, dana, Audience.PUBLIC, "releases")
    assert (mailed(early), mailed(public)) == ([BOTH, PRESS], ["amira@example.org"])
    cancel(early, dana)
    return early


def settle() -> None:
    """Do what the sweeper does with what was cancelled."""
    with transaction() as session:
        control.skip_cancelled(session, now=NOW)


def left(id_: int) -> Rest:
    with transaction() as session:
        return rest.of(session, session.get_one(Announcement, id_))


def propose_rest(id_: int, author: Staff) -> int:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        now = datetime.now(UTC)
        return proposals.propose_rest(session, made, author_id=author.id, now=now).id


def test_they_are_counted_at_once_and_proposed_to_while_the_public_one_runs(
    early: int, chen: Staff, dana: Staff
) -> None:
    assert left(early) == Rest(2, settled=False)
    settle()
    assert left(early) == Rest(2, settled=True)
    again = propose_rest(early, chen)
    go(again, dana)
    assert mailed(again) == [BOTH, PRESS]
    assert read(again).audience is Audience.EARLY
    assert left(early) == Rest(0, settled=True)


def test_until_it_is_settled_whom_it_reached_nobody_is_proposed_to(early: int, chen: Staff) -> None:
    with pytest.raises(NoRest, match="try again in a few seconds"):
        propose_rest(early, chen)


def test_two_cannot_propose_it(early: int, chen: Staff) -> None:
    settle()
    again = propose_rest(early, chen)
    with pytest.raises(AlreadyAnnounced, match=f"number {again}"):
        propose_rest(early, chen)


@pytest.mark.parametrize(
    ("state", "doubts", "count"),
    [
        ("skipped", 0, 2),
        ("refused", 0, 2),
        ("accepted", 0, 1),
        ("uncertain", 1, 1),
        ("skipped", 1, 1),
    ],
)
def test_whom_it_may_have_reached_is_not_its_rest(
    early: int, state: str, doubts: int, count: int
) -> None:
    settle()
    with transaction() as session:
        session.execute(
            text("UPDATE delivery SET state = :state, doubts = :doubts WHERE id = 1"),
            {"state": state, "doubts": doubts},
        )
    assert left(early) == Rest(count, settled=True)


def test_who_left_is_not_its_rest(early: int) -> None:
    settle()
    with transaction() as session:
        one = session.scalars(select(Subscriber).order_by(Subscriber.id)).first()
        assert one is not None
        one.state, one.ended_at = SubscriberState.ENDED, NOW
    assert left(early).count == 1


def test_who_gave_the_topic_up_is_not_its_rest(early: int) -> None:
    settle()
    with transaction() as session:
        session.execute(
            text("DELETE FROM subscriber_topic WHERE topic_id = 1 AND subscriber_id = 2")
        )
    assert left(early).count == 1


@pytest.mark.parametrize(("languages", "fallback"), [(["en"], True), (None, False)])
def test_who_reads_another_language_by_now_is_not_its_rest(
    early: int, *, languages: list[str] | None, fallback: bool
) -> None:
    settle()
    with transaction() as session:
        session.execute(update(Announcement).values(languages=languages, fallback=fallback))
        session.execute(update(Subscriber).where(Subscriber.id == 2).values(language="fr"))
    assert left(early).count == 1


def test_topics_languages_and_fallback_are_those_of_the_cancelled_one(
    slug: str, chen: Staff, dana: Staff
) -> None:
    id_ = run(slug, chen, dana, Audience.EARLY, "press")
    cancel(id_, dana)
    settle()
    with transaction() as session:
        session.execute(update(Announcement).values(languages=["en"], fallback=False))
    again = read(propose_rest(id_, chen))
    assert [topic.slug for topic in again.topics] == ["press"]
    assert (again.languages, again.fallback) == (["en"], False)


def test_the_number_is_whom_the_proposal_reaches(early: int) -> None:
    settle()
    with transaction() as session:
        made = session.get_one(Announcement, early)
        count = audience.counted(session, audience.rule_of(made))
        assert count.reached == rest.of(session, made).count


@pytest.mark.parametrize("state", sorted(set(AnnouncementState) - {AnnouncementState.CANCELLED}))
def test_only_what_was_cancelled_has_a_rest(
    slug: str, chen: Staff, dana: Staff, state: AnnouncementState
) -> None:
    id_ = builders.announcement(slug, author=chen, approver=dana)
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        made.state, made.start_at = state, NOW
    assert not rest.has_any(read(id_))
    with pytest.raises(NoRest, match="cancelled after its start"):
        propose_rest(id_, chen)


def test_what_was_taken_back_before_its_start_has_none(slug: str, chen: Staff, dana: Staff) -> None:
    id_ = builders.announcement(slug, author=chen)
    cancel(id_, dana)
    assert not rest.has_any(read(id_))
