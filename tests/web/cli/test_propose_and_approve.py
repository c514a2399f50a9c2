import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import topics
from mailer.models.announcements import Announcement
from mailer.models.subscribers import SubscriberState
from staff.models import AuditEntry
from tests import builders
from tests.cast import hire
from tests.web.cli import commands
from tests.web.staff import members

REASON = "Nobody else can be reached, and a hearing begins within the hour."
CHEN, DANA, BELA = ("chen@example.org", "dana@example.org", "bela@example.org")


@pytest.fixture
def slug(app: Flask) -> str:
    """Hire three people, and give them a release for three subscribers and one who has not confirmed."""
    hire("chen", "author")
    hire("dana", "approver")
    hire("bela", "author", "admin")
    builders.subscribers(3)
    builders.subscriber("late@example.org", state=SubscriberState.PENDING)
    return builders.release()


def run(app: Flask, *words: str) -> str:
    """Run a command about announcements that must succeed; return what it printed."""
    result = commands.run(app, "announcements", *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_audience_is_counted_with_its_exclusions(app: Flask, slug: str) -> None:
    counted = commands.value(app, "announcements", "count", slug)
    assert counted == {"reached": 3, "excluded": {"not confirmed": 1}}
    assert "3  would be reached" in run(app, "count", slug)
    counted = commands.value(app, "announcements", "count", slug, "--language", "fr")
    assert counted == {"reached": 0, "excluded": {"not confirmed": 1, "other language": 3}}


def test_a_proposal_is_printed_by_its_number_and_audited(app: Flask, slug: str) -> None:
    builders.topic("other", "Other")
    options = ("--topic", "releases", "--topic", "other", "--language", "en", "--no-fallback")
    assert run(app, "propose", slug, "--author", CHEN, *options) == "1\n"
    with transaction() as session:
        one = session.scalars(select(Announcement)).one()
        assert (one.author_id, one.languages, one.fallback) == (1, ["en"], False)
        assert [topic.slug for topic in one.topics] == ["releases", "other"]
    assert (members.states(), members.acts()) == (["in review"], ["announcement.propose"])


def test_the_press_list_is_told_early(app: Flask, slug: str) -> None:
    with transaction() as session:
        topics.add(session, slug="press", name="Press list", by_invitation=True)
    builders.subscriber("desk@example.org", topic_slugs=("press",))
    words = ("propose", slug, "--author", CHEN, "--early")
    assert "Choose at least one topic first" in commands.refused(app, "announcements", *words)
    assert run(app, *words, "--topic", "press") == "1\n"
    with transaction() as session:
        assert session.scalars(select(Announcement.audience)).one() == "early"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--author", CHEN, "--topic", "nope"), "no topic called nope"),
        (("--author", DANA), "not an active staff member with the role author"),
        (("--author", CHEN, "--language", "fr", "--no-fallback"), "There is no version in fr"),
        (("--author", CHEN, "--topic", "releases", "--early"), "by invitation only"),
    ],
)
def test_what_cannot_be_proposed_is_refused(
    app: Flask, slug: str, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in commands.refused(app, "announcements", "propose", slug, *words)
    assert (members.states(), members.acts()) == ([], [])


def test_a_second_person_approves_and_nothing_starts(app: Flask, slug: str) -> None:
    run(app, "propose", slug, "--author", CHEN)
    assert "'flask announcements start' sends it" in run(app, "approve", "1", "--approver", DANA)
    assert members.states() == ["approved"]
    assert members.acts() == ["announcement.propose", "announcement.approve"]
    words = ("announcements", "approve", "1", "--approver", DANA)
    assert "cannot take 'approve'" in commands.refused(app, *words)


def test_alone_only_with_a_reason_and_a_role(app: Flask, slug: str) -> None:
    run(app, "propose", slug, "--author", BELA)
    approve = ("announcements", "approve", "1", "--approver")
    assert "with the role approver" in commands.refused(app, *approve, BELA)
    glass = ("--break-glass", REASON)
    assert "Somebody else proposed it" in commands.refused(app, *approve, DANA, *glass)
    assert "with the role approver" in commands.refused(app, *approve, CHEN, *glass)
    assert "20 characters or more" in commands.refused(app, *approve, BELA, "--break-glass", "why")
    run(app, *approve[1:], BELA, *glass)
    with transaction() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.position.desc())).first()
        assert entry is not None
        assert (entry.act, entry.detail) == ("announcement.break-glass", REASON)
