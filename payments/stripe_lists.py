"""Going through Stripe's lists with its own library: all pages, the newest first, one page in memory."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, Protocol, TypeVar

import stripe
from stripe.params import BalanceTransactionListParams

from config import limits
from payments import gateway, stripe_objects
from payments.stripe_failures import translated

Found_co = TypeVar("Found_co", covariant=True)
Snapshot = TypeVar("Snapshot")
Object = TypeVar("Object")

_PAGE: Final = limits.STRIPE_PAGE


class _Pages(Protocol[Found_co]):
    def auto_paging_iter(self) -> Iterator[Found_co]: ...


class StripeLists:
    """The half of the gateway that goes through lists."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.ask = client.v1

    def balance_transactions(
        self, *, since: datetime | None = None, payout_id: str | None = None
    ) -> Iterator[gateway.BalanceTransaction]:
        """Go through Stripe's books, the newest first; all pages."""
        asked: BalanceTransactionListParams = {"limit": _PAGE}
        if since is not None:
            asked["created"] = {"gte": _seconds(since)}
        if payout_id is not None:
            asked["payout"] = payout_id
        ask = self.ask.balance_transactions
        return _all(lambda: ask.list(asked), stripe_objects.balance_transaction)

    def events(self, *, since: datetime) -> Iterator[gateway.Event]:
        """Go through the events of the last 30 days, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.events
        return _all(
            lambda: ask.list({"created": {"gte": created}, "limit": _PAGE}), stripe_objects.event
        )

    def sessions(self, *, since: datetime) -> Iterator[gateway.Session]:
        """Go through Checkout Sessions, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.checkout.sessions
        return _all(
            lambda: ask.list({"created": {"gte": created}, "limit": _PAGE}), stripe_objects.session
        )

    def intents(self, *, since: datetime) -> Iterator[gateway.Intent]:
        """Go through payment intents, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.payment_intents
        return _all(
            lambda: ask.list({"created": {"gte": created}, "limit": _PAGE}), stripe_objects.intent
        )

    def invoices(self, *, since: datetime) -> Iterator[gateway.Invoice]:
        """Go through invoices that were paid, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.invoices
        return _all(
            lambda: ask.list(
                {
                    "created": {"gte": created},
                    "status": "paid",
                    "expand": ["data.payments"],
                    "limit": _PAGE,
                }
            ),
            stripe_objects.invoice,
        )

    def refunds(self, *, since: datetime) -> Iterator[gateway.Refund]:
        """Go through refunds, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.refunds
        return _all(
            lambda: ask.list({"created": {"gte": created}, "limit": _PAGE}), stripe_objects.refund
        )

    def disputes(self, *, since: datetime) -> Iterator[gateway.Dispute]:
        """Go through disputes, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.disputes
        return _all(
            lambda: ask.list({"created": {"gte": created}, "limit": _PAGE}), stripe_objects.dispute
        )

    def payouts(self, *, since: datetime) -> Iterator[gateway.Payout]:
        """Go through payouts, the newest first; all pages."""
        created, ask = _seconds(since), self.ask.payouts
        return _all(
            lambda: ask.list({"created": {"gte": created}, "limit": _PAGE}), stripe_objects.payout
        )


def _all(
    ask: Callable[[], _Pages[Object]], read: Callable[[Object], Snapshot]
) -> Iterator[Snapshot]:
    """Read each object of each page; a page is fetched when the one before is used up."""
    with translated():
        for found in ask().auto_paging_iter():
            yield read(found)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
