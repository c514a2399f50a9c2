"""An edge's transaction commits whole or not at all; its rows stay readable."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import db
from db.sealed import keyring
from db.session import KEYRING, transaction
from mailer.models.subscribers import Topic


def _slugs() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(select(Topic.slug)))


def _interrupted(error: type[BaseException]) -> None:
    with transaction() as session:
        _add(session)
        session.flush()
        raise error


def _twice() -> None:
    with transaction() as session:
        session.add_all([Topic(slug="first", name="One"), Topic(slug="first", name="Other")])


def _add(session: Session, slug: str = "releases") -> Topic:
    topic = Topic(slug=slug, name="Press releases")
    session.add(topic)
    return topic


def test_the_end_of_the_block_commits(app: Flask) -> None:
    with transaction() as session:
        _add(session)
        session.flush()
        assert _slugs() == []
    assert _slugs() == ["releases"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_any_exception_rolls_back_and_goes_on_its_way(
    app: Flask, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        _interrupted(error)
    assert _slugs() == []


def test_a_commit_that_the_database_refuses_leaves_nothing(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        _twice()
    assert _slugs() == []


def test_rows_are_readable_after_the_commit(app: Flask) -> None:
    with transaction() as session:
        topic = _add(session)
    assert (topic.slug, topic.name) == ("releases", "Press releases")
    assert topic.id > 0


def test_two_transactions_are_two_sessions(app: Flask) -> None:
    with transaction() as outer, transaction() as inner:
        assert outer is not inner
        assert outer is not db.session()


def test_a_transaction_knows_the_keyring_of_its_app(app: Flask) -> None:
    with transaction() as session:
        assert keyring(session) is app.extensions[KEYRING]


def test_no_connection_is_kept_back(app: Flask) -> None:
    with transaction() as session:
        _add(session, "other")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(KeyboardInterrupt)
    assert db.engine.pool.status().endswith("Current Checked out connections: 0")
