"""What the console says of money: what happened to a gift, and what a task asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from payments import (
    checkouts,
    declarations,
    findings,
    forgetting,
    notices,
    offline,
    refunding,
    renewals,
    second_subscriptions,
    stripping,
    typed_names,
)
from payments.applying import disputes, intents, invoices, refunds, warnings
from payments.giving import BEGUN
from payments.models.events import TaskKind
from payments.models.giving import GivingEvent, PlanState


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a task means, and what to do about it, in one sentence each."""

    means: str
    do: str


TASKS: Final[Mapping[TaskKind, Meaning]] = {
    TaskKind.INQUIRY: Meaning(
        "The donor's bank asks about this payment; no money has moved.",
        "Answer it in Stripe's dashboard before its day, or give the gift back whole, which ends it.",
    ),
    TaskKind.DISPUTE: Meaning(
        "The donor's bank has taken this payment back until it decides.",
        "Send what proves the gift in Stripe's dashboard before its day, or accept the dispute there.",
    ),
    TaskKind.FRAUD_WARNING: Meaning(
        "The card's network fears that its owner did not give this.",
        "Look at the gift; where nothing speaks for it, give it back whole before a dispute comes.",
    ),
    TaskKind.REFUND_FAILED: Meaning(
        "A refund did not reach its donor: Stripe refused it, or their bank sent it back.",
        "See why on the gift's page, try again or agree with the donor on another way, and note it here.",
    ),
    TaskKind.DUPLICATE: Meaning(
        "One gift was paid twice, or one plan asks for its payments twice.",
        "Give the second payment back on the gift's page; end the second of two subscriptions (sub_…) in "
        "Stripe's dashboard.",
    ),
    TaskKind.UNMATCHED: Meaning(
        "Money moved at Stripe that belongs to no gift we know.",
        "Look its id up in Stripe's dashboard: give it back there, or find out whose gift it is.",
    ),
    TaskKind.DIFFERENCE: Meaning(
        "What Stripe says and what our books say are not the same.",
        "Open the books, follow the runbook 'The books differ', and note here what it was.",
    ),
    TaskKind.DEAD_EVENT: Meaning(
        "Something that Stripe told us could not be applied, however often it was tried.",
        "See why among the books, have the cause mended, and replay it there.",
    ),
    TaskKind.PAYOUT_FAILED: Meaning(
        "Stripe could not pay out to our bank account.",
        "Mend the bank account in Stripe's dashboard; it pays out again by itself.",
    ),
}
"""Each kind of task in words."""

STORY: Final[Mapping[str, str]] = {
    BEGUN: "Begun at the form",
    "checkout opened": "Stripe's page was opened",
    checkouts.REFUSED: "Stripe would not open its page",
    "expired": "Not paid in time",
    intents.PAID: "Paid",
    intents.PAID_AGAIN: "Paid a second time",
    intents.ON_ITS_WAY: "The money is on its way",
    intents.FAILED: "The debit failed",
    refunding.ASKED: "A refund was asked for",
    refunding.REFUSED: "A refund was not made",
    refunds.GIVEN_BACK: "Given back",
    refunds.CAME_BACK: "A refund came back to us",
    "inquiry": "The bank asks about it",
    "inquiry closed": "The bank's question is closed",
    "disputed": "The bank disputes it",
    "dispute prevented": "A dispute was prevented",
    disputes.LOST: "The dispute was lost",
    "dispute won": "The dispute was won",
    disputes.BACK: "The disputed money came back",
    warnings.WARNED: "The card's network warns of fraud",
    notices.TOLD: "Somebody was told of the gift by mail",
    "linked": "Its subscription began",
    PlanState.ACTIVE: "It is active",
    PlanState.PAST_DUE: "A payment is due and was not made",
    PlanState.UNPAID: "It is unpaid",
    PlanState.PAUSED: "It is paused",
    PlanState.ENDING: "It will end",
    PlanState.ENDED: "It has ended",
    "amount asked for": "Another amount was asked for",
    "amount changed": "The amount was changed",
    "pause asked for": "A pause was asked for",
    "going on asked for": "It was asked to go on",
    "end asked for": "Its end was asked for",
    "handed over to the portal": "The donor went to Stripe's page for a new card",
    invoices.REFUSED: "A payment was refused",
    invoices.GIVEN_UP: "A payment was given up",
    invoices.NOTHING_DUE: "Nothing was due",
    renewals.NOTICED: "The donor was told of the next payment",
    offline.ENTERED: "Entered as arrived",
    offline.TAKEN_BACK: "Its entry was taken back",
    declarations.DECLARED: "Gift Aid was declared",
    declarations.NOT_TAKEN: "Gift Aid was not declared: name or home were not those we know",
    second_subscriptions.BEGUN: "A second subscription of it began",
    second_subscriptions.CUSTOMER: "Whom its second subscription asks",
    second_subscriptions.ENDED: "Its second subscription ended",
    typed_names.OTHER_NAME: "It was given in another name than the donor's, or in none",
    stripping.ERASED: "The donor was erased",
    forgetting.NOTICE_GONE: "The address for the notice was forgotten",
}
"""What a giving event is called."""

_AMOUNTS: Final = frozenset({refunding.ASKED, "amount asked for", "amount changed"})
"""Events whose detail is an amount in minor units."""
_SECRET: Final = frozenset({notices.TOLD})
"""Events whose detail says nothing to people."""


def happened(event: GivingEvent) -> str:
    """Say what happened; an event that has no sentence of its own is called by its word."""
    return STORY.get(event.what, event.what.capitalize())


def detail(event: GivingEvent, code: str) -> str:
    """Return what is said beside it: an amount in the currency `code`, or an id or a word of Stripe's."""
    if event.what in _AMOUNTS and event.detail.isdecimal():
        return findings.money(int(event.detail), code)
    return "" if event.what in _SECRET else event.detail
