"""A story: what donors, banks and staff at the dashboard do in one seed, by dice."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Final

from payments import checkouts, giving
from payments.gateway import Intent, PermanentFailure, TemporaryFailure
from payments.giving import Wish
from payments.models.giving import Checkout, Interval, Tribute
from payments.proving.ground import Ground
from payments.proving.operator import Refused

DAY: Final = 24 * 3600
_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_CARDS: Final = (
    "4242424242424242",
    "5555555555554444",
    "4000000000000259",  # is disputed
    "4000000000001976",  # is inquired into
    "4000000000005423",  # is warned about
    "4000000000007726",  # its refunds are pending
    "4000000000005126",  # its refunds come back
    "4000000000000002",  # is declined
)
_DEBITS: Final = ("AT611904300234573201", "AT861904300235473202", "AT591904300235473203")
"""One that is paid after days, one that is not, one that is disputed; euros alone."""
_RENEWING: Final = ("4242424242424242", "4000000000000341")
"""One that renews, one that does not."""
_CURRENCIES: Final = ("USD", "EUR", "GBP", "JPY", "CHF")

SECRETS: Final = ("sentinel-name", "sentinel-message", "sentinel-tribute", "sentinel@", "notice@")
"""What a donor writes on our form, and Stripe must never be told."""


class Story:
    """Tells one seed's story on a ground; what Stripe would not do is no part of it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._dice: Random = ground.dice

    def begins(self) -> None:
        """Have a few people give: once or monthly, by card or by debit; one of them may pay twice."""
        for number in range(self._dice.randint(2, 4)):
            self._give(number, interval=None)
        if self._chance(0.6):
            self._give(99, interval=Interval.MONTH)
        self._ground.operator.advance(60)

    def goes_on(self) -> None:
        """Have days pass, in which gifts are given back, disputed, decided, paid out and renewed."""
        for _ in range(self._dice.randint(1, 3)):
            self._something_happens()
            self._ground.operator.advance(self._dice.choice((3600, DAY, 4 * DAY)))

    def ends(self) -> None:
        """Have so much time pass that everything under way has arrived, failed or been decided."""
        for _ in range(5):
            self._ground.operator.advance(8 * DAY)

    def _give(self, number: int, *, interval: Interval | None) -> None:
        ground, checkout_id = self._ground, self._wish(number, interval)
        self._trouble()
        try:
            checkouts.open_(ground.stripe, ground.begin, checkout_id, now=ground.now())
        except (TemporaryFailure, PermanentFailure):
            # Nobody knows; the sweep finds out, and this donor has gone.
            return
        with ground.begin() as session:
            checkout = session.get_one(Checkout, checkout_id)
        self._pay(checkout, self._number(checkout, interval))

    def _wish(self, number: int, interval: Interval | None) -> int:
        """Write down who wishes to give what, and its first attempt; return the attempt."""
        ground, wish = self._ground, self._wished(number, interval)
        with ground.begin() as session:
            given = giving.begin(session, wish, now=ground.now())
            checkout = checkouts.prepare(
                session,
                given,
                base_url="http://127.0.0.1",
                organisation="A scratch organisation",
                now=ground.now(),
            )
            return checkout.id

    def _wished(self, number: int, interval: Interval | None) -> Wish:
        code = self._dice.choice(_CURRENCIES)
        return Wish(
            amount=self._dice.randint(10, 400) * 100,
            costs=self._dice.choice((0, 100)),
            currency=code,
            interval=interval,
            fund_slug="",
            address=f"sentinel@{self._dice.randint(1, 3)}.example.org",
            name="sentinel-name",
            language="en",
            anonymous=self._chance(0.5),
            tribute=self._dice.choice((None, Tribute.HONOUR)),
            tribute_name="sentinel-tribute",
            notice_address="notice@example.org",
            message="sentinel-message",
            joins_list=False,
            nonce=f"seed-{number}-{self._dice.random()}",
        )

    def _number(self, checkout: Checkout, interval: Interval | None) -> str:
        if interval is not None:
            return self._dice.choice(_RENEWING)
        euros = "eur" in str(checkout.request)
        return self._dice.choice(_DEBITS if euros and self._chance(0.5) else _CARDS)

    def _pay(self, checkout: Checkout, number: str) -> None:
        session_id = str(checkout.session_id)
        if self._chance(0.15) and (twin := self._twin(checkout)):
            for each in (session_id, twin):
                self._try(f"sessions/{each}/pay", number=number)
            return
        self._try(f"sessions/{session_id}/pay", number=number)

    def _twin(self, checkout: Checkout) -> str | None:
        """Open a second page of the same gift behind our back, as only a fault of ours could."""
        if checkout.plan_id is not None:
            return None
        return self._ground.stripe.open_session(checkout.request, key=f"twin-{checkout.id}").id

    def _trouble(self) -> None:
        """Have the answer to the next request be lost, rarely: each costs the client half a second."""
        if self._chance(0.1):
            kind = self._dice.choice(("reset_after", "error_before", "busy"))
            self._ground.operator.do("troubles", kind=kind)

    def _something_happens(self) -> None:
        for intent in self._succeeded():
            self._befall(intent)
        for dispute in self._ground.stripe.disputes(since=_LONG_AGO):
            if end := self._dice.choice(("win", "lose", "escalate", "withdraw", "")):
                self._try(f"disputes/{dispute.id}/{end}")

    def _befall(self, intent: Intent) -> None:
        """Have a payment given back, whole or half, or taken back or asked about by the bank; or not."""
        dispute, half = f"charges/{intent.charge_id}/dispute", intent.amount_received // 200 * 100
        match self._dice.choices(("whole", "half", "dispute", "inquiry", ""), (3, 3, 1, 1, 3))[0]:
            case "whole":
                self._try("refunds", payment_intent=intent.id)
            case "half":
                self._try("refunds", payment_intent=intent.id, amount=half)
            case "dispute":
                self._try(dispute)
            case "inquiry":
                self._try(dispute, inquiry=True)

    def _succeeded(self) -> Iterator[Intent]:
        for intent in self._ground.stripe.intents(since=_LONG_AGO):
            if intent.status == "succeeded":
                yield intent

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _try(self, act: str, **fields: object) -> None:
        """Have something happen; what the sandbox would not do, as Stripe would not, has not happened."""
        with suppress(Refused):
            self._ground.operator.do(act, **fields)
