"""Early, public, correction: who is left out and why, and that nobody is mailed one release twice."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text, update

from db.session import transaction
from mailer import audience, claims, control, deliveries, proposals, releases, topics
from mailer.audience import Exclusion
from mailer.claims import Claim
from mailer.deliveries import Outcome
from mailer.models.announcements import Announcement, AnnouncementState, Audience
from mailer.models.deliveries import DeliveryState, Queue
from mailer.models.releases import Amends
from mailer.models.subscribers import Subscriber, SubscriberState, Topic
from mailer.proposals import NothingToSay, NotInvited, NoVersion, WrongAudience
from mailer.schedules import StillSending
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, approve, cancel, freeze, mailed, read, start


@pytest.fixture
def press(app: Flask) -> None:
    """Give a press list of two, one of whom also holds the public topic."""
    with transaction() as session:
        topics.add(session, slug="press", name="Press", by_invitation=True)
    builders.subscriber("noor@example.org", topic_slugs=("press", "releases"))
    builders.subscriber("press@example.org", topic_slugs=("press",))


def propose(
    slug: str,
    author: Staff,
    kind: Audience = Audience.PUBLIC,
    *,
    topic: str = "releases",
    languages: list[str] | None = None,
    fallback: bool = True,
) -> int:
    with transaction() as session:
        made = proposals.propose(
            session,
            releases.named(session, slug),
            author_id=author.id,
            now=NOW,
            audience=kind,
            topics=topics.named(session, [topic]),
            languages=languages,
            fallback=fallback,
        )
        return made.id


def send(id_: int, by: Staff, state: str = "accepted") -> list[str]:
    """Approve, start, freeze, settle all as `state` and finish; return whose deliveries were made."""
    approve(id_, by)
    start(id_, by)
    freeze(id_)
    with transaction() as session:
        session.execute(
            text("UPDATE delivery SET state = :state WHERE announcement_id = :id"),
            {"state": state, "id": id_},
        )
        session.execute(text("UPDATE batch SET closed_at = now()"))
        session.get_one(Announcement, id_).state = AnnouncementState.FINISHED
    return mailed(id_)


def excluded(slug: str, *, fallback: bool = True) -> dict[Exclusion, int]:
    with transaction() as session:
        rule = audience.rule(releases.named(session, slug), fallback=fallback)
        return dict(audience.counted(session, rule).excluded)


def test_who_got_it_early_does_not_get_it_again(press: None, chen: Staff, dana: Staff) -> None:
    builders.subscriber("amira@example.org")
    slug = builders.release()
    early = propose(slug, chen, Audience.EARLY, topic="press")
    assert send(early, dana) == ["noor@example.org", "press@example.org"]
    assert read(early).release.published_at is None
    public = propose(slug, chen)
    assert excluded(slug) == {Exclusion.HAS_IT: 1}
    assert send(public, dana) == ["amira@example.org"]
    assert read(public).release.published_at == NOW


def test_an_early_audience_is_by_invitation_only(press: None, chen: Staff) -> None:
    with pytest.raises(NotInvited, match="the topic Press releases"):
        propose(builders.release(), chen, Audience.EARLY)


def test_it_is_sent_to_the_new_ones(app: Flask, chen: Staff, dana: Staff) -> None:
    builders.subscribers(2)
    slug = builders.release()
    send(propose(slug, chen), dana)
    builders.subscriber("new@example.org")
    assert send(propose(slug, chen), dana) == ["new@example.org"]
    with pytest.raises(audience.NobodyToMail, match="has it already 3"):
        propose(slug, chen)


@pytest.mark.parametrize(
    ("state", "doubts", "again"),
    [
        ("skipped", 0, ["amira@example.org"]),
        ("refused", 0, ["amira@example.org"]),
        ("skipped", 1, []),
        ("refused", 1, []),
        ("queued", 0, []),
        ("deferred", 0, []),
        ("uncertain", 1, []),
        ("accepted", 0, []),
    ],
)
def test_whom_it_cannot_have_reached_is_the_rest(
    app: Flask, chen: Staff, dana: Staff, state: str, doubts: int, again: list[str]
) -> None:
    slug = builders.release()
    builders.subscriber("amira@example.org")
    send(propose(slug, chen), dana, state)
    builders.subscriber("new@example.org")
    with transaction() as session:
        session.execute(text("UPDATE delivery SET doubts = :doubts"), {"doubts": doubts})
    expected = [*again, "new@example.org"]
    assert send(propose(slug, chen), dana) == expected


def test_announced_again_before_the_cancelled_mails_are_skipped_it_reaches_the_rest(
    app: Flask, chen: Staff, dana: Staff
) -> None:
    slug = builders.release()
    builders.subscriber("amira@example.org")
    cancelled = running(slug, chen, dana)
    cancel(cancelled, dana)
    builders.subscriber("new@example.org")
    again = running(slug, chen, dana)
    assert (mailed(again), read(again).state, read(again).frozen_to) == ([], "preparing", 0)
    skip_cancelled()
    freeze(again)
    assert mailed(again) == ["amira@example.org", "new@example.org"]
    assert read(again).state == "sending"


def running(slug: str, by: Staff, approver: Staff, kind: Audience = Audience.PUBLIC) -> int:
    """Start an announcement and freeze what of its audience can be frozen; return its id."""
    id_ = propose(slug, by, kind)
    approve(id_, approver)
    start(id_, approver)
    freeze(id_)
    return id_


def skip_cancelled() -> None:
    with transaction() as session:
        control.skip_cancelled(session, now=NOW)


_OPEN = """
    UPDATE batch SET window_first_id = first_delivery_id, window_last_id = last_delivery_id,
                     window_at = now()
