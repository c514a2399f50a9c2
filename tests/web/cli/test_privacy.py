from flask import Flask

from tests.mailer.retention.conftest import age_request
from tests.mailer.subscribers.conftest import Person, amira
from tests.web.cli import commands
from web.cli import privacy
from wiring import periods

__all__ = ["amira"]


def test_docs_prints_the_page(app: Flask) -> None:
    assert commands.run(app, "privacy", "docs").stdout == privacy.docs()


def test_the_report_says_what_waits_and_what_went(app: Flask, amira: Person) -> None:
    amira.ask()
    age_request(8)
    report = commands.value(app, "privacy", "report")
    assert (report["runs"], report["waiting"]["unconfirmed"]) == ([], 1)
    assert commands.run(app, "privacy", "run").stdout == "unconfirmed 1\n"
    report = commands.value(app, "privacy", "report")
    assert report["runs"][0]["taken"]["unconfirmed"] == 1
    assert not any(report["waiting"].values())


def test_people_read_the_report_by_line(app: Flask, amira: Person) -> None:
    assert "There was no run yet" in commands.run(app, "privacy", "report").stdout
    assert commands.run(app, "privacy", "run").stdout == "nothing was due\n"
    lines = commands.run(app, "privacy", "report").stdout
    assert all(rule.what in lines for rule in periods.RULES)
    assert "nothing was due" in lines
