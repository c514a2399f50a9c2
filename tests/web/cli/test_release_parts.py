"""Commands for what stands around a draft's words."""

import contextvars
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests import builders
from tests.cast import hire
from tests.mailer.attachments import files
from tests.web.cli import commands


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Give a small PDF on disk."""
    file = tmp_path / "Report.pdf"
    file.write_bytes(files.PDF)
    return file


def test_a_file_is_attached_shown_and_taken_away(app: Flask, report: Path) -> None:
    slug = builders.release()
    said = commands.run(app, "releases", "attach", slug, str(report), "--language", "en")
    assert said.stdout == "Report.pdf travels in the mail.\n"
    (shown,) = commands.value(app, "releases", "show", slug)["attachments"]
    assert (shown["name"], shown["language"], shown["size"]) == ("Report.pdf", "en", len(files.PDF))
    assert "Report.pdf, 15 bytes" in commands.run(app, "releases", "show", slug).stdout
    commands.run(app, "releases", "detach", slug, "Report.pdf")
    assert commands.value(app, "releases", "show", slug)["attachments"] == []


def test_a_file_that_cannot_be_kept_is_refused(app: Flask, report: Path) -> None:
    slug = builders.release()
    report.write_bytes(b"<html>")
    assert "no PDF" in commands.refused(app, "releases", "attach", slug, str(report))
    assert "nothing" in commands.refused(app, "releases", "detach", slug, "nothing")


def test_an_embargo_is_set_in_a_zone_and_lifted(app: Flask) -> None:
    slug = builders.release()
    hour = ("2026-12-14T09:00", "--zone", "Europe/Paris")
    said = commands.run(app, "releases", "embargo", slug, *hour)
    assert said.stdout == "Under embargo until 14 December 2026, 09:00 (Europe/Paris).\n"
    shown = commands.value(app, "releases", "show", slug)
    assert shown["embargo_until"] == "2026-12-14T08:00:00+00:00"
    assert shown["embargo_zone"] == "Europe/Paris"
    assert commands.run(app, "releases", "embargo", slug, "--none").stdout == "No embargo.\n"
    assert commands.value(app, "releases", "show", slug)["embargo_until"] is None


def test_an_hour_without_a_zone_is_the_organisations_own(
    app: Flask, build: Callable[..., Flask]
) -> None:
    slug = builders.release()
    at_home = contextvars.Context().run
    there = build(org_timezone="Asia/Tokyo")
    said = at_home(commands.run, there, "releases", "embargo", slug, "2026-12-14T09:00")
    assert said.stdout == "Under embargo until 14 December 2026, 09:00 (Asia/Tokyo).\n"
    assert "ORG_TIMEZONE" in commands.run(app, "releases", "embargo", "--help").stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("2026-12-14T09:00", "--none"),
        ("tomorrow",),
        ("2026-12-14T09:00+01:00",),
        ("2026-12-14T09:00", "--zone", "Paris"),
    ],
)
def test_an_hour_that_is_none_is_refused(app: Flask, words: tuple[str, ...]) -> None:
    slug = builders.release()
    assert commands.refused(app, "releases", "embargo", slug, *words).endswith(".")


def test_a_draft_is_tied_to_what_it_corrects(app: Flask) -> None:
    earlier, later = builders.release("What we said"), builders.release("What is true")
    builders.announcement(earlier, author=hire("chen"), approver=hire("dana"))
    said = commands.run(app, "releases", "amend", later, "--retracts", earlier)
    assert said.stdout == "what-is-true is a retraction of what-we-said.\n"
    shown = commands.value(app, "releases", "show", later)
    assert (shown["amends"], shown["amended"]) == ("retraction", earlier)
    assert "retraction of   what-we-said" in commands.run(app, "releases", "show", later).stdout


@pytest.mark.parametrize(
    "words", [(), ("--corrects", "a", "--retracts", "b"), ("--corrects", "nothing")]
)
def test_what_cannot_be_amended_is_refused(app: Flask, words: tuple[str, ...]) -> None:
    slug = builders.release()
    assert commands.refused(app, "releases", "amend", slug, *words)
