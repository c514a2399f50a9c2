"""Killed at any step of applying a payment: nothing of it happened, and tried again everything does, once."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from config import limits
from config.settings import ROOT, Settings
from db.session import transaction
from payments import events
from payments.models.events import Source
from payments.models.receipts import Receipt
from sandbox.stripe import disputes, refunds
from tests import processes
from tests.payments.applying import seen
from tests.payments.applying.till import NOW, Till
from tests.payments.applying.victim import POINTS

AFTER_LEASE = NOW + timedelta(seconds=limits.EVENT_LEASE_SECONDS + 1)
WHOLE = [("gift", 2500), ("correction", 500)]


def kill_at(point: str, number: int, *, event_id: str, till: Till, settings: Settings) -> None:
    victim = [sys.executable, "-m", "tests.payments.applying.victim", event_id, point]
    ended = subprocess.run(
        [*victim, str(number), till.sandbox.base],
        cwd=ROOT,
        env=processes.environ(settings),
        check=False,
        timeout=120,
    )
    assert ended.returncode == -signal.SIGKILL


def waiting(till: Till) -> str:
    """Have a payment's event stored whose refund and lost dispute were heard of before; return its id."""
    _, intent_id = till.given()
    refund = till.sandbox.do(refunds.create, {"payment_intent": intent_id, "amount": 1000})
    dispute = till.sandbox.do(disputes.begin, till.charge_of(intent_id), amount=1000)
    till.sandbox.do(disputes.lose, dispute["id"])
    till.hear("refund", refund["id"])
    till.hear("dispute", dispute["id"])
    event = next(e for e in till.gateway.events(since=NOW) if e.type == "payment_intent.succeeded")
    with transaction() as session:
        events.store(session, event, source=Source.WEBHOOK, body=None, now=NOW)
    return event.id


@pytest.mark.parametrize(
    ("point", "number"), [*((point, 1) for point in POINTS), ("after a mail is queued", 3)]
)
def test_no_receipt_is_lost_or_doubled(
    till: Till, settings: Settings, point: str, number: int
) -> None:
    event_id = waiting(till)
    kill_at(point, number, event_id=event_id, till=till, settings=settings)
    assert seen.receipts() == (WHOLE if point == "after the commit" else [])
    till.work(AFTER_LEASE)
    assert seen.receipts() == WHOLE
    assert [each.number for each in seen.every(Receipt)] == [1, 2]
    assert seen.mails() == ["receipt", "receipt-corrected", "donation-refunded"]
    assert (len(seen.ledger()), seen.events().count("paid")) == (3, 1)
