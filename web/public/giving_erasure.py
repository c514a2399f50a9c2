"""A donor has what we hold of them erased: a page that says what goes and what stays, and one button."""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, request

from config.languages import N_
from db.session import transaction
from payments import declarations, erasing, own_gifts
from payments.gateway import PermanentFailure, TemporaryFailure
from web import words
from web.public import giving, giving_donors, preferences, rendering
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_giving_erasure", __name__)
giving_donors.install(blueprint)

NOT_YET: Final = N_(
    "Something that you gave is not settled: a payment is on its way, or your bank asks about one. Until "
    "then we need your name. Please come again in some days."
)
JUST_BEGUN: Final = N_(
    "A gift was begun with your address just now. Please press the button once more, which closes it first."
)
NO_STRIPE: Final = N_(
    "Something of yours must be ended at Stripe first, and we have no way to Stripe just now. That is for us "
    "to mend."
)

FAULTS: Final[dict[type[Exception], tuple[str, int]]] = {
    erasing.JustBegun: (JUST_BEGUN, 409),
    erasing.NotYet: (NOT_YET, 409),
    erasing.NoStripe: (NO_STRIPE, 503),
    TemporaryFailure: (giving.AWAY, 503),
    PermanentFailure: (giving.REFUSED, 503),
}
"""What is said where it was not done, and the status; the first that fits counts."""


@blueprint.get("/giving/<token>/erase")
def show(token: str) -> Response:
    """Say what erasing means, and ask once more."""
    return _page(token)


@blueprint.post("/giving/<token>/erase")
def erase(token: str) -> Response:
    """Erase the donor, at Stripe and then here."""
    with transaction() as session:
        donor_id = giving_donors.named(session, token).id
    if request.form.get("sure") != "yes":
        return _page(token, fault=preferences.NOT_TICKED, status=422)
    try:
        erasing.erase(
            core().stripe,
            transaction,
            donor_id,
            keep_years=core().settings.receipt_keep_years,
            now=datetime.now(UTC),
        )
    except tuple(FAULTS) as trouble:
        fault, status = next(FAULTS[kind] for kind in FAULTS if isinstance(trouble, kind))
        return _page(token, fault=fault, status=status)
    core().bell.ring_soon(names.SEND_TX)
    return rendering.page("public/giving-erased.html")


def _page(token: str, *, fault: str = "", status: int = 200) -> Response:
    """Show what goes and what stays; `fault` is why it was not done, in English."""
    now, keep_years = datetime.now(UTC), core().settings.receipt_keep_years
    with transaction() as session:
        donor = giving_donors.named(session, token)
        kept_until = erasing.kept_until(session, donor, keep_years=keep_years, now=now)
        plans = own_gifts.of(session, donor).plans
        declared = declarations.standing(session, donor) is not None
    return rendering.page(
        "public/giving-erase.html",
        status=status,
        token=token,
        fault=words.gettext(fault) if fault else "",
        # The box is what must be mended where it was left empty; nothing on the page is else.
        unticked=fault == preferences.NOT_TICKED,
        kept_until=kept_until,
        plans=plans,
        running=sum(each.is_running for each in plans),
        declared=declared,
    )