"""


def amended(by: Staff, approver: Staff, state: str) -> str:
    """Send a release, and return the slug of a correction of it."""
    first = builders.release()
    send(propose(first, by), approver, state)
    return correction_of(first)


def correction_of(first: str) -> str:
    """Return the slug of a new correction of a release."""
    second = builders.release("A correction")
    with transaction() as session:
        old, new = releases.named(session, first), releases.named(session, second)
        releases.choose_topics(session, new, [])
        releases.amend(session, new, Amends.CORRECTION, old)
        assert new.topics == old.topics
    return second


@pytest.mark.parametrize("state", ["accepted", "uncertain"])
def test_a_correction_goes_to_who_may_have_the_amended_release(
    app: Flask, chen: Staff, dana: Staff, state: str
) -> None:
    builders.subscriber("amira@example.org")
    slug = amended(chen, dana, state)
    builders.subscriber("new@example.org")
    id_ = propose(slug, chen, Audience.CORRECTION)
    with transaction() as session:
        count = audience.counted(session, audience.rule_of(session.get_one(Announcement, id_)))
    assert (count.reached, count.excluded) == (1, {Exclusion.NOT_AMENDED: 1})
    assert send(id_, dana) == ["amira@example.org"]


def test_a_correction_of_what_reached_nobody_has_no_audience(
    app: Flask, chen: Staff, dana: Staff
) -> None:
    builders.subscriber("amira@example.org")
    slug = amended(chen, dana, "refused")
    with pytest.raises(audience.NobodyToMail, match="did not get the amended release 1"):
        propose(slug, chen, Audience.CORRECTION)


@pytest.mark.parametrize(
    ("state", "doubts", "got"),
    [
        ("skipped", 1, True),
        ("refused", 1, True),
        ("skipped", 0, False),
        ("deferred", 0, False),
    ],
)
def test_a_correction_is_for_everybody_whom_the_release_may_have_reached(
    app: Flask, chen: Staff, dana: Staff, state: str, doubts: int, *, got: bool
) -> None:
    builders.subscriber("amira@example.org")
    slug = amended(chen, dana, state)
    with transaction() as session:
        session.execute(text("UPDATE delivery SET doubts = :doubts"), {"doubts": doubts})
    with transaction() as session:
        rule = audience.rule(releases.named(session, slug), audience=Audience.CORRECTION)
        assert audience.counted(session, rule).reached == got


@pytest.mark.parametrize("at_hand", [True, False])
def test_a_correction_is_for_whom_the_release_is_at_hand(
    app: Flask, chen: Staff, dana: Staff, *, at_hand: bool
) -> None:
    builders.subscriber("amira@example.org")
    slug = amended(chen, dana, "queued")
    if at_hand:
        with transaction() as session:
            session.execute(text(_OPEN))
    with transaction() as session:
        rule = audience.rule(releases.named(session, slug), audience=Audience.CORRECTION)
        assert audience.counted(session, rule).reached == at_hand


@pytest.mark.parametrize("state", ["preparing", "sending", "paused"])
def test_a_correction_of_what_is_still_being_sent_is_refused(
    app: Flask, chen: Staff, dana: Staff, state: str
) -> None:
    builders.subscriber("amira@example.org")
    correction = propose(amended(chen, dana, "accepted"), chen, Audience.CORRECTION)
    approve(correction, dana)
    with transaction() as session:
        session.get_one(Announcement, correction - 1).state = AnnouncementState(state)
    with pytest.raises(StillSending, match="is still being sent: cancel or finish that first"):
        start(correction, dana)
    cancel(correction - 1, dana)
    start(correction, dana)
    assert read(correction).state == "preparing"


def test_a_correction_waits_for_the_mails_that_are_on_the_wire(
    app: Flask, chen: Staff, dana: Staff
) -> None:
    builders.subscribers(4)
    slug = builders.release()
    first = running(slug, chen, dana)
    held = on_the_wire(2)
    cancel(first, dana)
    fix = running(correction_of(slug), chen, dana, Audience.CORRECTION)
    assert (mailed(fix), read(fix).state) == ([], "preparing")
    accept(held)
    skip_cancelled()
    freeze(fix)
    assert mailed(fix) == ["reader0@example.org", "reader1@example.org"]


def on_the_wire(count: int) -> tuple[Claim, list[Outcome]]:
    """Claim the batch and offer that many of it; return the claim and what the relay is to answer."""
    with transaction() as session:
        held = claims.claim(session, Queue.BULK, holder=uuid4())
        assert held is not None
        window = deliveries.window(session, held, after=0, size=count)
    return held, [Outcome(due.id, DeliveryState.ACCEPTED) for due in window]


def accept(held: tuple[Claim, list[Outcome]]) -> None:
    with transaction() as session:
        deliveries.settle(session, *held)
        claims.release(session, held[0])


def test_a_correction_and_no_other_release_goes_to_a_correction_s_audience(
    app: Flask, chen: Staff, dana: Staff
) -> None:
    builders.subscriber("amira@example.org")
    with pytest.raises(WrongAudience, match="amends no other"):
        propose(builders.release("Other"), chen, Audience.CORRECTION)
    with pytest.raises(WrongAudience, match="as a correction"):
        propose(amended(chen, dana, "accepted"), chen)


def test_each_reason_is_counted_once(app: Flask, chen: Staff) -> None:
    slug = builders.release()
    builders.subscriber("left@example.org", state=SubscriberState.ENDED, language="ru")
    builders.suppressed("bad@example.org")
    asleep = builders.subscriber("asleep@example.org", language="ru")
    builders.subscriber("ivan@example.org", language="ru")
    builders.subscriber("amira@example.org")
    with transaction() as session:
        session.execute(
            update(Subscriber)
            .where(Subscriber.id == asleep)
            .values(paused_until=text("'infinity'"))
        )
    assert excluded(slug, fallback=False) == dict.fromkeys(
        [Exclusion.NOT_CONFIRMED, Exclusion.SUPPRESSED, Exclusion.PAUSED, Exclusion.NO_VERSION], 1
    )


def test_only_the_languages_chosen_are_mailed(app: Flask, chen: Staff, dana: Staff) -> None:
    builders.subscriber("amira@example.org")
    builders.subscriber("ivan@example.org", language="ru")
    slug = builders.release()
    with pytest.raises(NoVersion, match="no version in ru"):
        propose(slug, chen, languages=["ru"], fallback=False)
    assert send(propose(slug, chen, languages=["ru"]), dana) == ["ivan@example.org"]


def test_a_release_that_shows_nothing_is_refused(app: Flask, chen: Staff) -> None:
    slug = builders.release()
    with transaction() as session:
        session.execute(text("UPDATE release_version SET body = ' '"))
    with pytest.raises(NothingToSay):
        propose(slug, chen)


def test_two_announcements_of_one_release_share_no_reader(
    press: None, chen: Staff, dana: Staff
) -> None:
    slug = builders.release()
    ids = [propose(slug, chen, Audience.EARLY, topic="press"), propose(slug, chen)]
    for id_ in ids:
        approve(id_, dana)
        start(id_, dana)
    for id_ in ids:
        freeze(id_)
    assert sorted(mailed(ids[0]) + mailed(ids[1])) == ["noor@example.org", "press@example.org"]


def test_nobody_is_moved_to_a_press_list(press: None) -> None:
    with transaction() as session:
        into: list[Topic] = topics.named(session, ["press"])
        with pytest.raises(topics.TopicInUse, match="staff put each"):
            topics.merge(session, topics.named(session, ["releases"])[0], into[0], now=NOW)
