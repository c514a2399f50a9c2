"""Turns drawn from the tables: several workers share one rate and one window, and feel a change."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import paces, sending_limits
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Pace, PaceCount
from mailer.paces import Grant
from mailer.sending_limits import Limits
from tests import builders
from tests.builders import NOW
from tests.cast import hire
from tests.conftest import empty_tables

NOBODY = 404


def limit(**given_: float) -> None:
    with transaction() as session:
        sending_limits.write(session, Limits(**given_))  # type: ignore[arg-type] # each name has its own type


def draw(seconds: float, wanted: int = 100, *, announcement: int | None = NOBODY) -> Grant:
    now = NOW + timedelta(seconds=seconds)
    with transaction() as session:
        return paces.draw(session, announcement_id=announcement, wanted=wanted, now=now)


@contextmanager
def listening(session: Session, said: list[str]) -> Iterator[None]:
    """Write down every statement that the session's connection is given."""

    def write(*about: object) -> None:
        said.append(str(about[2]))

    event.listen(session.connection(), "before_cursor_execute", write)
    yield
    event.remove(session.connection(), "before_cursor_execute", write)


def announce(rate: float | None) -> int:
    id_ = builders.announcement(builders.release(), author=hire("chen"))
    with transaction() as session:
        session.get_one(Announcement, id_).rate = rate
    return id_


def test_without_any_limit_one_select_grants_all_and_nothing_is_written(session: Session) -> None:
    said: list[str] = []
    with listening(session, said):
        grant = paces.draw(session, announcement_id=NOBODY, wanted=7, now=NOW)
    assert grant == Grant(7, 0.0, 0.0, unlimited=True)
    assert [words.split()[0] for words in said] == ["SELECT"]


def test_a_rate_is_drawn_for_a_second_ahead(app: Flask) -> None:
    limit(per_second=10)
    assert draw(0, 4) == Grant(4, 0.0, 0.1)
    assert draw(0) == Grant(7, 0.4, 0.1)
    refused = draw(0)
    assert (refused.count, refused.first_in) == pytest.approx((0, 0.6))
    assert draw(5, 1) == Grant(1, 0.0, 0.1)


def test_an_announcement_has_a_rate_of_its_own_within_that_of_all(app: Flask) -> None:
    limit(per_second=100)
    slow, free = announce(2), NOBODY
    assert draw(0, announcement=slow) == Grant(3, 0.0, 0.5)
    rest = draw(0, announcement=free)
    assert (rest.count, rest.first_in) == pytest.approx((98, 0.03))


def test_a_lowered_and_a_raised_rate_are_felt_within_two_seconds(app: Flask) -> None:
    limit(per_second=100)
    draw(0)
    limit(per_second=0.01)
    assert sum(draw(seconds).count for seconds in range(1, 90, 9)) == 1
    limit(per_second=100)
    assert sum(draw(90 + step / 10).count for step in range(21)) >= 90


def test_a_lifted_limit_lets_everything_go(app: Flask) -> None:
    limit(per_second=1)
    draw(0)
    limit()
    assert draw(0).unlimited


def test_a_full_window_says_when_there_is_room(app: Flask) -> None:
    limit(window_mails=20, window_seconds=3600)
    assert (draw(0).count, draw(1).count) == (19, 0)
    wait = draw(2).first_in
    assert 3600 < wait < 3664
    assert (draw(2 + wait - 0.1).count, draw(2 + wait).count) == (0, 19)


def test_confirmations_find_room_where_an_announcement_has_filled_the_window(app: Flask) -> None:
    limit(window_mails=100, window_seconds=3600)
    assert (draw(0, 1000).count, draw(0, 1000).count) == (95, 0)
    assert draw(0, 1000, announcement=None).count == 5


def test_a_single_mail_waits_for_no_rate_and_is_counted_in_the_window(app: Flask) -> None:
    limit(per_second=1, window_mails=20, window_seconds=3600)
    assert draw(0).count == 2
    assert draw(0, 9, announcement=None) == Grant(9, 0.0, 0.0)
    assert draw(0, 10, announcement=None) == Grant(9, 0.0, 0.0)
    assert (draw(5).count, draw(5, 1, announcement=None).count) == (0, 0)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 0.3, 1, 9, 10, 12, 14]),
            st.integers(1, 9),
            st.sampled_from([NOBODY, None]),
        ),
        max_size=9,
    )
)
def test_no_window_holds_more_whoever_draws(
    app: Flask, draws: list[tuple[float, int, int | None]]
) -> None:
    empty_tables()
    limit(window_mails=8, window_seconds=10, per_second=5)
    now, turns = 0.0, list[float]()
    for pause, wanted, announcement in draws:
        now += pause
        grant = draw(now, wanted, announcement=announcement)
        turns += [now + grant.first_in + number * grant.gap for number in range(grant.count)]
    assert all(sum(begin <= turn <= begin + 10 for turn in turns) <= 8 for begin in turns)


def test_workers_that_draw_at_once_share_one_window(app: Flask) -> None:
    limit(window_mails=60, window_seconds=3600)

    def work(_: int) -> int:
        with app.app_context(), transaction() as session:
            now = paces.clock(session)
            return paces.draw(session, announcement_id=None, wanted=25, now=now).count

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [0, 10, 25, 25]


def test_the_database_tells_the_time(session: Session) -> None:
    assert isinstance(paces.clock(session), datetime)
    assert paces.clock(session) <= paces.clock(session)


def test_what_nobody_draws_from_is_forgotten(app: Flask) -> None:
    limit(window_mails=20, window_seconds=10, per_second=5)
    draw(0)
    for seconds, left in ((5, (1, 1)), (20, (1, 0)), (3700, (0, 0))):
        with transaction() as session:
            paces.forget_quiet(session, now=NOW + timedelta(seconds=seconds))
            counts = [
                session.scalar(select(func.count()).select_from(t)) for t in (Pace, PaceCount)
            ]
        assert tuple(counts) == left
