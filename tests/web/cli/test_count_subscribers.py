from flask import Flask

from mailer.models.subscribers import SubscriberState
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.web.cli import commands


def test_subscribers_are_counted_by_state_and_never_named(app: Flask) -> None:
    builders.subscriber(AMIRA)
    builders.subscriber(BORIS, state=SubscriberState.PENDING)
    counts = {"pending": 1, "confirmed": 1, "ended": 0}
    assert commands.value(app, "subscribers", "count") == counts
    output = commands.run(app, "subscribers", "count").stdout
    assert output.split() == ["pending", "1", "confirmed", "1", "ended", "0"]
