"""News of one gift is applied by several workers at once: none waits for ever, nothing falls between two."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.session import transaction
from sandbox.stripe import disputes, refunds
from tests.payments.applying import rows, seen
from tests.payments.applying.till import News, Till, apply

Context = Callable[[], AbstractContextManager[object]]


def elsewhere(context: Context, news: News) -> None:
    """Apply news as another worker does: with a connection of its own."""
    with context():
        apply(news)


def wait_until_somebody_waits(session: Session) -> None:
    """Wait until a transaction waits for an advisory lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    deadline = time.monotonic() + 60
    while not session.scalar(waiting):
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_refund_and_its_payment_applied_at_once_do_not_miss_each_other(
    app: Flask, till: Till
) -> None:
    gift, intent_id = till.given()
    refund = till.sandbox.do(refunds.create, {"payment_intent": intent_id, "amount": 1000})
    first, second = till.news("refund", refund["id"]), till.news("payment_intent", intent_id)
    with ThreadPoolExecutor(1) as other:
        with transaction() as session:
            first(session)
            done = other.submit(elsewhere, app.app_context, second)
            wait_until_somebody_waits(session)
        done.result(60)
    assert seen.receipts() == [("gift", 2500), ("correction", 1500)]
    assert seen.standing_of(gift).kept == 1500


def test_six_workers_come_to_what_one_would(app: Flask, till: Till) -> None:
    gift, intent_id = till.given()
    charge_id = till.charge_of(intent_id)
    refund = till.sandbox.do(refunds.create, {"charge": charge_id, "amount": 1000})
    inquiry = till.sandbox.do(disputes.begin, charge_id, inquiry=True)
    warning = till.sandbox.do(disputes.warn, charge_id)
    heard = [
        till.news("checkout.session", gift.session_id),
        till.news("payment_intent", intent_id),
        till.news("charge", charge_id),
        till.news("refund", refund["id"]),
        till.news("dispute", inquiry["id"]),
        till.news("radar.early_fraud_warning", warning["id"]),
    ]
    with transaction() as session:
        for each in heard:
            each(session)
        alone = rows.of(session)
        session.rollback()
    with ThreadPoolExecutor(6) as workers:
        for done in [workers.submit(elsewhere, app.app_context, each) for each in heard * 2]:
            done.result(60)
    with transaction() as session:
        assert rows.of(session) == alone
