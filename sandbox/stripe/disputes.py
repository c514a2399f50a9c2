"""Disputes: a bank asks (an inquiry, no money moves) or takes the money back until it has decided."""

from typing import Final

from sandbox.stripe import balance
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

ANSWER_SECONDS: Final = 9 * 24 * 3600
"""How long there is to answer."""
DECIDING_SECONDS: Final = 60
"""How soon the sandbox's bank decides on evidence whose words say how."""
INQUIRIES: Final = frozenset({"warning_needs_response", "warning_under_review"})
OPEN: Final = INQUIRIES | {"needs_response", "under_review"}
VERDICTS: Final = {"winning_evidence": "dispute.win", "losing_evidence": "dispute.lose"}
"""What `evidence[uncategorized_text]` decides, as in Stripe's test mode."""


def begin(
    world: World,
    charge_id: str,
    *,
    inquiry: bool = False,
    reason: str = "fraudulent",
    amount: int | None = None,
) -> Thing:
    """Let the donor's bank question a payment; raises Refused where it cannot."""
    charge = world.get("charge", charge_id)
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refused("Only a payment that was made, and is not in dispute, can be disputed.")
    dispute = _make(world, charge, reason, amount or charge["amount"], inquiry=inquiry)
    world.change(charge, disputed=True)
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(world, dispute)
    return dispute


def escalate(world: World, dispute_id: str) -> Thing:
    """Turn an inquiry into a dispute: now the money goes."""
    dispute = _open(world, dispute_id)
    _only(dispute, *INQUIRIES)
    before = world.change(dispute, status="needs_response", is_charge_refundable=False)
    world.emit("charge.dispute.updated", dispute, before)
    _withdraw(world, dispute)
    return dispute


def update(world: World, params: Thing, dispute_id: str) -> Thing:
    """POST /v1/disputes/{id}: hand in evidence, or metadata."""
    dispute = _open(world, dispute_id)
    evidence = params.get("evidence") or {}
    fields: Thing = {"evidence": dispute["evidence"] | evidence}
    if "metadata" in params:
        fields["metadata"] = dispute["metadata"] | (params["metadata"] or {})
    if evidence and params.get("submit", True):
        inquiry = dispute["status"].startswith("warning_")
        fields["status"] = "warning_under_review" if inquiry else "under_review"
        count = dispute["evidence_details"]["submission_count"] + 1
        fields["evidence_details"] = dispute["evidence_details"] | {
            "has_evidence": True,
            "submission_count": count,
            "submission_method": "manual",
        }
        if (verdict := VERDICTS.get(evidence.get("uncategorized_text", ""))) and not inquiry:
            world.later(DECIDING_SECONDS, verdict, dispute["id"])
    before = world.change(dispute, **fields)
    world.emit("charge.dispute.updated", dispute, before)
    return dispute


def close(world: World, params: Thing, dispute_id: str) -> Thing:
    """POST /v1/disputes/{id}/close: give it up."""
    del params
    return lose(world, dispute_id)


def lose(world: World, dispute_id: str) -> Thing:
    """Let the bank decide for the donor."""
    dispute = _open(world, dispute_id)
    _only(dispute, "needs_response", "under_review")
    before = world.change(dispute, status="lost", is_charge_refundable=False)
    world.emit("charge.dispute.closed", dispute, before)
    return dispute


def win(world: World, dispute_id: str) -> Thing:
    """Let the bank decide for us: the money comes back, the fee does not."""
    dispute = _open(world, dispute_id)
    _only(dispute, "needs_response", "under_review")
    before = world.change(dispute, status="won")
    entered = balance.won_dispute(world, dispute)
    names = [*dispute["balance_transactions"], entered["id"]]
    world.change(dispute, balance_transactions=names)
    world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute, before)
    return dispute


def withdraw_inquiry(world: World, dispute_id: str) -> Thing:
    """End an inquiry without a dispute."""
    dispute = _open(world, dispute_id)
    _only(dispute, *INQUIRIES)
    before = world.change(dispute, status="warning_closed")
    world.change(world.get("charge", dispute["charge"]), disputed=False)
    world.emit("charge.dispute.closed", dispute, before)
    return dispute


def warn(world: World, charge_id: str, *, fraud_type: str = "misc") -> Thing:
    """Send an early fraud warning: a refund now would forestall a dispute."""
    charge = world.get("charge", charge_id)
    warning = world.make(
        "issfr",
        actionable=not charge["refunded"] and not charge["disputed"],
        charge=charge["id"],
        fraud_type=fraud_type,
        payment_intent=charge["payment_intent"],
    )
    world.emit("radar.early_fraud_warning.created", warning)
    return warning


def forestall(world: World, charge: Thing) -> None:
    """Close what a whole refund answers: an open inquiry, and warnings that asked for one."""
    for dispute in world.shelf.all("dispute"):
        if dispute["charge"] == charge["id"] and dispute["status"] in INQUIRIES:
            withdraw_inquiry(world, dispute["id"])
    for warning in world.shelf.all("radar.early_fraud_warning"):
        if warning["charge"] == charge["id"] and warning["actionable"]:
            before = world.change(warning, actionable=False)
            world.emit("radar.early_fraud_warning.updated", warning, before)


def _withdraw(world: World, dispute: Thing) -> None:
    entered = balance.dispute(world, dispute)
    world.change(dispute, balance_transactions=[entered["id"]])
    world.emit("charge.dispute.funds_withdrawn", dispute)


def _open(world: World, dispute_id: str) -> Thing:
    dispute = world.get("dispute", dispute_id)
    if dispute["status"] not in OPEN:
        raise Refused(f"This dispute is already closed: it is {dispute['status']}.")
    return dispute


def _only(dispute: Thing, *statuses: str) -> None:
    if dispute["status"] not in statuses:
        raise Refused(f"A dispute that is {dispute['status']} cannot be treated so.")


def _make(world: World, charge: Thing, reason: str, amount: int, *, inquiry: bool) -> Thing:
    return world.make(
        "dp",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": world.now() + ANSWER_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=inquiry,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details=_method(charge, inquiry=inquiry),
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )


def _method(charge: Thing, *, inquiry: bool) -> Thing:
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        return {"type": kind}
    brand = charge["payment_method_details"]["card"]["brand"]
    details = {
        "brand": brand,
        "case_type": "inquiry" if inquiry else "chargeback",
        "network_reason_code": "10",
    }
    return {"type": "card", "card": details}
