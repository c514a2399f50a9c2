from pathlib import Path

import pytest
from flask import Flask

from tests import builders
from tests.web.cli import commands
from tests.web.staff import members

TEXT = """Example: a printer is free again

EXAMPLE TOWN (3 March 2026) — A court has freed a printer today, after more than a year of waiting for it.

She may not leave the city, and her presses stay sealed. The [ruling](#) is secret, as are its reasons.

Media contact: Noor Example, press@example.org, +44 20 7946 0000
"""
SLUG = "example-a-printer-is-free-again"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Save a release."""
    path = tmp_path / "release.txt"
    path.write_text(TEXT)
    return path


def test_the_command_tells_what_it_found_and_ends_with_the_slug(app: Flask, file: Path) -> None:
    builders.topic()
    lines = commands.run(app, "releases", "import", str(file)).stdout.splitlines()
    assert lines[0] == "Found:"
    assert any("headline" in line and "a printer is free" in line for line in lines)
    assert lines.index("Could not place:") < len(lines)
    assert any("'ruling' has no target: kept as text" in line for line in lines)
    assert lines[-1] == SLUG


def test_without_a_topic_the_release_gets_all_and_the_command_says_so(
    app: Flask, file: Path
) -> None:
    builders.topic("first")
    builders.topic("second")
    output = commands.run(app, "releases", "import", str(file)).stdout
    assert "Topics: all of them, because no --topic was given: first, second" in output
    assert commands.value(app, "releases", "show", SLUG)["topics"] == ["first", "second"]


def test_the_topics_that_are_named_are_the_only_ones(app: Flask, file: Path) -> None:
    builders.topic("first")
    builders.topic("second")
    found = commands.value(app, "releases", "import", str(file), "--topic", "second")
    assert found["topics"] == ["second"]


def test_json_has_the_parts_and_the_findings(app: Flask, file: Path) -> None:
    found = commands.value(app, "releases", "import", str(file), "--language", "en")
    assert found["slug"] == SLUG
    assert found["parts"]["dateline"] == {"place": "EXAMPLE TOWN", "day": "2026-03-03"}
    assert found["parts"]["contacts"][0]["email"] == "press@example.org"
    assert {"part": "link", "note": "'ruling' has no target: kept as text"} in found["unplaced"]


def test_an_import_is_written_into_the_audit_chain(app: Flask, file: Path) -> None:
    commands.run(app, "releases", "import", str(file))
    assert members.acts() == ["release.import"]


@pytest.mark.parametrize(
    "data",
    [b"", b" \n", b"a\0b" * 99, b"\x89PNG" + bytes(range(256)), b"x" * 50_000_000, b"One line"],
    ids=["empty", "blank", "NUL", "binary", "50 MB", "no body"],
)
def test_a_file_that_is_no_release_stores_nothing(app: Flask, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "release.txt"
    path.write_bytes(data)
    assert "release.txt" in commands.refused(app, "releases", "import", str(path))
    assert members.slugs() == []


def test_a_file_that_is_missing_or_a_folder_is_said_to_be(app: Flask, tmp_path: Path) -> None:
    assert "There is no file" in commands.refused(app, "releases", "import", "no/such/file.txt")
    assert "directory" in commands.refused(app, "releases", "import", str(tmp_path))


@pytest.mark.parametrize("option", [("--topic", "unknown"), ("--language", "klingon")])
def test_an_unknown_topic_or_language_stores_nothing(
    app: Flask, file: Path, option: tuple[str, str]
) -> None:
    commands.refused(app, "releases", "import", str(file), *option)
    assert members.slugs() == []
