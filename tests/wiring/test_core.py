"""The core: the database's driver, the keys from a file, one core for each app."""

from pathlib import Path

import pytest
from flask import Flask

from config import keys
from config.settings import Settings
from db.sealed import Keyring, UnknownKey
from tests.conftest import key
from wiring import core

ROW = b"\7" * 32


@pytest.mark.parametrize(
    "given", ["postgres://a:b@h/d", "postgresql://a:b@h/d", "postgresql+psycopg://a:b@h/d"]
)
def test_a_database_is_always_reached_by_the_same_driver(given: str) -> None:
    assert core.database_uri(given) == "postgresql+psycopg://a:b@h/d"


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    """Give a file with the keys this process started with."""
    made = tmp_path / "data.keys"
    made.write_text(settings.data_keys.get_secret_value(), encoding="utf-8")
    return made


def _sealed_elsewhere(settings: Settings) -> bytes:
    ring = {
        "index": b"\1" * 32,
        "k9": keys.data_ring(f"index:{key('i')} k9:{key('ninth')}")["k9"],
    }
    return Keyring(ring).seal("text", column="c", row=ROW)


def test_a_key_that_came_into_the_file_is_found(settings: Settings, file: Path) -> None:
    ring = core.keyring(settings, file)
    with file.open("a", encoding="utf-8") as more:
        more.write(f"\nk9:{key('ninth')}\n")
    assert ring.open(_sealed_elsewhere(settings), column="c", row=ROW) == "text"


def test_keys_from_a_variable_are_not_read_anew(settings: Settings) -> None:
    with pytest.raises(UnknownKey):
        core.keyring(settings, None).open(_sealed_elsewhere(settings), column="c", row=ROW)


def test_a_file_that_was_spoilt_is_not_taken(settings: Settings, file: Path) -> None:
    ring = core.keyring(settings, file)
    file.write_text("index", encoding="utf-8")
    with pytest.raises(UnknownKey):
        ring.open(_sealed_elsewhere(settings), column="c", row=ROW)


def test_the_core_of_an_app_is_made_once(app: Flask) -> None:
    assert core.core() is core.core() is app.extensions[core.CORE]
