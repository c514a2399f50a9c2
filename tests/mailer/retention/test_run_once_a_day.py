"""A run a day, whoever rings: rows and a lock say so, not the clock of a beat."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from config.settings import Settings
from db import due
from db.session import transaction
from mailer import periods, retention
from mailer.models.transfers import RetentionRun
from tests.mailer.retention.conftest import NOW, Run, age_request
from tests.mailer.subscribers.conftest import Person, amira
from wiring.core import core

__all__ = ["amira"]


def at(hours: float, *, again: bool = False) -> dict[str, int] | None:
    """Run the rules that many hours from now."""
    run = due.Run(core().settings, NOW + timedelta(hours=hours))
    return retention.apply(transaction, periods.RULES, run, again=again)


def runs() -> list[dict[str, int]]:
    with transaction() as session:
        return list(session.scalars(select(RetentionRun.taken).order_by(RetentionRun.id)))


def test_a_second_bell_on_the_same_day_does_nothing(app: Flask) -> None:
    assert at(0) is not None
    assert (at(1), at(22)) == (None, None)
    assert at(1, again=True) is not None
    assert at(24.5) is not None
    assert len(runs()) == 3


def test_a_run_leaves_its_counts(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(8)
    run()
    assert runs() == [{rule.name: int(rule.name == "unconfirmed") for rule in periods.RULES}]


def test_runs_at_once_are_one_run(app: Flask, amira: Person) -> None:
    amira.ask()
    age_request(8)
    together, taken = threading.Barrier(4), []

    def ring() -> None:
        with app.app_context():
            together.wait()
            taken.append(at(0))

    threads = [threading.Thread(target=ring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(None) == 3
    assert len(runs()) == 1


def test_a_run_that_fails_is_made_again(amira: Person) -> None:
    amira.ask()
    age_request(8)
    broken = [replace(periods.RULES[1], table="none such"), periods.RULES[0]]
    with pytest.raises(ProgrammingError):
        retention.apply(transaction, broken, due.Run(core().settings, NOW))
    assert (amira.state, runs()) == (None, []), "the other rule's chunk is done and stays done"
    assert at(0) is not None


def test_what_waits_is_what_the_next_run_takes(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(8)
    with transaction() as session:
        waits = due.waiting(session, periods.RULES, due.Run(core().settings, NOW))
    assert {name: n for name, n in waits.items() if n} == run() == {"unconfirmed": 1}


def test_a_period_in_the_settings_is_the_one_that_counts(amira: Person, settings: Settings) -> None:
    amira.ask()
    age_request(8)
    longer = settings.model_copy(update={"retain_unconfirmed_days": 9})
    taken = retention.apply(transaction, periods.RULES, due.Run(longer, NOW), again=True)
    assert sum((taken or {}).values()) == 0
    assert amira.state == "pending"
