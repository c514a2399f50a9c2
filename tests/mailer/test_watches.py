"""A watch shows the time that it was set to, carried on; the host's own time of day plays no part."""

from datetime import timedelta
from time import monotonic

from mailer.watches import Watch
from tests.builders import NOW


def test_a_watch_goes_on_from_where_it_was_set() -> None:
    minute = Watch(set_at=NOW, counted_from=monotonic() - 60).now() - NOW
    assert timedelta(seconds=60) <= minute < timedelta(seconds=120)


def test_a_watch_never_goes_back() -> None:
    watch = Watch.set(NOW)
    shown = [watch.now() for _ in range(1000)]
    assert shown == sorted(shown)
    assert shown[0] >= NOW
