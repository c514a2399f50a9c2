"""A file is read as text, or refused with one sentence that says what to do."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import limits
from mailer.ingest import reading
from mailer.ingest.reading import Unreadable

SENTENCE = "«Пресса» – prensa, 3 €"


@pytest.mark.parametrize(
    "data",
    [
        SENTENCE.encode(),
        codecs.BOM_UTF8 + SENTENCE.encode(),
        SENTENCE.encode("utf-16"),
        codecs.BOM_UTF16_BE + SENTENCE.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "utf-16, big end first"],
)
def test_unicode_is_read_with_and_without_its_mark(data: bytes) -> None:
    assert reading.read(data, name="a.txt") == SENTENCE


def test_western_european_bytes_are_read_as_windows_1252() -> None:
    assert (
        reading.read("El año pasado – 3 €".encode("cp1252"), name="a.txt") == "El año pasado – 3 €"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty. Choose"),
        (b" \n\t\r\n", "is empty. Choose"),
        (codecs.BOM_UTF8, "is empty. Choose"),
        (b"%PDF-1.7\x00\x01", "Save the release as plain text"),
        ("Zeile\x00Zeile".encode("utf-16"), "Save the release as plain text"),
        (codecs.BOM_UTF16_LE + b"abc", "Save it as UTF-8"),
        (b"\x81\x8d\x8f", "Save it as UTF-8"),
        (b"\xff\xd8\xb5\xb6\xb7\xf7\xd7\xa7", "Save it as UTF-8"),
        (b"a" * (limits.IMPORT_FILE_BYTES + 1), "2,097,153 bytes; at most 2,097,152"),
    ],
)
def test_what_is_no_text_is_refused_with_advice(data: bytes, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        reading.read(data, name="a.txt")
    assert told in str(refused.value)
    assert str(refused.value).startswith("a.txt ")


def test_a_file_of_the_largest_size_is_read() -> None:
    assert (
        len(reading.read(b"a" * limits.IMPORT_FILE_BYTES, name="a.txt")) == limits.IMPORT_FILE_BYTES
    )


@given(st.binary(max_size=2_000))
def test_any_bytes_are_text_or_unreadable(data: bytes) -> None:
    try:
        text = reading.read(data, name="a.txt")
    except Unreadable:
        return
    assert text.strip()
    assert "\x00" not in text


def test_a_file_on_disk_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(codecs.BOM_UTF8 + SENTENCE.encode())
    assert reading.load(tmp_path / "a.txt") == SENTENCE


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(500 * 1024**3)  # sparse: reading it would take hours
    with pytest.raises(Unreadable, match="at most 2,097,152 can be imported"):
        reading.load(tmp_path / "a.txt")


def test_a_directory_a_missing_file_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # opening it for reading would wait for ever
    for name, told in (
        ("", "is a directory"),
        ("no.txt", "There is no file"),
        ("pipe", "not a regular"),
    ):
        with pytest.raises(Unreadable, match=told):
            reading.load(tmp_path / name)


def test_a_path_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    for name in ("a" * 5_000, "a\x00b"):
        with pytest.raises(Unreadable):
            reading.load(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(Unreadable, match="cannot be opened"):
        reading.load(tmp_path / "a.txt")
