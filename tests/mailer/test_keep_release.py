"""A release is kept whole: its slug, its parts as JSON, its hash, and what is refused."""

import dataclasses
import re
import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import releases
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.releases import Release
from mailer.parts import Contact, Dateline, Parts
from mailer.releases import BadParts, ChangedMeanwhile, ReleaseIsFixed
from tests import builders
from tests.cast import hire

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
line = plain.map(lambda text: re.sub(r"[\r\n]", " ", text))
full = line.map(lambda text: f"x{text}")
contacts = st.lists(st.builds(Contact, line, line, line), max_size=3).map(tuple)
datelines = st.builds(Dateline, line, st.none() | st.dates())
languages = st.sampled_from(["en", "de", "ru", "ar"])
anything = st.builds(Parts, full, full, languages, plain, datelines, contacts, plain, plain)
with_tables = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(st.text())
def test_a_slug_of_any_headline_is_short_and_safe_in_an_address(headline: str) -> None:
    slug = releases.slugify(headline)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= limits.SLUG_LENGTH - 4
    assert releases.slugify(slug) == slug


@given(
    headlines=st.lists(
        st.sampled_from(["A", "A 2", "A-2", "…", "Release", "Aa"]) | full, max_size=8
    )
)
@with_tables
def test_each_release_has_a_slug_of_its_own(app: Flask, headlines: list[str]) -> None:
    with transaction() as session:
        made = [
            releases.create(session, builders.parts(headline), topics=[]).slug
            for headline in headlines
        ]
        assert len(set(made)) == len(made)
        assert all(len(slug) <= limits.SLUG_LENGTH for slug in made)
        assert all(releases.named(session, slug).slug == slug for slug in made)


@given(anything)
def test_parts_come_back_from_json(parts: Parts) -> None:
    assert releases.from_json(releases.as_json(parts)) == parts


@given(parts=anything)
@with_tables
def test_parts_come_back_from_the_tables(app: Flask, parts: Parts) -> None:
    with transaction() as session:
        id_ = releases.create(session, parts, topics=[]).id
    with transaction() as session:
        release = session.get_one(Release, id_)
        assert [releases.parts(version) for version in release.versions] == [parts]
        assert releases.content_hash(
            map(releases.parts, release.versions), []
        ) == releases.content_hash([parts], [])
        session.delete(release)


CHANGED: dict[str, Any] = {
    "headline": "Other",
    "body": "Other",
    "language": "fr",
    "subhead": "Other",
    "dateline": Dateline("Example Town", date(2026, 11, 23)),
    "contacts": (Contact("Noor Example", "press@example.org", "+44 20 7946 0001"),),
    "boilerplate": "Other",
    "postal_address": "Other",
}


def test_every_part_is_among_those_whose_change_is_tried() -> None:
    assert CHANGED.keys() == {field.name for field in dataclasses.fields(Parts)}


@pytest.mark.parametrize("part", CHANGED)
def test_the_hash_changes_with_each_part(part: str) -> None:
    before = builders.parts()
    after = dataclasses.replace(before, **{part: CHANGED[part]})
    hashes = [releases.content_hash([parts], ["releases"]) for parts in (before, after)]
    assert hashes[0] != hashes[1]


@given(st.lists(anything, max_size=3, unique_by=lambda p: p.language), st.data())
def test_the_hash_does_not_depend_on_the_order_of_topics_or_versions(
    versions: list[Parts], data: st.DataObject
) -> None:
    topics = ["courts", "prisons", "releases"]
    shuffled = data.draw(st.permutations(topics)), data.draw(st.permutations(versions))
    assert releases.content_hash(versions, topics) == releases.content_hash(*shuffled[::-1])
    assert releases.content_hash(versions, topics) != releases.content_hash(versions, topics[1:])


@given(anything, anything)
def test_two_contents_have_two_hashes(one: Parts, other: Parts) -> None:
    assume(one != other)
    assert releases.content_hash([one], []) != releases.content_hash([other], [])


FAULTS: dict[str, tuple[Parts, str]] = {
    "headline": (builders.parts(""), "needs a headline"),
    "headline of control characters": (builders.parts("\x01\x02\t"), "needs a headline"),
    "headline of invisible characters": (builders.parts("\u200b \u2060"), "needs a headline"),
    "headline too long": (builders.parts("x" * 301), "longer than 300"),
    "headline of two lines": (builders.parts("one\ntwo"), "one line"),
    "body": (builders.parts(body=" \n"), "needs a body"),
    "body too long": (builders.parts(body="x" * 200_001), "longer than 200000"),
    "body with NUL": (builders.parts(body="a\0b"), "NUL"),
    "language": (builders.parts(language="english"), "two letters"),
    "subhead": (dataclasses.replace(builders.parts(), subhead="x" * 501), "longer than 500"),
    "place": (dataclasses.replace(builders.parts(), dateline=Dateline("x" * 121)), "than 120"),
    "boilerplate": (dataclasses.replace(builders.parts(), boilerplate="x" * 10_001), "10000"),
    "postal_address": (dataclasses.replace(builders.parts(), postal_address="x" * 1001), "1000"),
    "contacts": (dataclasses.replace(builders.parts(), contacts=(Contact("x" * 201),)), "200"),
}


