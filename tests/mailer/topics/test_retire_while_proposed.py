"""A topic is retired in the moment in which an announcement to it is proposed: one of the two is refused."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.base import db
from db.session import transaction
from mailer import proposals, releases, topics
from mailer.proposals import NoTopics
from mailer.topics import TopicInUse
from tests import builders, processes
from tests.builders import NOW
from tests.cast import AMIRA, BORIS, hire

Act = Callable[[Session], object]
_WAITING = text("""
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
""")


@pytest.fixture
def propose(app: Flask) -> Act:
    """Give the act of proposing a release on the topic to two readers."""
    builders.subscribers(2)
    slug, chen = builders.release(), hire("chen", "author")
    return lambda session: proposals.propose(
        session, releases.named(session, slug), author_id=chen.id, now=NOW
    )


def retire(session: Session) -> None:
    topics.retire(session, topics.named(session, ["releases"])[0], now=NOW)


@pytest.fixture
def meanwhile(app: Flask) -> Iterator[Callable[[Act], Future[object]]]:
    """Give what acts in a transaction of its own, and returns once that waits for a lock, or is over."""

    def run(act: Act) -> object:
        with app.app_context(), transaction() as session:
            return act(session)

    def begin(act: Act) -> Future[object]:
        begun = pool.submit(run, act)
        processes.wait_until(lambda: begun.done() or _somebody_waits())
        return begun

    with ThreadPoolExecutor(1) as pool:
        yield begin


def _somebody_waits() -> bool:
    with db.engine.connect() as connection:
        return bool(connection.scalar(_WAITING))


def test_what_is_retired_first_is_not_announced_to(
    propose: Act, meanwhile: Callable[[Act], Future[object]]
) -> None:
    with transaction() as session:
        retire(session)
        proposed = meanwhile(propose)
    with pytest.raises(NoTopics, match="Press releases is retired"):
        proposed.result(processes.PATIENCE_SECONDS)


def test_what_is_announced_to_first_is_not_retired(
    propose: Act, meanwhile: Callable[[Act], Future[object]]
) -> None:
    with transaction() as session:
        propose(session)
        retired = meanwhile(retire)
    with pytest.raises(TopicInUse, match="is not over"):
        retired.result(processes.PATIENCE_SECONDS)


def test_a_reader_may_choose_the_topic_while_either_is_done(
    propose: Act, meanwhile: Callable[[Act], Future[object]]
) -> None:
    with transaction() as session:
        propose(session)
        assert meanwhile(lambda _: builders.subscriber(AMIRA)).done()
        session.rollback()
    with transaction() as session:
        retire(session)
        assert meanwhile(lambda _: builders.subscriber(BORIS)).done()
