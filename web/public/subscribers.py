"""Subscribers at the door: the form, and the pages behind a confirmation and an unsubscribe link.

No answer tells whether an address was known before. What is mailed as a link changes nothing when it is
opened, because scanners of mail open every link; only the press of a button does, a POST.
"""

from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from config import limits
from db.session import transaction
from mailer import addresses, consent, subscribers, topics
from mailer.models.subscribers import SubscriberState
from mailer.tokens import BadToken, TokenExpired
from web import bodies, errors
from web.public import rendering, subscribe_form
from web.public.subscribe_form import Entry, Faults
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_subscribers", __name__)

SAMPLE: Final = 0
"""The subscriber of the unsubscribe links in previews and test copies: nobody."""


# -- /subscribe ------------------------------------------------------------------------------------


@blueprint.get("/subscribe")
def show_form() -> Response:
    """Show the form, with the topics of `?topic=` ticked."""
    return _form()


@blueprint.post("/subscribe")
def subscribe() -> Response:
    """Begin a double opt-in; the answer is the same bytes whatever the address was."""
    began, entry = monotonic(), subscribe_form.posted()
    with transaction() as session:
        found = subscribe_form.faults(entry, topics.every(session))
        if not found:
            now = datetime.now(UTC)
            subscribers.request(session, _asked(entry), links=core().links, now=now)
    if found:
        return _form(entry, found, status=subscribe_form.status(found))
    core().bell.ring(names.SEND_TX)
    _even_out(began)
    return rendering.page(
        "public/subscribe-sent.html",
        sender=core().sender,
        hours=limits.CONFIRM_TOKEN_SECONDS // 3600,
    )


def _asked(entry: Entry) -> subscribers.Asked:
    return subscribers.Asked(
        address=addresses.normalise(entry.address),
        topics=sorted(entry.topics),
        language=core().settings.org_language,
        wording=consent.wording(core().organisation.name),
        source="form /subscribe",
    )


def _even_out(began: float) -> None:
    """Wait for the next step since the beginning: a new address takes longer to store than a known one."""
    sleep((began - monotonic()) % limits.ANSWER_STEP_SECONDS)


def _form(
    entry: Entry | None = None, faults: Faults | None = None, *, status: int = 200
) -> Response:
    with transaction() as session:
        offered = topics.every(session)
    return rendering.page(
        "public/subscribe.html",
        status=status,
        topics=offered,
        entry=entry or subscribe_form.blank(offered),
        faults=faults or {},
        wording=consent.wording(core().organisation.name),
    )


@blueprint.errorhandler(bodies.BrokenText)
def show_broken_text(error: bodies.BrokenText) -> Response:
    """Show the form again where what was posted is no text; elsewhere, the page for it."""
    if request.endpoint != f"{blueprint.name}.{subscribe.__name__}":
        return errors.answer(error)
    kept = Entry(topics=subscribe_form.posted().topics)
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


# -- /unsubscribe/<token> --------------------------------------------------------------------------


@blueprint.get("/unsubscribe/<path:token>")
def show_unsubscription(token: str) -> Response:
    """Show one button; a subscriber we do not know looks the same."""
    subscriber_id, _ = core().tokens.read_unsubscribe(token)
    if subscriber_id == SAMPLE:
        return rendering.page("public/unsubscribe-sample.html")
    return rendering.page("public/unsubscribe.html")


@blueprint.post("/unsubscribe/<path:token>")
def unsubscribe(token: str) -> Response:
    """End the subscription at once: by the button, or by a mail program's one-click (RFC 8058)."""
    subscriber_id, version = core().tokens.read_unsubscribe(token)
    if subscriber_id == SAMPLE:
        return rendering.page("public/unsubscribe-sample.html")
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    source = "one-click /unsubscribe" if one_click else "form /unsubscribe"
    with transaction() as session:
        subscribers.unsubscribe(
            session, subscriber_id, version, source=source, now=datetime.now(UTC)
        )
    return rendering.page("public/unsubscribed.html")


@blueprint.errorhandler(BadToken)
def show_bad_token(error: BadToken) -> Response:
    """Say what to do with a link that does not work: 410 where it is too old, 404 where it is damaged."""
    if isinstance(error, TokenExpired):
        return rendering.page(
            "public/link-expired.html", status=410, hours=limits.CONFIRM_TOKEN_SECONDS // 3600
        )
    leaving = request.path.startswith("/unsubscribe/")
    return rendering.page("public/link-damaged.html", status=404, leaving=leaving)
