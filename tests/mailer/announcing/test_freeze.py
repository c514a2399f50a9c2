"""The audience: who is counted is who is frozen, once, in batches that leave nobody out."""

from contextlib import suppress
from dataclasses import dataclass

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from config import limits
from db.session import transaction
from mailer import audience, releases, suppressions
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Batch, Delivery, Queue
from mailer.models.subscribers import Subscriber, SubscriberState
from tests import builders
from tests.cast import hire
from tests.conftest import empty_tables
from tests.mailer.announcing.conftest import freeze, read

TOPICS = ("releases", "courts", "prisons")


@dataclass(frozen=True)
class Reader:
    """A person of a small world."""

    state: SubscriberState
    topics: frozenset[str]
    suppressed: bool


readers = st.builds(
    Reader,
    st.sampled_from([*SubscriberState, *[SubscriberState.CONFIRMED] * 3]),
    st.frozensets(st.sampled_from(TOPICS)),
    st.sampled_from([False, False, False, True]),
)
worlds = st.lists(readers, max_size=9)
chosen = st.frozensets(st.sampled_from(TOPICS), min_size=1)


def _populate(world: list[Reader]) -> list[int]:
    for slug in TOPICS:
        builders.topic(slug)
    ids = []
    for number, reader in enumerate(world):
        topics = tuple(sorted(reader.topics))
        address = f"reader{number}@example.org"
        ids.append(builders.subscriber(address, state=reader.state, topic_slugs=topics))
        if reader.suppressed:
            with transaction() as session:
                index = session.get_one(Subscriber, ids[-1]).address_index
                suppressions.add(session, index, reason="complaint")
    return ids


def _should_get_it(world: list[Reader], ids: list[int], topics: frozenset[str]) -> list[int]:
    return [
        id_
        for id_, reader in zip(ids, world, strict=True)
        if reader.state == "confirmed" and not reader.suppressed and reader.topics & topics
    ]


def _started(topics: frozenset[str] = frozenset(["releases"])) -> tuple[int, int]:
    """Start an announcement to these topics; return its id and how many it was counted to reach."""
    with transaction() as session:
        found = [builders.topic(slug) for slug in sorted(topics)]
        merged = [session.merge(topic) for topic in found]
        release = releases.create(session, builders.parts(), topics=merged)
        slug, count = release.slug, audience.counted(session, audience.rule(release)).reached
    chen, dana = hire("chen"), hire("dana")
    return builders.announcement(slug, author=chen, approver=dana), count


def _frozen(id_: int) -> list[int]:
    ours = select(Delivery.subscriber_id).where(Delivery.announcement_id == id_)
    with transaction() as session:
        return [number or 0 for number in session.scalars(ours.order_by(Delivery.id))]


def _partition_holds(id_: int) -> None:
    with transaction() as session:
        ours = select(Delivery.id).where(Delivery.announcement_id == id_)
        deliveries = session.scalars(ours).all()
        batches = session.scalars(select(Batch).where(Batch.announcement_id == id_)).all()
    held = [
        [b.id for b in batches if b.first_delivery_id <= d <= b.last_delivery_id]
        for d in deliveries
    ]
    assert all(len(holders) == 1 for holders in held)
    assert {b.id for b in batches} == {holder for holders in held for holder in holders}
    ends = {end for b in batches for end in (b.first_delivery_id, b.last_delivery_id)}
    assert ends <= set(deliveries)
    assert all(b.queue is Queue.BULK and b.holder is None and not b.closed_at for b in batches)


@pytest.fixture
def numbered(app: Flask) -> None:
    """Have readers numbered from 1."""
    builders.number_anew()


