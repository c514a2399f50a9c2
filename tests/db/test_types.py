"""Times are aware and come back in UTC; words come back as members of their enumeration."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, select, text, type_coerce, update
from sqlalchemy.exc import StatementError

from db.base import db
from db.session import transaction
from db.types import UTCDateTime
from mailer.models.deliveries import Queue
from mailer.models.subscribers import ConsentKind, Subscriber, SubscriberState
from tests import builders
from tests.cast import AMIRA

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
times = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001 - bounds are naive in hypothesis


@given(at=times)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_time_of_any_zone_comes_back_in_utc(app: Flask, at: datetime) -> None:
    kind = UTCDateTime()
    with db.engine.connect() as connection:
        asked = select(bindparam("at", at, kind).op("+")(text("interval '0'")))
        result = connection.scalar(select(type_coerce(asked.scalar_subquery(), kind)))
    assert result is not None
    assert result == at
    assert result.tzinfo is UTC


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
def test_the_zone_of_the_database_session_does_not_matter(app: Flask, zone: str) -> None:
    builders.subscriber(AMIRA)
    with transaction() as session:
        session.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
        at = session.scalars(select(Subscriber.confirmed_at)).one()
    assert at == builders.NOW
    assert at is not None
    assert at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    id_ = builders.subscriber(AMIRA)
    naive = builders.NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a time without a zone"), transaction() as session:
        session.get_one(Subscriber, id_).confirmed_at = naive
    with pytest.raises(StatementError, match="a time without a zone"), transaction() as session:
        session.execute(select(Subscriber.id).where(Subscriber.confirmed_at < naive))


def test_a_word_is_stored_by_its_value_and_comes_back_as_a_member(app: Flask) -> None:
    builders.subscriber(AMIRA)
    with transaction() as session:
        assert session.scalars(text("SELECT state FROM subscriber")).all() == ["confirmed"]
        assert session.scalars(select(Subscriber.state)).one() is SubscriberState.CONFIRMED


@pytest.mark.parametrize("word", ["confirmd", Queue.BULK, ConsentKind.WITHDRAWN])
def test_a_word_of_another_kind_is_refused(app: Flask, word: str) -> None:
    builders.subscriber(AMIRA)
    with pytest.raises(StatementError, match="is not a valid SubscriberState"):  # noqa: SIM117 - the commit is inside
        with transaction() as session:
            session.execute(update(Subscriber).values(state=word))
