"""Asking Stripe with its own library; with payments/stripe_….py the only modules that know it.

Loading it costs 40 MB and a third of a second, so only who asks Stripe does (`wiring/money.py`).
"""

import math
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import cast

import stripe
from stripe.params import InvoicePaymentListParamsPayment, SubscriptionUpdateParams
from stripe.params.checkout import SessionCreateParams

from config import limits
from payments import gateway, stripe_objects, webhooks
from payments.stripe_failures import translated
from payments.stripe_lists import StripeLists

# Otherwise each request tells Stripe of this machine, by a name that is kept in the home folder.
stripe.enable_telemetry = False


class StripeGateway(StripeLists):
    """A `payments.gateway.Gateway`; make it after the fork, one for each process."""

    def __init__(self, key: str, *, base: str, secrets: tuple[str, ...], live: bool) -> None:
        patience = limits.STRIPE_CONNECT_SECONDS, limits.STRIPE_ANSWER_SECONDS
        super().__init__(
            stripe.StripeClient(
                key,
                base_addresses={"api": base},
                stripe_version=gateway.API_VERSION,
                max_network_retries=limits.STRIPE_RETRIES,
                http_client=stripe.RequestsClient(timeout=patience),
            )
        )
        self._secrets, self._live = secrets, live

    def read_webhook(self, body: bytes, header: str, *, now: datetime) -> gateway.Event:
        """Verify the raw bytes of a webhook and say what it is; raise BadWebhook. Asks nobody."""
        webhooks.check_age(header, now=now)
        if not any(_is_signed(body, header, secret) for secret in self._secrets):
            raise gateway.BadWebhook("it is signed with no secret of STRIPE_WEBHOOK_SECRET")
        return webhooks.read(body, live=self._live)

    @translated()
    def open_session(self, request: Mapping[str, object], *, key: str) -> gateway.Session:
        """Open a Checkout Session as the frozen request says, under an idempotency key."""
        params = cast(SessionCreateParams, dict(request))
        made = self.ask.checkout.sessions.create(params, {"idempotency_key": key})
        return stripe_objects.session(made)

    @translated()
    def session(self, id_: str) -> gateway.Session:
        """Fetch a Checkout Session."""
        return stripe_objects.session(self.ask.checkout.sessions.retrieve(id_))

    def expire_session(self, id_: str) -> gateway.Session:
        """Make an open session unpayable; one that is over is returned as it is."""
        try:
            with translated():
                return stripe_objects.session(self.ask.checkout.sessions.expire(id_))
        except gateway.PermanentFailure:
            found = self.session(id_)
            if found.status == "open":
                raise
            return found

    @translated()
    def intent(self, id_: str) -> gateway.Intent:
        """Fetch a payment intent."""
        return stripe_objects.intent(self.ask.payment_intents.retrieve(id_))

    @translated()
    def charge(self, id_: str) -> gateway.Charge:
        """Fetch a charge."""
        return stripe_objects.charge(self.ask.charges.retrieve(id_))

    @translated()
    def invoice(self, id_: str) -> gateway.Invoice:
        """Fetch an invoice with the intents that paid it."""
        return stripe_objects.invoice(self.ask.invoices.retrieve(id_, {"expand": ["payments"]}))

    @translated()
    def invoice_of(self, payment_intent_id: str) -> str | None:
        """Return the id of the invoice that an intent paid, None where it paid none."""
        payment: InvoicePaymentListParamsPayment = {
            "type": "payment_intent",
            "payment_intent": payment_intent_id,
        }
        found = self.ask.invoice_payments.list({"payment": payment, "limit": 1}).data
        return stripe_objects.name(found[0].invoice) if found else None

    @translated()
    def subscription(self, id_: str) -> gateway.Subscription:
        """Fetch a subscription."""
        return stripe_objects.subscription(self.ask.subscriptions.retrieve(id_))

    def cancel(self, subscription_id: str) -> gateway.Subscription:
        """End a subscription at once; one that has ended is returned as it is."""
        try:
            with translated():
                return stripe_objects.subscription(self.ask.subscriptions.cancel(subscription_id))
        except gateway.PermanentFailure:
            found = self.subscription(subscription_id)
            if found.ended_at is None:
                raise
            return found

    @translated()
    def change_amount(self, subscription_id: str, amount: int, *, key: str) -> gateway.Subscription:
        """Have a subscription ask for another amount from its next payment on, nothing prorated."""
        there = self.ask.subscriptions.retrieve(subscription_id)
        changed = self.ask.subscriptions.update(
            subscription_id, _repriced(there, amount), {"idempotency_key": key}
        )
        return stripe_objects.subscription(changed)

    @translated()
    def pause(self, subscription_id: str, until: datetime | None) -> gateway.Subscription:
        """Ask for no payment until then; None goes on."""
        changed = self.ask.subscriptions.update(subscription_id, _paused(until))
        return stripe_objects.subscription(changed)

    @translated()
    def ask_customers_card(self, subscription_id: str) -> None:
        """Have a subscription charge the card that its customer has chosen by then, and none of its own."""
        own = self.ask.subscriptions.retrieve(subscription_id)
        if own.default_payment_method is None:
            return
        customer = self.ask.customers.retrieve(stripe_objects.name(own.customer))
        settings = customer.invoice_settings
        if settings is None or settings.default_payment_method is None:
            card = stripe_objects.name(own.default_payment_method)
            self.ask.customers.update(
                customer.id, {"invoice_settings": {"default_payment_method": card}}
            )
        self.ask.subscriptions.update(subscription_id, {"default_payment_method": ""})

    @translated()
    def portal(self, customer_id: str, return_url: str) -> str:
        """Return the address of Stripe's own page where a donor changes their card."""
        made = self.ask.billing_portal.sessions.create(
            {"customer": customer_id, "return_url": return_url}
        )
        return made.url

    def forget_customer(self, customer_id: str) -> None:
        """Have Stripe delete a customer with their cards, and end their plans; one that is gone is gone."""
        with suppress(gateway.NotFound), translated():
            self.ask.customers.delete(customer_id)

    @translated()
    def refund(self, payment_intent_id: str, amount: int, *, key: str) -> gateway.Refund:
        """Give an amount back, under an idempotency key."""
        made = self.ask.refunds.create(
            {
                "payment_intent": payment_intent_id,
                "amount": amount,
                "reason": "requested_by_customer",
            },
            {"idempotency_key": key},
        )
        return stripe_objects.refund(made)

    @translated()
    def refund_of(self, id_: str) -> gateway.Refund:
        """Fetch a refund."""
        return stripe_objects.refund(self.ask.refunds.retrieve(id_))

    @translated()
    def dispute(self, id_: str) -> gateway.Dispute:
        """Fetch a dispute."""
        return stripe_objects.dispute(self.ask.disputes.retrieve(id_))

    @translated()
    def fraud_warning(self, id_: str) -> gateway.FraudWarning:
        """Fetch an early fraud warning."""
        return stripe_objects.fraud_warning(self.ask.radar.early_fraud_warnings.retrieve(id_))

    @translated()
    def payout(self, id_: str) -> gateway.Payout:
        """Fetch a payout."""
        return stripe_objects.payout(self.ask.payouts.retrieve(id_))

    @translated()
    def balance_transaction(self, id_: str) -> gateway.BalanceTransaction:
        """Fetch one line of Stripe's books."""
        return stripe_objects.balance_transaction(self.ask.balance_transactions.retrieve(id_))

    @translated()
    def balance(self) -> Mapping[str, int]:
        """Return what Stripe holds for us by currency, available and pending together."""
        return stripe_objects.balance(self.ask.balance.retrieve())


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret))
    except (stripe.SignatureVerificationError, ValueError):
        # ValueError: the library decodes before it verifies, and this is no UTF-8.
        return False


def _repriced(there: stripe.Subscription, amount: int) -> SubscriptionUpdateParams:
    """Ask for another amount; the product and the interval stay."""
    item = there.items.data[0]
    recurring = item.price.recurring
    if recurring is None:
        raise gateway.PermanentFailure("not_recurring", "This subscription has no interval")
    return {
        "items": [
            {
                "id": item.id,
                "price_data": {
                    "currency": item.price.currency,
                    "product": stripe_objects.name(item.price.product),
                    "recurring": {"interval": recurring.interval},
                    "unit_amount": amount,
                },
            }
        ],
        "proration_behavior": "none",
    }


def _paused(until: datetime | None) -> SubscriptionUpdateParams:
    if until is None:
        return {"pause_collection": ""}
    # Void, because what was not given in a pause is not asked for after it.
    resumes_at = math.ceil(until.timestamp())
    return {"pause_collection": {"behavior": "void", "resumes_at": resumes_at}}
