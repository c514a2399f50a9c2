from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from config import limits
from db.session import transaction
from mailer import releases
from tests import builders
from tests.cast import hire
from tests.web.staff import members
from web.staff.release_form import ReleaseForm

SLUG = "example-a-journalist-is-free-again"
EDIT = f"/staff/releases/{SLUG}/edit"


def fields(**typed: Any) -> dict[str, Any]:
    """Return the form as the page fills it, with what was typed over it."""
    return {
        "was": "en",
        "revision": "1",
        "language": "en",
        "headline": "Example: a journalist is free again",
        "subhead": "",
        "place": "Example Town",
        "day": "2026-11-22",
        "body": "A court has freed a journalist.\r\n\r\nMore.",
        "contact_name": ["Noor Example", ""],
        "contact_email": ["press@example.org", ""],
        "contact_telephone": ["+44 20 7946 0000", ""],
        "boilerplate": "Who we are.",
        "postal_address": "1 Example Street\r\nExample Town",
        "topics": ["releases"],
        **typed,
    }


def test_every_part_is_saved_as_it_was_typed(app: Flask) -> None:
    builders.release()
    chen = members.of(app, "chen", "author")
    answer = chen.post(
        EDIT, **fields(headline="A new headline", subhead="And more", place="Elsewhere")
    )
    assert answer.status_code == 303
    with transaction() as session:
        version = releases.named(session, SLUG).versions[0]
    assert (version.headline, version.subhead, version.place) == (
        "A new headline",
        "And more",
        "Elsewhere",
    )
    assert version.body == "A court has freed a journalist.\n\nMore."
    assert len(version.contacts) == 1
    assert members.acts() == ["release.edit"]


def test_the_form_shows_what_is_stored(app: Flask) -> None:
    builders.release()
    page = members.of(app, "chen", "author").read(EDIT)
    assert 'value="Example: a journalist is free again"' in page
    assert 'value="press@example.org"' in page
    assert 'value="2026-11-22"' in page


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"headline": "  "}, "A release needs a headline."),
        ({"headline": "x" * (limits.HEADLINE_LENGTH + 1)}, "The headline is longer than"),
        ({"body": ""}, "A release needs a body."),
        ({"body": "x" * (limits.BODY_LENGTH + 1)}, "The body is longer than"),
        ({"place": "x" * (limits.PLACE_LENGTH + 1)}, "The place is longer than"),
        ({"day": "2026-02-30"}, "Give the date as year-month-day"),
        ({"day": "tomorrow"}, "Give the date as year-month-day"),
        ({"language": "english"}, "The language must be a code of two letters"),
        ({"contact_name": ["x" * 201]}, "A contact&#39;s field is longer than"),
        ({"contact_name": ["x"] * (limits.CONTACTS + 1)}, "A release has at most"),
        ({"topics": ["no-such-topic"]}, "There is no topic called no-such-topic"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_is_lost(
    app: Flask, typed: dict[str, object], fault: str
) -> None:
    builders.release()
    answer = members.of(app, "chen", "author").post(EDIT, **fields(subhead="Kept words") | typed)
    assert answer.status_code == 422
    field = next(iter(typed)).replace("contact_name", "contacts")
    assert f'<span class="fault" id="{field}-fault">{fault}' in answer.text
    assert 'value="Kept words"' in answer.text
    assert members.body(SLUG).startswith("A court has [freed]")


def test_a_megabyte_in_a_field_is_a_fault_of_that_field(app: Flask) -> None:
    builders.release()
    answer = members.of(app, "chen", "author").post(EDIT, **fields(subhead="x" * 1_000_000))
    assert answer.status_code == 422
    assert "The subhead is longer than" in answer.text


def test_two_faults_are_shown_at_once(app: Flask) -> None:
    builders.release()
    answer = members.of(app, "chen", "author").post(EDIT, **fields(headline="", day="soon"))
    assert "2 fields need your attention" in answer.text
    assert "A release needs a headline." in answer.text
    assert "Give the date as year-month-day" in answer.text


def test_whoever_saves_second_sees_both_and_loses_nothing(app: Flask) -> None:
    builders.release()
    chen, amina = (members.of(app, name, "author") for name in ("chen", "amina"))
    chen.post(EDIT, **fields(body="What Chen wrote."))
    answer = amina.post(EDIT, **fields(body="What Amina wrote."))
    assert answer.status_code == 409
    assert "What Amina wrote.</textarea>" in answer.text
    assert "What Chen wrote.</pre>" in answer.text
    assert members.body(SLUG) == "What Chen wrote."


def test_saving_again_after_seeing_both_replaces_theirs(app: Flask) -> None:
    builders.release()
    chen, amina = (members.of(app, name, "author") for name in ("chen", "amina"))
    chen.post(EDIT, **fields(body="What Chen wrote."))
    shown = amina.post(EDIT, **fields(body="What Amina wrote."))
    revision = shown.text.partition('name="revision" value="')[2].partition('"')[0]
    assert (
        amina.post(EDIT, **fields(body="What Amina wrote.", revision=revision)).status_code == 303
    )
    assert members.body(SLUG) == "What Amina wrote."


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40])
def test_a_revision_that_is_none_overwrites_nothing(app: Flask, revision: str) -> None:
    builders.release()
    answer = members.of(app, "chen", "author").post(EDIT, **fields(revision=revision))
    assert answer.status_code == 409
    assert members.body(SLUG).startswith("A court has [freed]")


