"""Giving at the door: the form, the way to Stripe's page, and the page for who comes back from there.

Nothing here tells whether an address gave before, and nothing of a person is told to Stripe. The gift is
written down before Stripe is asked; where Stripe cannot be asked, it is kept and tried again by its own form.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from db.session import transaction
from payments import checkouts, funds, gift_aid, giving, offers, outcomes
from payments.breaker import Level
from payments.gateway import Gateway, PermanentFailure, TemporaryFailure
from payments.giving import Wish
from web import bodies, challenge, errors, forms, once, security, words
from web.public import donate_form, donate_gift_aid, donate_shares, rendering, stripe_pages
from web.public.donate_form import Choices, Entry, Faults
from wiring.core import core

blueprint = Blueprint("public_donate", __name__)


class _Off(Exception):
    """This site takes no gifts: no key to Stripe was given."""


# -- /donate ---------------------------------------------------------------------------------------


@blueprint.get("/donate")
def show_form() -> Response:
    """Show the form, in the currency and for the fund that the address names."""
    _stripe()
    now = datetime.now(UTC)
    level = donate_shares.level(now=now)
    return _shut() if level is Level.SHUT else _form(level, now=now)


@blueprint.post("/donate")
def give() -> BaseResponse:
    """Write a gift down and lead to Stripe's page; the same form twice is one gift and one page."""
    stripe, now = _stripe(), datetime.now(UTC)
    level = donate_shares.level(now=now)
    if level is Level.SHUT:
        return _shut()
    entry = donate_form.posted()
    try:
        wish = donate_form.wish(entry, _choices(), now=now)
    except donate_form.Faulty as faulty:
        status = donate_form.status(faulty.faults)
        return _form(level, entry, faulty.faults, shown=_shown(now), status=status, now=now)
    trusted = level is Level.OPEN or challenge.is_posted(now=now)
    try:
        return redirect(_opened(stripe, wish, trusted=trusted, now=now), 303)
    except donate_shares.NoShareLeft:
        return rendering.page("public/donate-later.html", status=429)
    except checkouts.Over as over:
        thanks = url_for(f"{blueprint.name}.{show_thanks.__name__}", session_id=over.session_id)
        return redirect(thanks, 303)
    except (TemporaryFailure, PermanentFailure) as failure:
        return _wait(entry, refused=isinstance(failure, PermanentFailure), now=now)


def _opened(stripe: Gateway, wish: Wish, *, trusted: bool, now: datetime) -> str:
    """Return the address of the page that a wish is paid at; no transaction is open while Stripe is asked."""
    try:
        checkout_id, others = _begun(wish, trusted=trusted, now=now)
    except checkouts.Unsettled as unsettled:
        checkouts.settle(stripe, transaction, unsettled.checkout_id, now=now)
        checkout_id, others = _begun(wish, trusted=trusted, now=now)
    for other in others:
        checkouts.withdraw(stripe, transaction, other, now=now)
    return checkouts.open_(stripe, transaction, checkout_id, now=now)


def _begun(wish: Wish, *, trusted: bool, now: datetime) -> tuple[int, Sequence[int]]:
    """Write a wish down; return its attempt, and those of what the same form wished for before."""
    with transaction() as session:
        if giving.known(session, wish) is None:
            donate_shares.take(session, request.remote_addr, trusted=trusted, now=now)
        given = giving.begin(session, wish, now=now)
        checkout = checkouts.prepare(
            session,
            given,
            base_url=core().settings.base_url,
            organisation=core().organisation.name,
            now=now,
        )
        return checkout.id, checkouts.of_same_form(session, given)


def _stripe() -> Gateway:
    """Return the way to Stripe; raise _Off where there is none."""
    stripe = core().stripe
    if stripe is None:
        raise _Off
    return stripe


def _choices() -> Choices:
    with transaction() as session:
        return Choices(
            offers=offers.read(core().settings.donation_offer),
            funds=funds.offered(session),
            declaration=donate_gift_aid.declaration(),
        )


# -- Pages of /donate ------------------------------------------------------------------------------


def _form(
    level: Level,
    entry: Entry | None = None,
    faults: Faults | None = None,
    *,
    shown: once.Shown | None = None,
    status: int = 200,
    now: datetime,
) -> Response:
    choices, wary = _choices(), level is Level.WARY
    entry = entry or donate_form.blank(choices)
    offer = choices.offers.get(entry.currency) or next(iter(choices.offers.values()))
    page = rendering.page(
        "public/donate.html",
        status=status,
        challenge=challenge.make(now=now) if wary else None,
        choices=choices,
        offer=offer,
        entry=entry,
        faults=faults or {},
        hidden=once.fields(donate_form.NAME, shown or once.fresh(now=now), now=now),
        languages=words.offered(),
        said=donate_form.said,
        costs=donate_form.costs(offer),
        declares_in=gift_aid.CURRENCY,
    )
    csp = challenge.CSP if wary else security.PUBLIC_CSP
    return stripe_pages.lead_to(stripe_pages.CHECKOUT, page, csp)


def _wait(entry: Entry, *, refused: bool, now: datetime) -> Response:
    """Say that a gift was kept, with a button that tries again."""
    page = rendering.page(
        "public/donate-wait.html",
        status=503,
        refused=refused,
        kept=asdict(entry),
        hidden=once.fields(donate_form.NAME, _shown(now), now=now),
    )
    return stripe_pages.lead_to(stripe_pages.CHECKOUT, page, security.PUBLIC_CSP)


def _shown(now: datetime) -> once.Shown:
    """Return the form that was posted, to be shown again; a fresh one where it was of another day."""
    try:
        return once.posted(donate_form.NAME, now=now)
    except forms.StaleForm:
        return once.fresh(now=now)


def _shut() -> Response:
    return rendering.page("public/donate-shut.html", status=503)


# -- /donate/thanks --------------------------------------------------------------------------------


@blueprint.get("/donate/thanks")
def show_thanks() -> Response:
    """Say how the gift stands that a session was opened for; who types any other id learns nothing."""
    outcome = outcomes.of(_stripe(), transaction, request.args.get("session_id", ""))
    return rendering.page("public/donate-thanks.html", outcome=outcome.name)


# -- What goes wrong -------------------------------------------------------------------------------


@blueprint.errorhandler(_Off)
def show_off(_: _Off) -> Response:
    """Say that nobody can give here."""
    return rendering.page("public/donate-off.html", status=404)


@blueprint.errorhandler(bodies.BrokenText)
def show_broken_text(error: bodies.BrokenText) -> Response:
    """Show an empty form again where what was posted is no text; elsewhere, the page for it."""
    return _again(error, donate_form.NOT_TEXT, 400)


@blueprint.errorhandler(RequestEntityTooLarge)
def show_too_large(error: RequestEntityTooLarge) -> Response:
    """Show an empty form again where too much was posted; elsewhere, the page for it."""
    return _again(error, donate_form.TOO_MUCH, 413)


def _again(error: Exception, sentence: str, status: int) -> Response:
    posts_form = request.endpoint == f"{blueprint.name}.{give.__name__}"
    if not posts_form or core().stripe is None:
        return errors.answer(error)
    now = datetime.now(UTC)
    faults = {"form": words.gettext(sentence)}
    return _form(donate_shares.level(now=now), faults=faults, status=status, now=now)
