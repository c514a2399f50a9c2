"""Commands say what a file tells besides what it shows, and take it out of a picture."""

from pathlib import Path

import pytest
from flask import Flask

from tests import builders
from tests.mailer.attachments import files
from tests.mailer.metadata import pictures
from tests.web.cli import commands


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Give a photograph on disk that tells who took it, and where."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(pictures.jpeg(pictures.exif_segment()))
    return file


def test_what_a_photograph_tells_is_said_shown_and_taken_out(app: Flask, photo: Path) -> None:
    slug = builders.release()
    said = commands.run(app, "releases", "attach", slug, str(photo))
    assert said.stdout == "photo.jpg is a link in the mail.\n"
    assert said.stderr.startswith("This JPEG says where it was taken (GPS)")
    assert f"'flask releases clean {slug} NAME' takes it out." in said.stderr
    assert "(GPS)" in commands.run(app, "releases", "show", slug).stdout
    said = commands.run(app, "releases", "clean", slug, "photo.jpg")
    assert said.stdout == "photo.jpg shows the same, and tells nothing else any more.\n"
    (shown,) = commands.value(app, "releases", "show", slug)["attachments"]
    assert shown["tells"] == ""


def test_of_a_document_it_is_said_how_a_person_takes_it_out(app: Flask, tmp_path: Path) -> None:
    slug, file = builders.release(), tmp_path / "report.pdf"
    file.write_bytes(files.PDF + b"<</Author (Noor)>>")
    said = commands.run(app, "releases", "attach", slug, str(file)).stderr
    assert said.startswith("This PDF says who made it (Noor). To take it out")
    assert "export that anew" in commands.refused(app, "releases", "clean", slug, "report.pdf")
