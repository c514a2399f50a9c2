from datetime import UTC, datetime

import pytest
from flask import Flask

from mailer import zones
from web import hours, numbers


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        (datetime(2026, 12, 14, 8, tzinfo=UTC), "UTC", "14 December 2026, 08:00 (UTC)"),
        (
            datetime(2026, 12, 14, 8, tzinfo=UTC),
            "Europe/Paris",
            "14 December 2026, 09:00 (Europe/Paris), which is 08:00 UTC",
        ),
        (
            datetime(2026, 12, 14, 23, tzinfo=UTC),
            "Asia/Tokyo",
            "15 December 2026, 08:00 (Asia/Tokyo), which is 14 December 2026, 23:00 UTC",
        ),
        (
            datetime(2026, 12, 14, 8, tzinfo=UTC),
            "Europe/London",
            "14 December 2026, 08:00 (Europe/London)",
        ),
    ],
)
def test_an_hour_is_said_in_its_zone_and_in_utc_where_they_differ(
    at: datetime, zone: str, words: str
) -> None:
    assert hours.said(at, zone) == words
    assert hours.instant(hours.typed(at, zone), zone) == at


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("9999-12-31T23:59", "Pacific/Honolulu"),
        ("0001-01-01T00:00", "Asia/Tokyo"),
        ("2026-13-01T00:00", "UTC"),
        ("", "UTC"),
    ],
)
def test_an_hour_beyond_the_calendar_is_refused(typed: str, zone: str) -> None:
    with pytest.raises(zones.BadTime):
        hours.instant(typed, zone)


def test_the_organisations_zone_is_offered_first_and_each_once(app: Flask) -> None:
    choices = hours.choices()
    assert choices[0] == hours.home() == "UTC"
    assert "Europe/Paris" in choices
    assert len(choices) == len(set(choices))
    assert not [name for name in choices if name.startswith("Etc/")]


@pytest.mark.parametrize(
    ("typed", "number"), [("", None), (" 2,5 ", 2.5), ("20", 20.0), ("1e3", 1000.0)]
)
def test_a_decimal_is_read_as_people_write_it(typed: str, number: float | None) -> None:
    assert numbers.decimal(typed) == number


@pytest.mark.parametrize("typed", ["1.5", "-1", "x", "٣", "9" * 13, "1e3"])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(numbers.NoNumber):
        numbers.whole(typed)
