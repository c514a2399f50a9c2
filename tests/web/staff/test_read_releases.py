import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from config import limits
from db.session import transaction
from mailer import releases
from tests import builders
from tests.cast import hire
from tests.web.staff import members
from web.staff import paging


def test_without_releases_the_list_says_how_to_begin(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    assert "There are no releases yet" in chen.read("/staff/releases/")
    assert "/staff/releases/import" in chen.read("/staff/releases/")


def test_the_list_shows_each_release_with_its_state(app: Flask) -> None:
    builders.release("A first headline")
    author, approver = (hire(name) for name in ("amina", "bela"))
    builders.announcement(builders.release("A second one"), author=author, approver=approver)
    page = members.of(app, "chen", "author").read("/staff/releases/")
    assert page.index("A second one") < page.index("A first headline")
    assert "preparing" in page
    assert "draft" in page


def test_a_long_list_goes_on_on_a_second_page(app: Flask) -> None:
    for number in range(limits.PAGE_ROWS + 1):
        builders.release(f"Headline number {number}")
    chen = members.of(app, "chen", "author")
    first, second = (chen.read(f"/staff/releases/?page={number}") for number in (1, 2))
    assert "Page 1 of 2" in first
    assert "Headline number 0<" not in first
    assert "Headline number 0<" in second


@given(st.text(), st.integers(min_value=0, max_value=10_000))
def test_whatever_page_is_asked_for_one_of_the_list_is_shown(asked: str, total: int) -> None:
    page = paging.page(asked, total=total)
    assert 1 <= page.number <= page.last
    assert 0 <= page.offset <= max(total, limits.PAGE_ROWS)


def test_a_release_shows_every_part(app: Flask) -> None:
    page = members.of(app, "chen", "author").read(f"/staff/releases/{builders.release()}")
    for part in (
        "Example: a journalist is free again",
        "Example Town, ",
        '<a href="https://example.org/case"',
        "Noor Example · press@example.org · +44 20 7946 0000",
        "Example Rights Foundation works for the free word.",
        "1 Example Street<br>",
        "Press releases",
    ):
        assert part in page


def test_a_release_says_how_many_it_would_reach(app: Flask) -> None:
    slug = builders.release()
    builders.subscribers(3)
    assert "3 subscribers" in members.of(app, "chen", "author").read(f"/staff/releases/{slug}")


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_each_version_is_shown_in_its_own_direction(
    app: Flask, language: str, direction: str
) -> None:
    slug = builders.release()
    with transaction() as session:
        release = releases.named(session, slug)
        parts = builders.parts("Ein anderes", language="ar")
        releases.edit(session, release, parts, revision=release.revision)
    page = members.of(app, "chen", "author").read(f"/staff/releases/{slug}?language={language}")
    assert f'lang="{language}" dir="{direction}"' in page