def test_a_version_in_one_more_language_is_added(app: Flask) -> None:
    builders.release()
    chen = members.of(app, "chen", "author")
    assert 'value="press@example.org"' in chen.read(f"{EDIT}?language=new")
    chen.post(EDIT, **fields(was="", language="FR", headline="Un journaliste est libre"))
    with transaction() as session:
        versions = releases.named(session, SLUG).versions
    assert [version.language for version in versions] == ["en", "fr"]


def test_a_language_that_was_told_wrongly_can_be_mended(app: Flask) -> None:
    builders.release()
    members.of(app, "chen", "author").post(EDIT, **fields(language="de"))
    with transaction() as session:
        versions = releases.named(session, SLUG).versions
    assert [version.language for version in versions] == ["de"]


def test_a_second_version_cannot_take_the_language_of_the_first(app: Flask) -> None:
    builders.release()
    answer = members.of(app, "chen", "author").post(EDIT, **fields(was=""))
    assert answer.status_code == 422
    assert "There is a version in this language already" in answer.text


def test_a_release_that_was_sent_cannot_be_changed(app: Flask) -> None:
    chen, dana = members.of(app, "chen", "author"), hire("dana")
    builders.announcement(builders.release(), author=chen.staff, approver=dana)
    for answer in (chen.get(EDIT), chen.post(EDIT, **fields())):
        assert answer.status_code == 409
        assert "was sent to readers and cannot be changed" in answer.text


def test_what_cannot_be_changed_has_no_link_to_its_form(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    slug = builders.release()
    assert EDIT in chen.read(f"/staff/releases/{slug}")
    builders.announcement(slug, author=chen.staff, approver=hire("dana"))
    for page in (f"/staff/releases/{slug}", f"/staff/releases/{slug}/preview"):
        assert EDIT not in chen.read(page)


def test_whoever_edits_what_is_in_review_is_warned(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    builders.announcement(builders.release(), author=chen.staff)
    assert "waits to be approved" in chen.read(EDIT)


@given(st.dictionaries(st.sampled_from(list(fields())), st.text()))
def test_whatever_is_typed_the_form_keeps_and_reads_it(typed: dict[str, str]) -> None:
    form = ReleaseForm.typed(MultiDict(typed))
    assert form.parts().body == form.body
    assert "\r" not in form.body + form.headline
    assert form.differences(form) == {}
