"""Turns at a recipient's domain: a slow provider is waited for, and holds nobody else up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import limits
from db.sealed import Keyring
from db.session import KEYRING, transaction
from mailer import paces, turns
from mailer.models.deliveries import Pace
from mailer.paces import Booking
from mailer.providers import PROVIDERS
from tests.builders import NOW

GMAIL = PROVIDERS["gmail"].per_second
SMALL = "5ma11"
Slow = Callable[..., None]


def book(seconds: float, **wanted: Booking) -> dict[str, list[float]]:
    with transaction() as session:
        return dict(paces.book(session, wanted, now=NOW + timedelta(seconds=seconds)))


def small(seconds: float, count: int) -> list[float]:
    """Book at a domain that belongs to no provider."""
    return book(seconds, small=Booking(None, count))["small"]


def slow(seconds: float, scope: str = "small", provider: str | None = None) -> None:
    with transaction() as session:
        paces.slow(session, scope, provider=provider, now=NOW + timedelta(seconds=seconds))


def rows() -> int | None:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Pace))


def test_a_domain_without_a_cap_waits_for_nothing_and_nothing_is_written(app: Flask) -> None:
    assert book(0, a=Booking(None, 3), b=Booking(None, 0)) == {"a": [0.0] * 3, "b": []}
    assert rows() == 0


def test_a_provider_has_turns_for_a_second_and_the_rest_is_put_back(app: Flask) -> None:
    times = book(0, gmail=Booking("gmail", 60), other=Booking(None, 2))
    now = [t for t in times["gmail"] if t <= limits.GRANT_SECONDS]
    assert now == [pytest.approx(number / GMAIL) for number in range(int(GMAIL) + 1)]
    assert times["gmail"] == sorted(times["gmail"])
    assert times["gmail"][-1] == pytest.approx(1 + (60 - len(now)) / GMAIL)
    assert times["other"] == [0.0, 0.0]


def test_the_next_window_is_put_back_behind_the_last(app: Flask) -> None:
    first = book(0, gmail=Booking("gmail", 100))["gmail"]
    second = book(0, gmail=Booking("gmail", 100))["gmail"]
    assert second[0] == pytest.approx(first[-1] + 1 / GMAIL)
    assert len({round(t, 6) for t in first + second}) == 200


def test_who_was_put_back_finds_a_turn_then(app: Flask) -> None:
    late = book(0, gmail=Booking("gmail", 100))["gmail"][-1]
    assert book(late, gmail=Booking("gmail", 1))["gmail"] == [0.0]


def test_after_a_long_pause_a_crowd_does_not_leave_at_once(app: Flask) -> None:
    book(0, gmail=Booking("gmail", 500))
    times = book(9000, gmail=Booking("gmail", 500))["gmail"]
    assert sum(t <= limits.GRANT_SECONDS for t in times) == GMAIL + 1


def test_a_domain_that_says_so_is_slowed_by_half_once_for_each_window(app: Flask) -> None:
    for seconds in (0, 1, 2):
        slow(seconds)
    assert small(3, 2) == [0.0, pytest.approx(2 / limits.DOMAIN_RATE_START)]
    slow(20)
    assert small(23, 2) == [0.0, pytest.approx(4 / limits.DOMAIN_RATE_START)]


def test_a_provider_is_slowed_from_its_own_rate(app: Flask) -> None:
    slow(0, "gmail", "gmail")
    assert book(0, gmail=Booking("gmail", 2))["gmail"][1] == pytest.approx(2 / GMAIL)


def test_no_domain_is_slowed_below_the_least_rate(app: Flask) -> None:
    for seconds in range(0, 400, 20):
        slow(seconds)
    assert small(401, 3)[1:] == [pytest.approx(2), pytest.approx(2 + 1 / limits.DOMAIN_RATE_MIN)]


@pytest.mark.parametrize(("minutes", "gap"), [(0, 0.2), (1, 0.16), (2, 0.128)])
def test_it_recovers_by_a_quarter_each_minute(app: Flask, minutes: int, gap: float) -> None:
    slow(0)
    assert small(60 * minutes, 2)[1] == pytest.approx(gap)


def test_once_recovered_it_is_free_again_and_forgotten_within_the_hour(app: Flask) -> None:
    slow(0)
    small(0, 2)
    assert small(60 * 5, 50) == [0.0] * 50
    with transaction() as session:
        paces.forget_quiet(session, now=NOW + timedelta(seconds=limits.PACE_KEPT_SECONDS + 9))
    assert rows() == 0


def test_the_slowest_domain_has_recovered_before_it_is_forgotten(app: Flask) -> None:
    fastest = max(p.per_second for p in PROVIDERS.values())
    risen = turns.recovered(limits.DOMAIN_RATE_MIN, limits.PACE_KEPT_SECONDS)
    assert risen >= max(fastest, limits.DOMAIN_RATE_START)


def test_a_providers_domains_share_a_scope_that_names_nobody(app: Flask) -> None:
    keys: Keyring = app.extensions[KEYRING]
    gmail, same, other = (
        paces.scope_of(keys, f"amira@{domain}")
        for domain in ("gmail.com", "GoogleMail.com", "example.org")
    )
    assert gmail == same != other == paces.scope_of(keys, "boris@Example.org")
    assert "example" not in other
    assert len(other) == 64
