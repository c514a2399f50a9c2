"""Subscribers at the door: the form, and the page behind a confirmation link.

No answer tells whether an address was known before. What is mailed as a link changes nothing when it is
opened, because scanners of mail open every link; only the press of a button does, a POST.
"""

from datetime import UTC, datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from config import limits
from db.session import keyring, transaction
from mailer import consent, requests, subscribers, topics
from mailer.models.subscribers import SubscriberState
from mailer.tokens import BadToken, TokenExpired
from web import bodies, challenge, errors, words
from web.public import rendering, subscribe_form
from web.public.subscribe_form import Entry, Faults
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_subscribers", __name__)

# -- /subscribe ------------------------------------------------------------------------------------


@blueprint.get("/subscribe")
def show_form() -> Response:
    """Show the form, with the topics of `?topic=` ticked."""
    return _form()


@blueprint.post("/subscribe")
def subscribe() -> Response:
    """Begin a double opt-in; the answer is the same bytes whatever the address was."""
    entry, now = subscribe_form.posted(), datetime.now(UTC)
    try:
        address = subscribe_form.address(entry)
    except subscribe_form.Faulty as faulty:
        return _form(entry, faulty.faults, status=subscribe_form.status(faulty.faults))
    attacked = challenge.is_wanted_now(now=now)
    asked = _asked(
        address, entry, attacked=attacked, proven=attacked and challenge.is_posted(now=now)
    )
    requests.ask_by_itself(keyring(), asked, now=now)
    core().bell.ring_soon(names.ANSWER)
    return rendering.page_for_everybody(
        "public/subscribe-sent.html",
        attacked=attacked,
        sender=core().sender,
        hours=limits.CONFIRM_TOKEN_SECONDS // 3600,
    )


def _asked(address: str, entry: Entry, *, attacked: bool, proven: bool) -> requests.Entry:
    return requests.Entry(
        address=address,
        topics=sorted(entry.topics),
        language=entry.language,
        wording=consent.wording(core().organisation.name, words.language()),
        source="form /subscribe",
        network=request.remote_addr,
        proven=proven,
        wait=challenge.wait(attacked=attacked, proven=proven),
    )


def _form(
    entry: Entry | None = None, faults: Faults | None = None, *, status: int = 200
) -> Response:
    now = datetime.now(UTC)
    with transaction() as session:
        offered = topics.offered(session)
        attacked = challenge.is_wanted(session, now=now)
    page = rendering.page(
        "public/subscribe.html",
        status=status,
        challenge=challenge.make(now=now) if attacked else None,
        topics=offered,
        entry=entry or subscribe_form.blank(offered),
        faults={field: words.gettext(fault) for field, fault in (faults or {}).items()},
        languages=words.offered(),
        wording=consent.wording(core().organisation.name, words.language()),
    )
    if attacked:
        page.headers["Content-Security-Policy"] = challenge.CSP
    return page


@blueprint.errorhandler(bodies.BrokenText)
def show_broken_text(error: bodies.BrokenText) -> Response:
    """Show the form again where what was posted is no text; elsewhere, the page for it."""
    if request.endpoint != f"{blueprint.name}.{subscribe.__name__}":
        return errors.answer(error)
    posted = subscribe_form.posted()
    kept = Entry(topics=posted.topics, language=posted.language)
    return _form(kept, {"address": subscribe_form.NOT_TEXT}, status=400)


@blueprint.errorhandler(RequestEntityTooLarge)
def show_too_large(error: RequestEntityTooLarge) -> Response:
    """Show an empty form again where too much was posted; elsewhere, the page for it."""
    if request.endpoint != f"{blueprint.name}.{subscribe.__name__}":
        return errors.answer(error)
    return _form(faults={"address": subscribe_form.TOO_LARGE}, status=413)


# -- /confirm/<token> ------------------------------------------------------------------------------


@blueprint.get("/confirm/<path:token>")
def show_confirmation(token: str) -> Response:
    """Show what will be confirmed, and one button."""
    jti = core().tokens.read_confirm(token, now=datetime.now(UTC))
    with transaction() as session:
        asked = subscribers.pending_topics(session, jti)
    return rendering.page("public/confirm.html", topics=asked)


@blueprint.post("/confirm/<path:token>")
def confirm(token: str) -> Response:
    """Confirm; the token is the proof, a second press shows the same page."""
    now = datetime.now(UTC)
    jti = core().tokens.read_confirm(token, now=now)
    with transaction() as session:
        subscriber = subscribers.confirm(session, jti, now=now)
        chosen, state = list(subscriber.topics), subscriber.state
    if state is SubscriberState.ENDED:
        # They left after this link was mailed: the page must not say that they are on the list.
        return rendering.page("public/confirm-ended.html", status=410)
    return rendering.page("public/confirmed.html", topics=chosen, sender=core().sender)


@blueprint.errorhandler(BadToken)
def show_bad_token(error: BadToken) -> Response:
    """Say what to do with a link that does not work: 410 where it is too old, 404 where it is damaged."""
    if isinstance(error, TokenExpired):
        return rendering.page(
            "public/link-expired.html", status=410, hours=limits.CONFIRM_TOKEN_SECONDS // 3600
        )
    return rendering.page("public/link-damaged.html", status=404, leaving=False)
