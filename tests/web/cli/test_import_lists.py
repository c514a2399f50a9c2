import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import limits
from config.settings import ROOT, Settings
from db.session import transaction
from mailer.models.requests import SubscriptionRequest
from mailer.models.subscribers import Subscriber
from mailer.models.transfers import SubscriberImport
from tests import builders, processes
from tests.cast import AMIRA, BORIS
from tests.web.cli import commands
from tests.web.staff import members

HEADER = "email,topics,language,confirmed_at,consent_note\n"
PROOF = "2024-03-01T12:00:00Z"


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> Path:
    """Give a list of two good rows and a bad one, and the topic they ask for."""
    builders.topic()
    path = tmp_path / "list.csv"
    path.write_text(
        f"{HEADER}{AMIRA},releases,es,{PROOF},\n{BORIS},,,{PROOF},\n{BORIS},sports,,{PROOF},\n",
        encoding="utf-8",
    )
    return path


def stored() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Subscriber)) or 0


def test_a_list_is_imported_and_the_refused_lines_are_beside_it(app: Flask, file: Path) -> None:
    found = commands.value(app, "subscribers", "import", str(file))
    beside = file.with_name("list.csv.refused.csv")
    assert (found["added"], found["unchanged"], found["refused"]) == (2, 0, 1)
    assert found["refused_file"] == str(beside)
    assert "3,the same" not in beside.read_text(encoding="utf-8")
    assert "4,there is no topic sports," in beside.read_text(encoding="utf-8")
    assert stored() == 2


def test_a_person_reads_the_mapping_the_counts_and_where_the_refused_are(
    app: Flask, file: Path
) -> None:
    result = commands.run(app, "subscribers", "import", str(file), "--refused", f"{file}.no")
    assert result.exit_code == 0
    for words in (
        "list of this kind: our own",
        "email         from the column email",
        "Rows without topics get all topics: releases.",
        "2 added, 0 updated, 0 unchanged, 1 refused.",
        f"The refused lines, each with its reason: {file}.no",
    ):
        assert words in result.stdout
    assert stat.S_IMODE(Path(f"{file}.no").stat().st_mode) == 0o600


def test_a_dry_run_changes_nothing_and_says_what_would_happen(app: Flask, file: Path) -> None:
    found = commands.value(app, "subscribers", "import", str(file), "--dry-run")
    assert (found["import"], found["added"], found["refused"]) == (None, 2, 1)
    assert stored() == 0
    with transaction() as session:
        assert session.query(SubscriberImport).count() == 0
    assert members.acts() == []


def test_an_import_is_in_the_audit_log_without_an_address(app: Flask, file: Path) -> None:
    commands.value(app, "subscribers", "import", str(file))
    assert members.acts() == ["subscribers.import"]


def test_columns_and_topics_are_told(app: Flask, tmp_path: Path) -> None:
    builders.topic()
    builders.topic("courts", "Courts")
    path = tmp_path / "theirs.csv"
    path.write_text(f"Name;Adresse;Seit\nAmira;{AMIRA};2024-03-01\n", encoding="utf-8")
    told = ("--map", "email=Adresse", "--map", "confirmed_at=Seit", "--topic", "courts")
    found = commands.value(app, "subscribers", "import", str(path), *told)
    assert found["mapping"] == {
        "form": "unknown",
        "columns": {"email": "Adresse", "confirmed_at": "Seit"},
        "topics": ["courts"],
    }
    assert found["added"] == 1


def test_who_is_to_be_asked_again_is_queued(app: Flask, tmp_path: Path) -> None:
    builders.topic()
    path = tmp_path / "members.txt"
    path.write_text(f"Amira <{AMIRA}>\n{BORIS}\n", encoding="utf-8")
    found = commands.value(app, "subscribers", "import", str(path), "--reconfirm", "--rate", "1")
    assert (found["added"], found["reconfirm"]) == (2, True)
    with transaction() as session:
        first, second = session.scalars(select(SubscriptionRequest.due_at)).all()
        assert (second - first).total_seconds() >= 60
    assert stored() == 0


REFUSED = {
    "no such file": (None, (), "no such file"),
    "nothing in it": (b"", (), "The file is empty."),
    "a spreadsheet": (b"PK\x03\x04...", (), "save the list as CSV"),
    "no addresses": (b"Name,Telephone\n", (), "--map email=COLUMN"),
    "an unknown column": (b"email\n", ("--map", "email=x"), "There is no column x"),
    "half a mapping": (b"email\n", ("--map", "email"), "as in email=Address"),
    "an unknown topic": (b"email\n", ("--topic", "sports"), "no topic called sports"),
}


@pytest.mark.parametrize(("content", "more", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_imported_is_said_in_one_sentence(
    app: Flask, tmp_path: Path, content: bytes | None, more: tuple[str, ...], words: str
) -> None:
    builders.topic()
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)
    assert words in commands.refused(app, "subscribers", "import", str(path), *more)


def test_without_a_topic_there_is_nothing_to_subscribe_to(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email\n", encoding="utf-8")
    sentence = commands.refused(app, "subscribers", "import", str(path))
    assert "flask topics add" in sentence


def peak(pid: int) -> float:
    """Return the most memory a process has held so far, in megabytes; 0 once it has ended."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def run(settings: Settings, *words: str) -> tuple[dict[str, object], float]:
    """Run a command in a process of its own; return its JSON and the most memory it held, in megabytes."""
    # Asked while it runs: what the kernel says afterwards counts this process too, which it was forked from.
    command = [sys.executable, "-m", "flask", "subscribers", *words]
    most = 0.0
    with subprocess.Popen(
        command, cwd=ROOT, env=processes.environ(settings), stdout=subprocess.PIPE
    ) as child:
        while child.poll() is None:
            most = max(most, peak(child.pid))
            time.sleep(0.05)
        printed = child.stdout.read() if child.stdout else b""
    assert child.returncode == 0
    return json.loads(printed or b"{}"), most


@pytest.mark.journey
def test_a_gigabyte_in_one_line_is_refused_in_flat_memory(
    app: Flask, file: Path, settings: Settings
) -> None:
    with file.open("ab") as stream:
        # A hole: a gigabyte of zeros that takes no room on the disk.
        stream.truncate(2**30)
        stream.seek(0, os.SEEK_END)
        stream.write(f"\ncleo@example.org,releases,,{PROOF},\n".encode())
    found, megabytes = run(settings, "import", str(file), "--json")
    assert (found["added"], found["refused"]) == (3, 2)
    assert 0 < megabytes < 300
    refused = Path(f"{file}.refused.csv").read_text(encoding="utf-8")
    assert f'5,"the line is longer than {limits.LIST_LINE_BYTES:,} bytes"' in refused


@pytest.mark.journey
def test_a_large_list_needs_hardly_more_memory_than_a_small_one(
    app: Flask, file: Path, settings: Settings
) -> None:
    out = ("export", "--output", str(file.with_name("out.csv")))
    _, small_import = run(settings, "import", str(file), "--json")
    note = "x" * (limits.LIST_NOTE_LENGTH - 10)
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"r{n}@example.org,,,{PROOF},{note}{n}\n" for n in range(30_000))
    found, large_import = run(settings, "import", str(file), "--json")
    _, large_export = run(settings, *out)
    assert found["added"] == 30_000
    # The list has 60 MB.
    assert max(large_import, large_export) < small_import + 40
    assert Path(out[-1]).read_bytes().count(b"\r\n") == 30_003
