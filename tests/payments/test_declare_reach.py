"""Which days a declaration is about: from the one it was made on until the day before it was ended."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from payments import gift_aid
from payments.models.donors import Declaration

DAYS = st.dates(date(2000, 1, 1), date(2120, 12, 31))
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2110, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
ZONES = st.sampled_from(["UTC", "Europe/London", "Pacific/Auckland", "America/Los_Angeles"])


def declared(made_at: datetime, ended_at: datetime | None = None) -> Declaration:
    return Declaration(wording="", made_at=made_at, ended_at=ended_at)


@given(MOMENTS, st.lists(DAYS, min_size=3, max_size=3), ZONES, st.none() | MOMENTS)
def test_between_two_days_that_are_covered_every_day_is(
    made_at: datetime, days: list[date], zone: str, ended_at: datetime | None
) -> None:
    declaration, (first, between, last) = declared(made_at, ended_at), sorted(days)
    if gift_aid.covers(declaration, first, zone) and gift_aid.covers(declaration, last, zone):
        assert gift_aid.covers(declaration, between, zone)


@given(MOMENTS, DAYS)
def test_what_stands_reaches_on_without_an_end_and_never_back(made_at: datetime, day: date) -> None:
    assert gift_aid.covers(declared(made_at), day, "UTC") == (day >= made_at.date())


@given(MOMENTS, DAYS, ZONES, MOMENTS)
def test_to_end_it_takes_days_away_and_adds_none(
    made_at: datetime, day: date, zone: str, ended_at: datetime
) -> None:
    ended = gift_aid.covers(declared(made_at, ended_at), day, zone)
    assert ended == (
        gift_aid.covers(declared(made_at), day, zone)
        and gift_aid.covers(declared(datetime(2000, 1, 1, tzinfo=UTC), ended_at), day, zone)
    )


@given(MOMENTS, DAYS)
def test_no_day_from_its_end_on_is_covered(ended_at: datetime, day: date) -> None:
    ended = declared(ended_at - timedelta(days=400), ended_at)
    if day >= ended_at.date():
        assert not gift_aid.covers(ended, day, "UTC")
    assert gift_aid.covers(ended, ended_at.date() - timedelta(days=1), "UTC")


def test_the_days_are_those_of_the_organisation() -> None:
    late = declared(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert gift_aid.covers(late, date(2026, 11, 22), "UTC")
    assert not gift_aid.covers(late, date(2026, 11, 22), "Europe/Paris")
