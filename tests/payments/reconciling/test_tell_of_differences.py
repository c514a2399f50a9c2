"""What a comparison found is kept; a difference is asked of staff once, mailed to whoever keeps the money."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import outbox, render
from mailer.models.deliveries import OutboxMail
from mailer.organisation import Organisation
from payments import reconciling, tasks
from payments.findings import Report
from payments.models.events import MoneyTask, Reconciliation, TaskKind
from tests.payments.reconciling import books as made
from tests.payments.reconciling.books import NOW, Books, Hire


@pytest.fixture
def differing(app: Flask) -> Report:
    """Give the report of books that lack a line."""
    return reconciling.compare(transaction, Books([made.line(7)]).stripe, now=NOW)


def asked() -> list[MoneyTask]:
    with transaction() as session:
        return list(session.scalars(select(MoneyTask).order_by(MoneyTask.id)))


def kept(report: Report, *, nights: int = 1) -> None:
    for _ in range(nights):
        with transaction() as session:
            reconciling.keep(session, report)


def test_a_difference_is_kept_as_it_was_and_asked_about(differing: Report) -> None:
    kept(differing)
    with transaction() as session:
        row = session.scalars(select(Reconciliation)).one()
        assert (row.holds, row.document) == (False, differing.told())
    (task,) = asked()
    assert (task.kind, task.about) == (TaskKind.DIFFERENCE, "reconciliation:1")


def test_books_that_hold_ask_nothing_of_anybody(app: Flask) -> None:
    report = reconciling.compare(transaction, Books().stripe, now=NOW)
    kept(report)
    assert not asked()


def test_the_same_difference_is_asked_once_until_somebody_has_looked(differing: Report) -> None:
    kept(differing, nights=3)
    assert len(asked()) == 1
    with transaction() as session:
        kind, about = TaskKind.DIFFERENCE, "reconciliation:1"
        tasks.settle(session, kind, about, outcome="a fee", staff_id=None, now=NOW)
    kept(differing)
    assert [task.about for task in asked()] == ["reconciliation:1", "reconciliation:4"]


def test_a_gift_of_another_amount_that_is_asked_about_hides_no_difference(
    differing: Report,
) -> None:
    with transaction() as session:
        kind = TaskKind.DIFFERENCE
        tasks.ask(session, kind, "pi_1", donation_id=None, due_at=NOW, now=NOW)
    kept(differing)
    assert len(asked()) == 2


def test_finance_and_admins_are_mailed_figures_and_no_id(differing: Report, staff: Hire) -> None:
    for name, role in (("dana", "finance"), ("noor", "admin"), ("chen", "author")):
        staff(name, role)
    with transaction() as session:
        reconciling.tell(session, differing, now=NOW)
        ids = session.scalars(select(OutboxMail.delivery_id)).all()
        letters = [outbox.letter(session, id_) for id_ in ids]
    assert {letter.address for letter in letters} == {"dana@example.org", "noor@example.org"}
    assert "txn_7" not in str(letters[0].context)
    assert "€9.70" in str(letters[0].context)


def test_the_mail_can_be_rendered(differing: Report, staff: Hire) -> None:
    staff("dana", "finance")
    with transaction() as session:
        reconciling.tell(session, differing, now=NOW)
        letter = outbox.letter(session, session.scalars(select(OutboxMail.delivery_id)).one())
    us = Organisation(
        "Us", "1 Street", "http://example.org", "us@example.org", "http://example.org"
    )
    mail = render.mail(letter.template, language="en", organisation=us, **letter.context)
    assert "Missing entry: 1." in mail.text


def test_it_is_done_once_a_night(app: Flask) -> None:
    hours = iter([0, 1, 23])
    due = []
    for hour in hours:
        with transaction() as session:
            due.append(reconciling.is_due(session, now=_at(hour)))
            if due[-1]:
                session.add(Reconciliation(at=_at(hour), holds=True, document={}))
    assert due == [True, False, True]


def _at(hour: int) -> datetime:
    return NOW + timedelta(hours=hour)
