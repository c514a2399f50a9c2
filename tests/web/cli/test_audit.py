"""`flask audit verify`."""

import json

from flask import Flask
from sqlalchemy import text

from db.session import transaction
from tests.cast import Staff

VERIFY = ["audit", "verify"]


def test_a_whole_chain_exits_0_and_prints_its_head(app: Flask, chen: Staff) -> None:
    done = app.test_cli_runner().invoke(args=VERIFY)
    assert done.exit_code == 0
    assert done.stdout.startswith("1 entries; head 1:")


def test_a_changed_entry_exits_1_and_is_named(app: Flask, chen: Staff) -> None:
    with transaction() as session:
        # As somebody would who owns the database: past the trigger that refuses changes.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE audit_entry SET act = 'session.end'"))
    done = app.test_cli_runner().invoke(args=[*VERIFY, "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["faults"][0].startswith("entry 1: was changed")


def test_a_noted_head_is_still_there(app: Flask, chen: Staff) -> None:
    runner = app.test_cli_runner()
    head = json.loads(runner.invoke(args=[*VERIFY, "--json"]).stdout)["head"]
    assert runner.invoke(args=[*VERIFY, "--noted", head]).exit_code == 0
    assert runner.invoke(args=[*VERIFY, "--noted", f"2:{'00' * 32}"]).exit_code == 1


def test_a_mistyped_head_is_one_sentence(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=[*VERIFY, "--noted", "x"])
    assert done.exit_code == 2
    assert "number:hex" in done.output
