"""Figures for the console: by state, by topic, by week."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import consent, figures, stripping
from mailer.figures import Week
from mailer.models.subscribers import ConsentKind, Subscriber, SubscriberState
from tests import builders
from tests.builders import NOW
from tests.cast import AMIRA, BORIS, EVE


def test_the_erased_are_counted_apart_from_those_who_ended(app: Flask) -> None:
    builders.subscriber(AMIRA)
    builders.subscriber(BORIS, state=SubscriberState.ENDED)
    erased = builders.subscriber(EVE)
    with transaction() as session:
        consent.record(
            session,
            session.get_one(Subscriber, erased),
            ConsentKind.CONFIRMED,
            at=NOW,
            source="test",
        )
        stripping.strip(session, [erased], reason="erased", now=NOW)
    with transaction() as session:
        counts = figures.by_state(session)
    assert counts == {"pending": 0, "confirmed": 1, "ended": 1, "erased": 1}


def test_a_topic_counts_the_confirmed_alone(app: Flask) -> None:
    builders.subscriber(AMIRA, topic_slugs=("releases", "courts"))
    builders.subscriber(BORIS, state=SubscriberState.PENDING)
    releases, courts = builders.topic().id, builders.topic("courts").id
    with transaction() as session:
        assert figures.by_topic(session) == {releases: 1, courts: 1}


def test_weeks_begin_on_monday_and_empty_ones_are_there(app: Flask) -> None:
    id_ = builders.subscriber(AMIRA)
    sunday = NOW.replace(hour=23, minute=59)
    with transaction() as session:
        for kind, days in ((ConsentKind.CONFIRMED, 0), (ConsentKind.WITHDRAWN, 14)):
            _event(session, id_, kind, days=days)
        weeks = figures.by_week(session, now=sunday, weeks=3)
    assert weeks == [
        Week(date(2026, 11, 2), 0, 1),
        Week(date(2026, 11, 9), 0, 0),
        Week(date(2026, 11, 16), 1, 0),
    ]


def test_what_is_older_than_the_weeks_is_left_out(app: Flask) -> None:
    id_ = builders.subscriber(AMIRA)
    with transaction() as session:
        _event(session, id_, ConsentKind.CONFIRMED, days=7)
        weeks = figures.by_week(session, now=NOW, weeks=1)
    assert weeks == [Week(date(2026, 11, 16), 0, 0)]


def _event(session: Session, subscriber_id: int, kind: ConsentKind, *, days: int) -> None:
    row = session.get_one(Subscriber, subscriber_id)
    consent.record(session, row, kind, at=NOW - timedelta(days=days), source="test")
    session.flush()
