import json
import stat
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from db.session import transaction
from staff.models import AuditEntry
from tests import builders
from tests.cast import AMIRA
from tests.web.cli import commands


def entries() -> list[tuple[str, str]]:
    with transaction() as session:
        rows = session.execute(select(AuditEntry.act, AuditEntry.detail))
        return [(row.act, row.detail) for row in rows]


def test_the_list_goes_to_standard_output_as_csv(app: Flask) -> None:
    builders.subscriber(AMIRA)
    result = commands.run(app, "subscribers", "export")
    assert result.exit_code == 0
    header, row = result.stdout.splitlines()
    assert header == "email,topics,language,confirmed_at,consent_note"
    assert row == f"{AMIRA},releases,en,2026-11-22T12:00:00Z,"


def test_json_lines_go_into_a_new_file_of_its_owner(app: Flask, tmp_path: Path) -> None:
    builders.subscriber(AMIRA)
    out = tmp_path / "out.jsonl"
    words = ("subscribers", "export", "--format", "jsonl", "--output", str(out))
    assert commands.run(app, *words).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["email"] == AMIRA
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_written_over(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("precious", encoding="utf-8")
    sentence = commands.refused(app, "subscribers", "export", "--output", str(out))
    assert sentence == f"Error: {out}: file exists."
    assert out.read_text(encoding="utf-8") == "precious"
    assert entries() == []


def test_an_export_is_in_the_audit_log_with_its_reason(app: Flask) -> None:
    commands.run(app, "subscribers", "export", "--reason", "Move to  another\nserver")
    assert entries() == [("subscribers.export", "by command, csv: Move to another server")]
