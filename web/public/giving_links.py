"""Links to a donor's own page: asked for with a mail address, answered by a mail to it or by nothing.

No answer tells whether anybody gave with an address: page, status and work are the same for all of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from config import limits
from config.languages import N_
from db.sealed import keyring
from db.session import transaction
from mailer import addresses, caps, requests
from payments import donor_links
from web import bodies, errors, forms, words
from web.public import donate_form, rendering, subscribe_form
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_giving_links", __name__)

NAME: Final = "giving"
"""What the form's nonce is signed for."""
NETWORK: Final = caps.Limit("giving link asked", limits.GIVING_LINKS_ASKED, timedelta(hours=1))

TOO_MANY: Final = N_(
    "Very many links were asked for within the hour from the network that you are on. Please try again "
    "in an hour."
)


class NoShareLeft(Exception):
    """Too many links were asked for from this network within the hour."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What must be mended: the field (address, or form for the whole), a sentence in English, the status."""

    field: str
    sentence: str
    status: int = 422


class Faulty(ValueError):
    """What was posted cannot be acted on before it is mended."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


@blueprint.get("/giving")
def show_form() -> Response:
    """Show the form; who comes back from Stripe's page for cards is told what to do next."""
    return form(done=request.args.get("done", ""))


@blueprint.post("/giving")
def ask() -> Response:
    """Ask for a link; the answer is the same bytes whatever the address is."""
    now = datetime.now(UTC)
    try:
        address = _posted()
        with transaction() as session:
            _take_share(session, now=now)
            donor_links.ask(session, address, language=words.language(), now=now)
    except Faulty as faulty:
        return form(request.form.get("address", ""), fault=faulty.fault)
    except NoShareLeft:
        return form(request.form.get("address", ""), fault=Fault("form", TOO_MANY, 429))
    core().bell.ring_soon(names.GIVING_LINKS)
    return rendering.page_for_everybody(
        "public/giving-asked.html",
        sender=core().sender,
        minutes=limits.GIVING_TOKEN_SECONDS // 60,
        times=limits.GIVING_LINKS_AN_HOUR,
    )


def form(
    address: str = "",
    *,
    fault: Fault | None = None,
    status: int = 200,
    why: str = "",
    done: str = "",
) -> Response:
    """Show the form; `why` is expired or ended where a link did not open the page."""
    return rendering.page(
        "public/giving-ask.html",
        status=fault.status if fault else status,
        address=address,
        faults={fault.field: words.gettext(fault.sentence)} if fault else {},
        why=why,
        done=done,
    )


def _posted() -> str:
    """Return the address in its normal form; raise Faulty."""
    try:
        forms.check(NAME)
        address = addresses.normalise(request.form.get("address", ""))
    except forms.StaleForm:
        raise Faulty(Fault("form", subscribe_form.STALE, 400)) from None
    except addresses.BadAddress as bad:
        raise Faulty(Fault("address", str(bad))) from None
    if request.form.get(donate_form.TRAP):
        raise Faulty(Fault("form", donate_form.TRAPPED, 400))
    return address


def _take_share(session: Session, *, now: datetime) -> None:
    """Count one more link against the share of the visitor's network; raise NoShareLeft."""
    tag = requests.network_tag(keyring(session), request.remote_addr, now=now)
    if tag is None:
        return
    caps.hold(session)
    if not caps.has_room(session, NETWORK, tag, now=now):
        raise NoShareLeft
    caps.count(session, NETWORK, tag, now=now)


@blueprint.errorhandler(bodies.BrokenText)
def show_broken_text(error: bodies.BrokenText) -> Response:
    """Show the form again where what was posted is no text; elsewhere, the page for it."""
    return _again(error, Fault("address", subscribe_form.NOT_TEXT, 400))


@blueprint.errorhandler(RequestEntityTooLarge)
def show_too_large(error: RequestEntityTooLarge) -> Response:
    """Show the form again where too much was posted; elsewhere, the page for it."""
    return _again(error, Fault("address", subscribe_form.TOO_LARGE, 413))


def _again(error: Exception, fault: Fault) -> Response:
    posts_form = request.endpoint == f"{blueprint.name}.{ask.__name__}"
    return form(fault=fault) if posts_form else errors.answer(error)
