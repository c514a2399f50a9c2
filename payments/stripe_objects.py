"""Reading Stripe's objects, as its library gives them, into the snapshots of this room.

They are no dicts: what may be absent is asked for by `getattr`, and what may be expanded is read by `name`.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Protocol

import stripe

from payments import gateway

_FOREVER: Final = datetime.max.replace(tzinfo=UTC)


class _Named(Protocol):
    id: str


def session(found: stripe.checkout.Session) -> gateway.Session:
    """Read a Checkout Session."""
    return gateway.Session(
        id=found.id,
        status=found.status or "",
        payment_status=found.payment_status,
        mode=found.mode,
        reference=found.client_reference_id,
        url=found.url,
        expires_at=_moment(found.expires_at),
        payment_intent_id=_id(found.payment_intent),
        subscription_id=_id(found.subscription),
        customer_id=_id(found.customer),
        amount=found.amount_total,
        currency=found.currency.upper() if found.currency else None,
    )


def intent(found: stripe.PaymentIntent) -> gateway.Intent:
    """Read a payment intent."""
    error = found.last_payment_error
    return gateway.Intent(
        id=found.id,
        status=found.status,
        amount_received=found.amount_received,
        currency=found.currency.upper(),
        charge_id=_id(found.latest_charge),
        reference=_entry(found.metadata, "gift"),
        made_at=_moment(found.created),
        failure=None if error is None else getattr(error, "code", None) or error.type,
    )


def charge(found: stripe.Charge) -> gateway.Charge:
    """Read a charge."""
    details = found.payment_method_details
    return gateway.Charge(
        id=found.id,
        payment_intent_id=_id(found.payment_intent),
        amount=found.amount,
        currency=found.currency.upper(),
        method=details.type if details else None,
        balance_transaction_id=_id(found.balance_transaction),
        made_at=_moment(found.created),
    )


def invoice(found: stripe.Invoice) -> gateway.Invoice:
    """Read an invoice that was fetched with its payments."""
    plan = found.parent.subscription_details if found.parent else None
    return gateway.Invoice(
        id=found.id,
        status=found.status or "",
        reason=found.billing_reason or "",
        subscription_id=_id(plan.subscription) if plan else None,
        plan_reference=_entry(plan.metadata, "plan") if plan else None,
        amount_paid=found.amount_paid,
        currency=found.currency.upper(),
        attempts=found.attempt_count,
        next_attempt_at=_moment_or_none(found.next_payment_attempt),
        paid_at=_moment_or_none(found.status_transitions.paid_at),
        hosted_url=getattr(found, "hosted_invoice_url", None),
        payment_intent_ids=tuple(_paying(found)),
    )


def subscription(found: stripe.Subscription) -> gateway.Subscription:
    """Read a subscription of one item, which is what our plans are."""
    item = found.items.data[0]
    recurring, details = item.price.recurring, found.cancellation_details
    period_ends_at = _moment(item.current_period_end)
    ends_at = _moment_or_none(found.cancel_at)
    if ends_at is None and found.cancel_at_period_end:
        ends_at = period_ends_at
    return gateway.Subscription(
        id=found.id,
        status=found.status,
        plan_reference=_entry(found.metadata, "plan"),
        customer_id=name(found.customer),
        amount=(item.price.unit_amount or 0) * (item.quantity or 1),
        currency=found.currency.upper(),
        interval=recurring.interval if recurring else "",
        period_ends_at=period_ends_at,
        ends_at=ends_at,
        ended_at=_moment_or_none(found.ended_at),
        ended_reason=details.reason if details else None,
        paused_until=_paused_until(found),
    )


def refund(found: stripe.Refund) -> gateway.Refund:
    """Read a refund."""
    moved = found.balance_transaction, getattr(found, "failure_balance_transaction", None)
    return gateway.Refund(
        id=found.id,
        status=found.status or "",
        amount=found.amount,
        currency=found.currency.upper(),
        payment_intent_id=_id(found.payment_intent),
        charge_id=_id(found.charge),
        failure_reason=getattr(found, "failure_reason", None),
        balance_transaction_ids=tuple(name(each) for each in moved if each is not None),
        made_at=_moment(found.created),
    )


def dispute(found: stripe.Dispute) -> gateway.Dispute:
    """Read a dispute or an inquiry."""
    moved = sorted(found.balance_transactions, key=lambda each: each.created)
    return gateway.Dispute(
        id=found.id,
        status=found.status,
        amount=found.amount,
        currency=found.currency.upper(),
        payment_intent_id=_id(found.payment_intent),
        charge_id=name(found.charge),
        reason=found.reason,
        due_at=_moment_or_none(found.evidence_details.due_by),
        refundable=found.is_charge_refundable,
        balance_transaction_ids=tuple(each.id for each in moved),
        made_at=_moment(found.created),
    )


def fraud_warning(found: stripe.radar.EarlyFraudWarning) -> gateway.FraudWarning:
    """Read an early fraud warning."""
    return gateway.FraudWarning(
        id=found.id,
        charge_id=name(found.charge),
        payment_intent_id=_id(getattr(found, "payment_intent", None)),
        actionable=found.actionable,
        made_at=_moment(found.created),
    )


def balance_transaction(found: stripe.BalanceTransaction) -> gateway.BalanceTransaction:
    """Read one line of Stripe's books."""
    rate = found.exchange_rate
    return gateway.BalanceTransaction(
        id=found.id,
        source_id=_id(found.source),
        type=found.type,
        reporting_category=found.reporting_category,
        amount=found.amount,
        fee=found.fee,
        net=found.net,
        currency=found.currency.upper(),
        # By its text: the float itself would have digits that Stripe never wrote.
        exchange_rate=None if rate is None else Decimal(str(rate)),
        balance_type=found.balance_type,
        made_at=_moment(found.created),
        available_at=_moment(found.available_on),
    )


