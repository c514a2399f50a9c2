"""A file is about whole days as the organisation counts them."""

from datetime import UTC, date, datetime

import pytest

from payments.exporting.spans import BadSpan, Span


def test_days_begin_and_end_at_the_midnight_of_the_zone() -> None:
    span = Span.read("2026-03-28", " 2026-03-29 ", "Europe/Paris")
    assert span.begins == datetime(2026, 3, 27, 23, tzinfo=UTC)
    # Summer time began on the second day.
    assert span.ends == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_moment_lies_in_the_day_of_the_zone() -> None:
    span = Span.read("2026-01-01", "2026-12-31", "America/New_York")
    late = datetime(2026, 7, 1, 3, 59, tzinfo=UTC)
    assert span.day(late) == date(2026, 6, 30)
    assert span.time(late).isoformat() == "2026-06-30T23:59:00-04:00"


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("", "2026-01-01", "Give each day as 2026-01-31."),
        ("2026-02-30", "2026-03-01", "Give each day"),
        ("2026-01-01", "tomorrow\0", "Give each day"),
        ("9" * 5_000, "2026-01-01", "Give each day"),
        ("2026-01-02", "2026-01-01", "before the first"),
        ("0001-01-01", "2026-01-01", "of the years 2000 to 2999"),
        ("2026-01-01", "9999-12-31", "of the years 2000 to 2999"),
    ],
)
def test_what_are_no_days_is_refused_with_what_to_do(first: str, last: str, sentence: str) -> None:
    with pytest.raises(BadSpan, match=sentence):
        Span.read(first, last, "Pacific/Apia")