@pytest.fixture
def small(numbered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make chunks and batches so small that a small world has several."""
    monkeypatch.setattr(limits, "FREEZE_CHUNK", 3)
    monkeypatch.setattr(limits, "WINDOW_SIZE", 2)
    monkeypatch.setattr(limits, "BATCHES_PER_CHUNK", 2)


small_worlds = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(worlds, chosen)
@small_worlds
def test_who_is_counted_is_who_is_frozen(
    app: Flask, small: None, world: list[Reader], topics: frozenset[str]
) -> None:
    empty_tables()
    expected = _should_get_it(world, _populate(world), topics)
    assume(expected)  # to nobody it is refused
    id_, counted = _started(topics)
    freeze(id_)
    assert _frozen(id_) == expected
    assert counted == read(id_).recipients == len(expected)
    assert read(id_).state == "sending"
    _partition_holds(id_)


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 7, 8, 5000])
def test_any_size_of_chunk_freezes_the_same_readers(
    numbered: None, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(limits, "FREEZE_CHUNK", chunk)
    ids = [builders.subscriber(f"reader{n}@example.org") for n in range(7)]
    id_, counted = _started()
    assert freeze(id_) == -(-7 // chunk)
    assert (_frozen(id_), counted) == (ids, 7)
    _partition_holds(id_)


@pytest.mark.parametrize("killed_at", [0, 1, 2, 3])
def test_killed_in_a_chunk_it_goes_on_and_repeats_nothing(
    app: Flask, small: None, killed_at: int
) -> None:
    builders.subscribers(8)
    id_, _ = _started()
    for _ in range(killed_at):
        with transaction() as session:
            audience.freeze(session, id_, now=builders.NOW)
    _killed(id_)
    freeze(id_)
    assert _frozen(id_) == list(range(1, 9))
    assert read(id_).recipients == 8
    _partition_holds(id_)


def _killed(id_: int) -> None:
    with suppress(KeyboardInterrupt), transaction() as session:
        audience.freeze(session, id_, now=builders.NOW)
        session.flush()
        raise KeyboardInterrupt


def test_a_cursor_set_back_by_hand_makes_no_second_delivery(app: Flask, small: None) -> None:
    builders.subscribers(8)
    id_, _ = _started()
    for _ in range(2):
        with transaction() as session:
            audience.freeze(session, id_, now=builders.NOW)
    with transaction() as session:
        session.execute(update(Announcement).values(frozen_to=1))
    freeze(id_)
    assert sorted(_frozen(id_)) == list(range(1, 9))
    assert read(id_).recipients == 8
    _partition_holds(id_)


def test_who_comes_after_the_start_is_not_in_the_audience(app: Flask) -> None:
    builders.subscribers(2)
    id_, _ = _started()
    builders.subscriber("late@example.org")
    freeze(id_)
    assert read(id_).recipients == 2


def test_who_leaves_before_their_chunk_is_frozen_is_not_in_it(app: Flask, small: None) -> None:
    builders.subscribers(6)
    id_, counted = _started()
    with transaction() as session:
        audience.freeze(session, id_, now=builders.NOW)
        session.get_one(Subscriber, 5).state = SubscriberState.ENDED
    freeze(id_)
    assert (counted, _frozen(id_)) == (6, [1, 2, 3, 4, 6])


def test_two_announcements_that_freeze_by_turns_share_no_delivery(app: Flask, small: None) -> None:
    builders.subscribers(7)
    first, _ = _started()
    chen, dana = hire("author2"), hire("approver2")
    second = builders.announcement(builders.release("Other"), author=chen, approver=dana)
    more = True
    while more:
        with transaction() as session:
            more = audience.freeze(session, first, now=builders.NOW)
            audience.freeze(session, second, now=builders.NOW)
    for id_ in (first, second):
        assert _frozen(id_) == list(range(1, 8))


@pytest.mark.parametrize("id_", [0, 4711])
def test_nothing_is_frozen_for_an_announcement_that_is_not_there(app: Flask, id_: int) -> None:
    with transaction() as session:
        assert audience.freeze(session, id_, now=builders.NOW) is False


def test_what_is_not_preparing_is_not_frozen(app: Flask) -> None:
    builders.subscribers(2)
    id_ = builders.announcement(builders.release(), author=hire("chen"))
    with transaction() as session:
        assert audience.freeze(session, id_, now=builders.NOW) is False
    assert _frozen(id_) == []


@pytest.mark.parametrize(("readers", "sizes"), [(3, [2, 1]), (5, [3, 2]), (9, [4, 4, 1])])
def test_a_batch_is_at_least_a_window_and_at_most_a_batch(
    numbered: None, monkeypatch: pytest.MonkeyPatch, readers: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(limits, "WINDOW_SIZE", 2)
    monkeypatch.setattr(limits, "BATCH_SIZE", 4)
    monkeypatch.setattr(limits, "BATCHES_PER_CHUNK", 2)
    builders.subscribers(readers)
    id_, _ = _started()
    freeze(id_)
    with transaction() as session:
        made = session.scalars(select(Batch).order_by(Batch.id)).all()
        assert [b.last_delivery_id - b.first_delivery_id + 1 for b in made] == sizes
    _partition_holds(id_)