@pytest.mark.parametrize(("parts", "words"), FAULTS.values(), ids=list(FAULTS))
def test_a_part_that_cannot_be_kept_is_named(session: Session, parts: Parts, words: str) -> None:
    with pytest.raises(BadParts, match=words) as caught:
        releases.create(session, parts, topics=[])
    assert len(caught.value.faults) == 1


def test_all_faults_are_told_together(session: Session) -> None:
    parts = dataclasses.replace(builders.parts("", body="", language="x"), subhead="x" * 501)
    with pytest.raises(BadParts) as caught:
        releases.create(session, parts, topics=[])
    assert caught.value.faults.keys() == {"headline", "body", "language", "subhead"}


WITH_NUL: dict[str, Any] = {
    "headline": "a\0b",
    "subhead": "a\0b",
    "boilerplate": "a\0b",
    "postal_address": "a\0b",
    "dateline": Dateline("a\0b"),
    "contacts": (Contact("a", "b", "c\0"),),
}


@pytest.mark.parametrize("name", WITH_NUL)
def test_nul_is_refused_in_every_text(session: Session, name: str) -> None:
    parts = dataclasses.replace(builders.parts(), **{name: WITH_NUL[name]})
    with pytest.raises(BadParts, match="NUL"):
        releases.create(session, parts, topics=[])


def _edit(slug: str, headline: str, revision: int, language: str = "en") -> None:
    with transaction() as session:
        release = releases.named(session, slug)
        parts = builders.parts(headline, language=language)
        releases.edit(session, release, parts, revision=revision)


def _headlines(slug: str) -> list[str]:
    with transaction() as session:
        return [version.headline for version in releases.named(session, slug).versions]


def test_an_edit_replaces_its_language_and_adds_another(app: Flask) -> None:
    slug = builders.release()
    _edit(slug, "Second", 1)
    _edit(slug, "Третий", 2, "ru")
    assert _headlines(slug) == ["Second", "Третий"]


def test_an_edit_of_what_was_changed_meanwhile_is_refused(app: Flask) -> None:
    slug = builders.release()
    _edit(slug, "Second", 1)
    with pytest.raises(ChangedMeanwhile):
        _edit(slug, "Third", 1)
    assert _headlines(slug) == ["Second"]


def test_two_drafts_of_one_headline_at_once_have_two_slugs(app: Flask) -> None:
    together, slugs = threading.Barrier(4), list[str]()

    def draft() -> None:
        with app.app_context(), transaction() as session:
            together.wait()
            slugs.append(releases.create(session, builders.parts("Same"), topics=[]).slug)

    threads = [threading.Thread(target=draft) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slugs) == ["same", "same-2", "same-3", "same-4"]


def test_choosing_topics_waits_for_whoever_holds_the_release(app: Flask) -> None:
    slug = builders.release()
    with transaction() as holder:
        holder.scalars(select(Release).where(Release.slug == slug).with_for_update()).one()
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            release = releases.named(session, slug)
            with pytest.raises(OperationalError, match="lock timeout"):
                releases.choose_topics(session, release, [])
            session.rollback()


def test_of_two_edits_at_once_one_wins_and_the_other_is_told(app: Flask) -> None:
    slug, together, refused = builders.release(), threading.Barrier(2), list[Exception]()

    def edit(headline: str) -> None:
        with app.app_context():
            together.wait()
            try:
                _edit(slug, headline, 1)
            except ChangedMeanwhile as error:
                refused.append(error)

    threads = [threading.Thread(target=edit, args=(name,)) for name in ("Mine", "Yours")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert _headlines(slug) in (["Mine"], ["Yours"])


@pytest.mark.parametrize("state", AnnouncementState)
def test_what_began_to_go_out_is_fixed(app: Flask, state: AnnouncementState) -> None:
    slug = builders.release()
    id_ = builders.announcement(slug, author=hire("chen"))
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        made.approver_id, made.state = hire("dana").id, state
        made.start_at = builders.NOW
    if state in {"in review", "approved", "scheduled", "held", "cancelled"}:
        _edit(slug, "Second", 1)
        assert _headlines(slug) == ["Second"]
        return
    with pytest.raises(ReleaseIsFixed):
        _edit(slug, "Second", 1)
    with pytest.raises(ReleaseIsFixed), transaction() as session:
        releases.choose_topics(session, releases.named(session, slug), [])


def test_an_unknown_release_is_named(session: Session) -> None:
    with pytest.raises(releases.UnknownRelease, match="called nonsense; 'flask releases list'"):
        releases.named(session, "nonsense")


def test_drafts_are_not_among_what_the_public_may_read(app: Flask) -> None:
    slug = builders.release()
    builders.release("Other")
    with transaction() as session:
        releases.named(session, slug).published_at = builders.NOW
    with transaction() as session:
        assert [r.slug for r in releases.published(session, limit=9)] == [slug]
        counts = [releases.total(session, public_only=only) for only in (True, False)]
    assert counts == [1, 2]
