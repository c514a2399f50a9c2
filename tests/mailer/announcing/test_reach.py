"""A page that only mentions how many counts them where that is quick, exactly or not at all."""

import pytest
from flask import Flask

from config import limits
from db.session import transaction
from mailer import audience, reach, releases
from mailer.audience import Count
from tests import builders


def glance(slug: str) -> Count | None:
    with transaction() as session:
        return reach.at_a_glance(session, audience.rule(releases.named(session, slug)))


def test_a_short_list_is_counted_and_a_long_one_is_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COUNTED_AT_ONCE", 3)
    slug = builders.release()
    builders.subscribers(3)
    assert glance(slug) == Count(3, {})
    builders.subscriber("one-more@example.org")
    assert glance(slug) is None


def test_readers_of_other_topics_make_no_list_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COUNTED_AT_ONCE", 1)
    slug = builders.release()
    for number in range(3):
        builders.subscriber(f"other{number}@example.org", topic_slugs=("other",))
    assert glance(slug) == Count(0, {})
