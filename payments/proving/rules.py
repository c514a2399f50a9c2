"""The rules that the books keep whatever happened: each counts what it looked at, and names faults."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from payments import ledger as books
from payments import recipients, reconciling, standing
from payments import statements as yearly
from payments.models.donors import Donor
from payments.models.events import MoneyTask, TaskKind
from payments.models.giving import Donation, DonationState
from payments.models.money import LedgerEntry, Payment
from payments.models.receipts import Receipt, ReceiptKind
from payments.proving.ground import Ground
from payments.proving.story import SECRETS

RULES: Final = {
    "P1": "the ledger is Stripe's, line by line, and reconciling finds no difference",
    "P2": "one receipt for each gift and kind",
    "P3": "one payment for each gift, or the others are marked and asked about",
    "P4": "events in any order lead to the same books",
    "P5": "applying every event once more changes nothing",
    "P6": "a forged, stale, future, altered or foreign webhook changes nothing and is answered 4xx",
    "P7": "events alone, and sweeps alone, lead to the same books",
    "P8": "money that is not there is not counted",
    "P9": "a refund or dispute heard of before its payment is held, and applied",
    "P10": "receipts and statements say what was paid, less what was given back and lost",
    "P11": "nothing that a donor wrote is told to Stripe",
    "P12": "Stripe is told nothing of this machine",
}
"""The properties by their names, each in a sentence."""


@dataclass
class Proof:
    """What was looked at for each rule, and what was wrong."""

    looked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RULES, 0))
    faults: list[str] = field(default_factory=list)

    def hold(self, rule: str, holds: object, fault: str, count: int = 1) -> None:
        """Count what was looked at; where it does not hold, keep the fault."""
        self.looked[rule] += count
        if not holds:
            self.faults.append(f"{rule}: {fault}")

    def named(self, name: str) -> "Proof":
        """Return it with each fault saying where it was found."""
        return Proof(self.looked, [f"{fault} ({name})" for fault in self.faults])

    def told(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {"holds": not self.faults, "looked": self.looked, "faults": self.faults}

    def add(self, other: "Proof") -> None:
        """Take another proof's counts and faults in."""
        for rule, count in other.looked.items():
            self.looked[rule] += count
        self.faults += other.faults


def ledger(proof: Proof, ground: Ground) -> None:
    """P1: the same lines with the same figures on both sides, and no finding."""
    theirs = {
        (line.id, line.amount, line.fee, line.net, line.currency)
        for line in ground.stripe.balance_transactions()
    }
    with ground.begin() as session:
        rows = session.execute(_LEDGER)
        ours = {tuple(row) for row in rows}
    proof.hold("P1", ours == theirs, f"lines differ: {sorted(ours ^ theirs)[:4]}", len(theirs))
    report = reconciling.compare(ground.begin, ground.stripe, now=ground.now())
    told = {kind.value: found.shown for kind, found in report.found.items() if found.count}
    proof.hold("P1", report.holds, f"reconciling finds {told or report.told()}")


def receipts(proof: Proof, session: Session) -> None:
    """P2 and P10: each paid gift has one receipt of its own, and the last one says what is left.

    An offline gift whose giver nobody knows has none: there is nobody to give it to.
    """
    for donation in session.scalars(_PAID):
        kinds = session.scalars(_kinds_of(donation)).all()
        is_known = recipients.is_known(session, donation)
        due = [ReceiptKind.GIFT] if is_known else []
        proof.hold("P2", kinds == due, f"gift {donation.id} has receipts {kinds}")
        if not is_known:
            continue
        last = session.scalar(_last_of(donation))
        kept = standing.of(session, donation).kept
        proof.hold("P10", last == kept, f"gift {donation.id}: {last} is said and {kept} is left")
    unpaid = session.scalars(
        select(func.count())
        .select_from(Receipt)
        .join(Donation, Donation.id == Receipt.donation_id)
        .where(Donation.state != DonationState.PAID)
    ).one()
    proof.hold("P2", not unpaid, f"{unpaid} receipts of gifts that are not paid")


def statements(proof: Proof, session: Session, *, years: range) -> None:
    """P10: what a donor's statements say is left of all gifts is what their last receipts say."""
    for donor in session.scalars(select(Donor)):
        listed = [
            entry.kept
            for year in years
            for entry in yearly.entries(session, donor, year, zone="UTC")
        ]
        theirs = session.scalars(_PAID.where(Donation.donor_id == donor.id)).all()
        said = [session.scalar(_last_of(donation)) or 0 for donation in theirs]
        fault = f"donor {donor.id}: statements say {listed}, receipts {said}"
        proof.hold("P10", sorted(listed) == sorted(said), fault, len(said))


def payments(proof: Proof, session: Session) -> None:
    """P3: of the payments of a gift one counts; each other is marked, and staff were asked."""
    for donation in session.scalars(_PAID):
        rows = session.scalars(select(Payment).where(Payment.donation_id == donation.id)).all()
        count = [row for row in rows if not row.duplicate]
        asked = all(_is_asked(session, row) for row in rows if row.duplicate)
        proof.hold("P3", len(count) == 1 and asked, f"gift {donation.id} has {len(count)} payments")


def unpaid(proof: Proof, ground: Ground) -> None:
    """P8: what we count as money has succeeded at Stripe; what has not is no payment, and has no receipt."""
    with ground.begin() as session:
        counted = session.scalars(
            select(Payment.payment_intent_id).where(_at_stripe(Payment.payment_intent_id))
        ).all()
    for intent_id in counted:
        status = ground.stripe.intent(intent_id).status
        proof.hold("P8", status == "succeeded", f"{intent_id} is {status}, and counted")


def requests(proof: Proof, ground: Ground) -> None:
    """P11 and P12: nothing a donor wrote is in any request, nor anything of this machine."""
    for heard in ground.operator.told("requests")["data"]:
        told = f"{heard['path']} {heard['query']} {heard['body']} {heard['headers']}"
        words = [secret for secret in SECRETS if secret in told]
        proof.hold("P11", not words, f"{heard['method']} {heard['path']} tells {words}")
        names = {name.lower() for name in heard["headers"]}
        machine = "x-stripe-client-telemetry" in names or "telemetry_id" in told
        proof.hold("P12", not machine, f"{heard['path']} tells of this machine")


def _at_stripe(id_: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that Stripe can know an id: what came offline was never there."""
    return id_.not_like(f"{books.OFFLINE}%")


_LEDGER: Final = select(
    LedgerEntry.balance_transaction_id,
    LedgerEntry.amount,
    LedgerEntry.fee,
    LedgerEntry.net,
    LedgerEntry.currency,
).where(_at_stripe(LedgerEntry.balance_transaction_id))
_PAID: Final = select(Donation).where(Donation.state == DonationState.PAID)


def _kinds_of(donation: Donation) -> Select[ReceiptKind]:
    own = Receipt.donation_id == donation.id, Receipt.kind != ReceiptKind.CORRECTION
    return select(Receipt.kind).where(*own)


def _last_of(donation: Donation) -> Select[int]:
    of = select(Receipt.amount).where(Receipt.donation_id == donation.id)
    return of.order_by(Receipt.id.desc()).limit(1)


def _is_asked(session: Session, payment: Payment) -> bool:
    asked = select(MoneyTask.id).where(
        MoneyTask.kind == TaskKind.DUPLICATE, MoneyTask.about == payment.payment_intent_id
    )
    return session.scalar(asked) is not None