def balance(found: stripe.Balance) -> Mapping[str, int]:
    """Add up by currency what is available and what is pending."""
    sums: Counter[str] = Counter()
    for free in found.available:
        sums[free.currency.upper()] += free.amount
    for held in found.pending:
        sums[held.currency.upper()] += held.amount
    return sums


def payout(found: stripe.Payout) -> gateway.Payout:
    """Read a payout."""
    return gateway.Payout(
        id=found.id,
        amount=found.amount,
        currency=found.currency.upper(),
        status=found.status,
        automatic=found.automatic,
        reconciliation=found.reconciliation_status,
        arrives_at=_moment(found.arrival_date),
        made_at=_moment(found.created),
    )


def event(found: stripe.Event) -> gateway.Event:
    """Read an event: of its object nothing but kind and id."""
    about = found.data.object
    return gateway.Event(
        id=found.id,
        type=found.type,
        object_kind=getattr(about, "object", ""),
        object_id=getattr(about, "id", ""),
        api_version=found.api_version,
        livemode=found.livemode,
        made_at=_moment(found.created),
    )


def name(value: str | _Named) -> str:
    """Return the id of what may have been expanded."""
    return value if isinstance(value, str) else value.id


def _paying(found: stripe.Invoice) -> list[str]:
    """Return the intents that paid an invoice; of an open one those that are to."""
    payments = getattr(found, "payments", None)
    status = "paid" if found.status == "paid" else "open"
    theirs = [each.payment for each in payments.data if each.status == status] if payments else []
    return [name(each.payment_intent) for each in theirs if getattr(each, "payment_intent", None)]


def _paused_until(found: stripe.Subscription) -> datetime | None:
    if found.pause_collection is None:
        return None
    return _moment_or_none(found.pause_collection.resumes_at) or _FOREVER


def _entry(metadata: object, name: str) -> str | None:
    """Return an entry of the metadata, which is an object too, and may be none."""
    return getattr(metadata, name, None)


def _id(value: str | _Named | None) -> str | None:
    return None if value is None else name(value)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _moment_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
