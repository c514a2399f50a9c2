"""A place that another program's template left unfilled is found before anybody is mailed."""

import dataclasses

import pytest
from sqlalchemy.orm import Session

from mailer import proposals, releases
from tests import builders
from tests.cast import hire


def proposed(session: Session, **changes: str) -> None:
    chen = hire("chen", "author")
    builders.subscribers(1)
    release = releases.named(session, builders.release())
    parts = dataclasses.replace(builders.parts(), **changes)  # type: ignore[arg-type] # all are text
    releases.edit(session, release, parts, revision=release.revision)
    proposals.propose(session, release, author_id=chen.id, now=builders.NOW)


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("body", "{{ subscriber.name }}"),
        ("headline", "{{name}}"),
        ("boilerplate", "{% unsubscribe %}"),
        ("body", "*|FNAME|*"),
    ],
)
def test_a_place_to_be_filled_in_is_refused_by_name(
    session: Session, part: str, place: str
) -> None:
    with pytest.raises(proposals.PlaceUnfilled) as refused:
        proposed(session, **{part: f"Dear {place}, read this."})
    assert place in str(refused.value)
    assert part in str(refused.value)


@pytest.mark.parametrize("body", ["Braces: {a} and { b }.", "Write `{{ name }}` yourself.", "*|*"])
def test_what_is_no_place_or_meant_is_let_through(session: Session, body: str) -> None:
    proposed(session, body=body)
