"""An hour that people say in a place, and the instant it is."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import zones
from mailer.zones import BadTime

NAMES = sorted(available_timezones() - {"localtime"})
times = st.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1))  # noqa: DTZ001 - as people say it


@given(times, st.sampled_from(NAMES))
def test_an_instant_is_said_and_understood_again(at: datetime, name: str) -> None:
    instant = at.replace(tzinfo=UTC, microsecond=0)
    local = instant.astimezone(zones.zone(name)).replace(tzinfo=None, fold=0)
    # Of an hour that comes twice the first is meant: never later than what was said.
    understood = zones.instant(local, name)
    assert understood <= instant
    assert understood.astimezone(zones.zone(name)).replace(tzinfo=None, fold=0) == local


@given(times, st.sampled_from(NAMES))
def test_a_local_time_is_one_instant_or_refused(local: datetime, name: str) -> None:
    there = zones.zone(name)
    skipped = local.replace(tzinfo=there).astimezone(UTC).astimezone(there).replace(tzinfo=None)
    if skipped.replace(fold=0) != local:
        with pytest.raises(BadTime, match="does not exist"):
            zones.instant(local, name)
        return
    instant = zones.instant(local, name)
    assert instant.astimezone(there).replace(tzinfo=None, fold=0) == local


def test_an_hour_that_a_clock_skips_is_refused() -> None:
    with pytest.raises(BadTime, match="02:30 does not exist on 2026-03-29 in Europe/Berlin"):
        zones.instant(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")  # noqa: DTZ001 - as people say it


def test_an_hour_that_comes_twice_is_its_first() -> None:
    twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - as people say it
    assert zones.instant(twice, "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["", "Berlin", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "é"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadTime, match="no time zone called"):
        zones.zone(name)


def test_a_time_with_an_offset_is_refused() -> None:
    with pytest.raises(BadTime, match="without an offset"):
        zones.instant(datetime(2026, 11, 22, tzinfo=UTC), "UTC")


@pytest.mark.parametrize(
    ("year", "month", "name"), [(1, 1, "Asia/Tokyo"), (9999, 12, "America/New_York")]
)
def test_the_edges_of_the_calendar_are_refused(year: int, month: int, name: str) -> None:
    edge = datetime(year, month, 1 if year == 1 else 31, 0 if year == 1 else 23)  # noqa: DTZ001 - as people say it
    with pytest.raises(BadTime, match="no day"):
        zones.instant(edge, name)


def test_an_instant_is_said_as_people_there_read_it() -> None:
    at = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
    assert zones.said(at, "Europe/Berlin") == "22 November 2026, 14:05 (Europe/Berlin)"


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "Europe"])
def test_what_was_stored_beside_a_zone_that_is_gone_is_said_in_utc(name: str) -> None:
    at = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
    assert zones.said(at, name) == "22 November 2026, 13:05 (UTC)"
    assert zones.known("Europe/Berlin") == "Europe/Berlin"
