"""`flask doctor` names every fault at once."""

import contextvars
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import stamp
from pydantic import SecretStr
from sqlalchemy import text

from config.settings import Settings
from db.base import db
from tests import builders, pgp_keys
from tests.cast import AMIRA
from web.cli import doctor

Faults = Callable[..., dict[str, list[str]]]


@pytest.fixture
def faults_of(build: Callable[..., Flask]) -> Faults:
    """Run the command on changed settings; return the faults of each part."""

    def run(**changes: object) -> dict[str, list[str]]:
        runner = build(**changes).test_cli_runner()
        done = contextvars.Context().run(runner.invoke, args=["doctor", "--json"])
        found: dict[str, list[str]] = json.loads(done.stdout)["checks"]
        assert done.exit_code == (1 if any(found.values()) else 0)
        return found

    return run


@contextmanager
def saying(words: bytes) -> Iterator[int]:
    """Give the port of a server that says these words to whoever comes first."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            wire, _ = server.accept()
            with wire:
                wire.sendall(words)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_a_sound_configuration_has_no_fault(faults_of: Faults, app: Flask) -> None:
    with saying(b"220 mail.example.org ready\r\n") as port:
        found = faults_of(smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"))
    assert not any(found.values()), found


@pytest.mark.parametrize(
    ("seconds", "said"), [(4, ""), (-4, ""), (61, "61 s ahead of"), (-86400, "86400 s behind")]
)
def test_a_clock_that_is_wrong_is_noticed(seconds: int, said: str) -> None:
    there = builders.NOW
    found = " ".join(doctor.clock_faults(here=there + timedelta(seconds=seconds), there=there))
    assert said in found
    assert bool(found) is bool(said)


def test_a_server_that_is_no_mail_server_is_noticed(faults_of: Faults) -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n") as port:
        found = faults_of(smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"))
    assert "does not greet with 220" in found["relay"][0]


def test_each_of_several_relays_is_tried(faults_of: Faults) -> None:
    with saying(b"220 mail.example.org ready\r\n") as port:
        both = f"smtp://127.0.0.1:{port} smtp://127.0.0.1:9?weight=2"
        found = faults_of(smtp_url=SecretStr(both))
    assert [fault.split(" (")[0] for fault in found["relay"]] == [
        "the relay 127.0.0.1:9 does not answer"
    ]


def test_every_fault_is_named_at_once(settings: Settings, faults_of: Faults) -> None:
    shared = settings.secret_keys.get_secret_value()
    found = faults_of(
        database_url=SecretStr("postgresql://x@localhost:9/x"),
        redis_url=SecretStr("redis://127.0.0.1:9/0"),
        smtp_url=SecretStr("smtp://127.0.0.1:9"),
        base_url="https://news.example.org",
        data_keys=SecretStr(f"{settings.data_keys.get_secret_value()} k2:{shared}"),
        state_dir=Path("/dev/null/below"),
    )
    # Time, sealed values and who gave a key are asked of the database, whose own check says that it is away.
    sound = {name for name, faults in found.items() if not faults}
    off = {"stripe", "stripe events", "money"}
    assert sound == {"settings", "clock", "sealed values", "encrypted mail"} | off


def test_tables_of_another_version_are_noticed(faults_of: Faults, app: Flask) -> None:
    stamp(revision="base")
    try:
        assert "flask db upgrade" in faults_of()["database"][0]
    finally:
        stamp()


def test_no_secret_is_printed(faults_of: Faults) -> None:
    gone = SecretStr("postgresql://samizdat:hunter2@localhost:9/x")
    assert "hunter2" not in json.dumps(faults_of(database_url=gone))


def test_readers_with_a_key_where_nothing_can_be_encrypted_are_counted(
    faults_of: Faults, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    pgp_keys.give(builders.subscriber(AMIRA))
    assert faults_of()["encrypted mail"] == []
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    assert faults_of()["encrypted mail"][0].startswith("1 of the readers gave an OpenPGP key")


def test_values_whose_key_is_missing_are_counted_by_its_name(faults_of: Faults, app: Flask) -> None:
    builders.subscribers(3)
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE subscriber SET address = overlay(address placing 'zz'::bytea from 3) WHERE id > 1"
            )
        )
        connection.execute(text("UPDATE subscriber SET address = 'no blob' WHERE id = 1"))
    (fault,) = faults_of()["sealed values"]
    assert fault.startswith("2 values are sealed with the key zz, which DATA_KEYS lacks")


def test_that_encrypted_mail_is_not_offered_is_said_and_is_no_fault(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = contextvars.Context().run
    runner = app.test_cli_runner()
    assert "encrypted mail: ok" in run(runner.invoke, args=["doctor"]).stdout
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    said = run(runner.invoke, args=["doctor"]).stdout
    assert "encrypted mail: not offered to readers" in said
    assert "sandbox/setup.py --pgp" in said


def test_what_is_good_to_know_does_not_fail_a_script(
    faults_of: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    assert faults_of()["encrypted mail"] == []
