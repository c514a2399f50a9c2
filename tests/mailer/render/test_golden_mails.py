"""Golden mails, compared exactly; `python -m tests.golden` writes them again."""

from pathlib import Path

import pytest

import tests.golden
from tests.golden import mails

FOLDER = Path(tests.golden.__file__).parent
FILES = mails.files()


@pytest.mark.parametrize("name", FILES)
def test_the_mail_is_the_one_that_was_read(name: str) -> None:
    assert FILES[name] == (FOLDER / name).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    kept = {path.name for path in FOLDER.iterdir() if path.suffix in {".txt", ".html", ".eml"}}
    assert kept == set(FILES)
