"""A donor's own page, as the link that was mailed to them opens it: gifts, receipts, plans, their data.

Opening it changes nothing, for scanners of mail open every link; acts are posts that carry the token in
their path, so that no other site can forge one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from config import limits
from config.languages import N_
from db.session import transaction
from mailer.tokens import BadToken
from payments import amounts, declarations, donors, own_gifts
from payments.documents import figures
from payments.gateway import Gateway, PermanentFailure, TemporaryFailure
from payments.plans import NotRunning
from web import security, words
from web.public import giving_donors, rendering, stripe_pages
from web.public.giving_donors import LinkEnded
from wiring.core import core

blueprint = Blueprint("public_giving", __name__)
giving_donors.install(blueprint)

AWAY: Final = N_(
    "Stripe, who handle payments for us, do not answer just now. Nothing is lost: please press the button "
    "again in a few minutes. Pressed twice, it is done once."
)
REFUSED: Final = N_(
    "Stripe, who handle payments for us, have refused this. That is for us to mend."
)
NOT_RUNNING: Final = N_(
    "This regular gift has ended or has not begun, so there is nothing to change."
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done: a sentence in the page's language, and the status that goes with it."""

    sentence: str
    status: int
    #: Of the plan whose amount must be mended, '' where nothing that was typed is at fault.
    reference: str = ""
    typed: str = ""


@blueprint.get("/giving/<token>")
def show(token: str) -> Response:
    """Show what a donor gave and gives."""
    return page(token)


def page(token: str, trouble: Trouble | None = None) -> Response:
    """Show the page; raise BadToken or LinkEnded where the link does not open it."""
    with transaction() as session:
        donor = giving_donors.named(session, token)
        address, name = donors.address_of(session, donor), donors.name_of(session, donor)
        listed = own_gifts.of(session, donor)
        declared = declarations.standing(session, donor)
    shown = rendering.page(
        "public/giving.html",
        status=trouble.status if trouble else 200,
        token=token,
        address=address,
        name=name,
        listed=listed,
        declared=declared,
        declared_on=_day(declared.made_at) if declared else "",
        trouble=trouble,
        done=request.args.get("done", ""),
        pauses=limits.PLAN_PAUSES_OFFERED,
        name_length=limits.DONOR_NAME_LENGTH,
        day=lambda when: figures.day(when, words.language()),
        said=lambda amount, code: amounts.said(amount, code, words.language()),
    )
    return stripe_pages.lead_to(stripe_pages.PORTAL, shown, security.PUBLIC_CSP)


def _day(at: datetime) -> str:
    there = at.astimezone(ZoneInfo(core().settings.org_timezone))
    return figures.day(there.date(), words.language())


def back(token: str, done: str) -> BaseResponse:
    """Lead back to the page, which says what was done."""
    return redirect(url_for(f"{blueprint.name}.{show.__name__}", token=token, done=done), 303)


def stripe() -> Gateway:
    """Return the way to Stripe; raise PermanentFailure where no key was given."""
    gateway = core().stripe
    if gateway is None:
        raise PermanentFailure("no key")
    return gateway


# -- What goes wrong with an act -------------------------------------------------------------------


def install(acts: Blueprint) -> None:
    """Have a blueprint of acts show the page again, with a sentence, where one was not done."""
    giving_donors.install(acts)
    acts.register_error_handler(TemporaryFailure, show_away)
    acts.register_error_handler(PermanentFailure, show_refused)
    acts.register_error_handler(NotRunning, show_not_running)


def show_away(_error: TemporaryFailure) -> Response:
    """Say that Stripe does not answer, and to try again."""
    return _again(AWAY, 503)


def show_refused(_error: PermanentFailure) -> Response:
    """Say that Stripe has refused it, and where a person reads."""
    return _again(REFUSED, 503)


def show_not_running(_error: NotRunning) -> Response:
    """Say that the plan has ended meanwhile."""
    return _again(NOT_RUNNING, 409)


def _again(sentence: str, status: int) -> Response:
    token = str((request.view_args or {})["token"])
    # Whatever Stripe took its time for, the link's hour may be over by now; nobody handles a handler's error.
    try:
        return page(token, Trouble(words.gettext(sentence), status))
    except BadToken as error:
        return giving_donors.show_bad_token(error)
    except LinkEnded as error:
        return giving_donors.show_ended(error)
