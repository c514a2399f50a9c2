import pytest
from flask import Flask
from sqlalchemy import func, select

from config import derived
from db.session import transaction
from mailer import audience, releases
from mailer.ingest import reading
from mailer.ingest import release as ingest
from mailer.models.deliveries import Delivery
from mailer.models.subscribers import ConsentEvent
from staff import accounts, audit
from tests import builders
from tests.cast import Staff, hire
from tests.web.cli import commands
from tests.web.staff import members
from web.cli import seed
from wiring.core import core


def test_the_demo_has_topics_releases_and_confirmed_subscribers(app: Flask) -> None:
    commands.run(app, "seed", "demo")
    assert len(commands.value(app, "topics", "list")) == len(seed.TOPICS)
    assert len(commands.value(app, "donations", "fund", "list")) == len(seed.FUNDS)
    assert commands.value(app, "subscribers", "count")["confirmed"] == len(seed.SUBSCRIBERS)
    states = [row["state"] for row in commands.value(app, "releases", "list")]
    assert sorted(states) == ["draft", "public", "public"]


def test_an_author_an_approver_and_a_bookkeeper_are_made_and_can_sign_in(app: Flask) -> None:
    made = commands.value(app, "seed", "demo")["staff"]
    assert [(one["email"], one["role"]) for one in made] == [
        ("chen@example.org", "author"),
        ("dana@example.org", "approver"),
        ("emil@example.org", "finance"),
    ]
    for one in made:
        with transaction() as session:
            member = accounts.find(session, one["email"])
        members.sign_in(app, Staff(member.id, member.email, one["password"]))


def test_seeding_again_changes_nothing_and_prints_no_sign_in(app: Flask) -> None:
    commands.run(app, "seed", "demo")
    before = commands.value(app, "releases", "list"), members.acts()
    assert commands.run(app, "seed", "demo", "--json").stdout == ""
    assert "There are staff members already" in commands.run(app, "seed", "demo").stdout
    assert (commands.value(app, "releases", "list"), members.acts()) == before


def test_an_organisation_with_rows_of_its_own_gets_none_of_ours(app: Flask) -> None:
    hire("amina", "admin")
    builders.subscribers(1)
    builders.release("A release of their own")
    assert commands.run(app, "seed", "demo", "--json").stdout == ""
    assert members.slugs() == ["a-release-of-their-own"]
    assert commands.value(app, "subscribers", "count")["confirmed"] == 1
    assert len(commands.value(app, "topics", "list")) == 1


def test_nobody_is_mailed_by_a_seed_and_each_consent_is_recorded(app: Flask) -> None:
    commands.run(app, "seed", "demo")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
        events = session.scalars(select(ConsentEvent)).all()
    assert len(events) == len(seed.SUBSCRIBERS)
    assert all(event.wording_hash and event.topics for event in events)


def test_the_draft_of_the_demo_would_reach_somebody(app: Flask) -> None:
    commands.run(app, "seed", "demo")
    with transaction() as session:
        drafts = [r for r in releases.every(session, limit=9) if not r.published_at]
        assert [audience.counted(session, audience.rule(d)).reached for d in drafts] == [4]


def test_what_was_seeded_is_written_into_a_whole_audit_chain(app: Flask) -> None:
    commands.run(app, "seed", "demo")
    assert members.acts() == ["staff.create"] * 3 + ["release.import"] * 3 + ["fund.add"] * 2
    with transaction() as session:
        assert audit.verify(session, derived.audit_key(core().settings)) == []


@pytest.mark.parametrize("demo", seed.RELEASES, ids=lambda demo: demo.file)
def test_every_part_of_a_demo_release_is_recognised(demo: seed.SeedRelease) -> None:
    path = seed._FOLDER / demo.file  # noqa: SLF001 - where the files are is nobody else's business
    found = ingest.parse(reading.load(path), name=demo.file)
    assert found.unplaced == ()
    assert found.parts.dateline.place == "Example Town"
    assert found.parts.boilerplate
    assert found.parts.contacts
    assert found.parts.postal_address
