"""`flask doctor` names every fault at once."""

import contextvars
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import stamp
from pydantic import SecretStr

from config.settings import Settings
from tests import builders, pgp_keys
from tests.cast import AMIRA

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


def test_a_server_that_is_no_mail_server_is_noticed(faults_of: Faults) -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n") as port:
        found = faults_of(smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"))
    assert "does not greet with 220" in found["relay"][0]


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
    # Who gave a key is in the database, whose own check says that it is away.
    assert [name for name, faults in found.items() if not faults] == ["settings", "encrypted mail"]


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
    assert faults_of()["encrypted mail"][0].startswith("1 readers gave an OpenPGP key")
