"""A draft that was tied to another release by mistake is untied, and is what it was before."""

import pytest
from flask import Flask
from sqlalchemy import text

from db.session import transaction
from mailer import releases, topics
from mailer.models.releases import Amends
from tests import builders
from tests.cast import hire
from tests.web.staff import forms, members

SLUG = "example-a-journalist-is-free-again"
PAGE = f"/staff/releases/{SLUG}"


@pytest.fixture
def earlier(app: Flask) -> str:
    """Give a release that was sent to the topic 'courts'; the draft is on 'releases'."""
    builders.subscriber("amira@example.org", topic_slugs=("releases", "courts", "exile"))
    return sent("What we said", "courts")


@pytest.fixture
def chen(earlier: str, app: Flask) -> members.Member:
    """Sign in Chen, an author, whose draft is tied to that release."""
    builders.release()
    chen = members.of(app, "chen", "author")
    chen.post(f"{PAGE}/amends", kind="correction", amended=earlier)
    return chen


def sent(headline: str, topic: str) -> str:
    """Add a release on one topic and start to announce it; return its slug."""
    slug = builders.release(headline)
    with transaction() as session:
        release = releases.named(session, slug)
        releases.choose_topics(session, release, topics.named(session, [topic]))
    author = hire(f"amina{topic}")
    builders.announcement(slug, author=author, approver=hire(f"bela{topic}"))
    return slug


def stored() -> tuple[Amends | None, str | None, list[str]]:
    """Return what the draft amends, and its topics."""
    with transaction() as session:
        found = releases.named(session, SLUG)
        amended = found.amended.slug if found.amended else None
        return found.amends, amended, [topic.slug for topic in found.topics]


def untie(chen: members.Member) -> str:
    return chen.read(chen.post(f"{PAGE}/amends/none").location)


def test_untied_it_amends_nothing_and_has_its_own_topics_again(chen: members.Member) -> None:
    assert stored() == (Amends.CORRECTION, "what-we-said", ["courts"])
    assert "It corrects nothing after all" in chen.read(PAGE)
    page = untie(chen)
    assert "It amends no other release any more. Its topics: Press releases." in page
    assert "nothing after all" not in page
    assert stored() == (None, None, ["releases"])
    assert members.acts() == ["release.amend", "release.stand-alone"]


def test_tied_twice_it_goes_back_to_what_it_was_before_the_first(chen: members.Member) -> None:
    chen.post(f"{PAGE}/amends", kind="retraction", amended=sent("And before", "exile"))
    assert stored() == (Amends.RETRACTION, "and-before", ["exile"])
    untie(chen)
    assert stored() == (None, None, ["releases"])


def test_tied_again_after_that_the_newer_state_counts(chen: members.Member, earlier: str) -> None:
    untie(chen)
    with transaction() as session:
        both = topics.named(session, ["releases", "courts"])
        releases.choose_topics(session, releases.named(session, SLUG), both)
    chen.post(f"{PAGE}/amends", kind="correction", amended=earlier)
    untie(chen)
    assert stored() == (None, None, ["releases", "courts"])


def test_topics_that_staff_chose_meanwhile_stay(chen: members.Member) -> None:
    with transaction() as session:
        chosen = topics.named(session, ["exile"])
        releases.choose_topics(session, releases.named(session, SLUG), chosen)
    untie(chen)
    assert stored() == (None, None, ["exile"])


def test_a_draft_tied_before_this_was_noted_keeps_the_topics_it_has(chen: members.Member) -> None:
    untie(chen)
    with transaction() as session:
        draft, other = (releases.named(session, slug) for slug in (SLUG, "what-we-said"))
        releases.amend(session, draft, Amends.CORRECTION, other)
        releases.stand_alone(session, draft, None)
    assert stored() == (None, None, ["courts"])


def test_and_so_does_one_that_is_tied_anew_after_that(chen: members.Member) -> None:
    other = builders.release("Another draft")
    with transaction() as session:
        draft, said = (releases.named(session, slug) for slug in (other, "what-we-said"))
        releases.amend(session, draft, Amends.CORRECTION, said)
    page = f"/staff/releases/{other}/amends"
    chen.post(page, kind="retraction", amended=sent("And before", "exile"))
    chen.post(f"{page}/none")
    with transaction() as session:
        assert [topic.slug for topic in releases.named(session, other).topics] == ["exile"]


def test_what_amends_nothing_or_was_sent_is_refused(chen: members.Member) -> None:
    untie(chen)
    assert "This release amends no other." in untie(chen)
    builders.announcement(SLUG, author=chen.staff, approver=hire("dana"))
    assert chen.post(f"{PAGE}/amends/none").status_code == 409


def test_untying_voids_what_was_proposed(chen: members.Member) -> None:
    with transaction() as session:
        # Whoever got the earlier release can be sent the correction.
        session.execute(
            text(
                "INSERT INTO delivery (announcement_id, subscriber_id, state) VALUES (1, 1, 'accepted')"
            )
        )
    answer = chen.post(f"{PAGE}/propose", **forms.proposal("courts", audience="correction"))
    assert "changed after it was proposed" not in chen.read(answer.location)
    untie(chen)
    assert "changed after it was proposed" in chen.read(answer.location)
