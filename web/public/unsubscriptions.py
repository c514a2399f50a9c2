"""The page behind an unsubscribe link: one button, why if they like, and a way back for a slip of the hand.

It tells nothing of the person, and looks the same for one we do not know.
"""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, request

from config.languages import N_
from db.session import transaction
from mailer import consent, returns, subscribers
from mailer.tokens import BadToken
from web import words
from web.public import rendering
from web.public.manage_links import SAMPLE
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_unsubscriptions", __name__)

REASONS: Final = {
    "too-often": N_("The mails come too often"),
    "not-expected": N_("They are not what I expected"),
    "never-asked": N_("I never asked for them"),
    "not-interested": N_("I am no longer interested"),
    "safety": N_("It is not safe for me to get them"),
    "other": N_("Another reason"),
}
"""The words of `mailer.consent.REASONS`, as the page says them."""


@blueprint.get("/unsubscribe/<path:token>")
def show(token: str) -> Response:
    """Show one button; a subscriber we do not know looks the same."""
    subscriber_id, version = core().tokens.read_unsubscribe(token)
    if subscriber_id == SAMPLE:
        return rendering.page("public/unsubscribe-sample.html")
    return rendering.page(
        "public/unsubscribe.html",
        reasons={word: words.gettext(label) for word, label in REASONS.items()},
        manage=core().tokens.manage(subscriber_id, version),
    )


@blueprint.post("/unsubscribe/<path:token>")
def unsubscribe(token: str) -> Response:
    """End the subscription at once: by the button, or by a mail program's one-click (RFC 8058)."""
    subscriber_id, version = core().tokens.read_unsubscribe(token)
    if subscriber_id == SAMPLE:
        return rendering.page("public/unsubscribe-sample.html")
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    with transaction() as session:
        subscribers.unsubscribe(
            session,
            subscriber_id,
            version,
            source="one-click /unsubscribe" if one_click else "form /unsubscribe",
            now=datetime.now(UTC),
            because=request.form.get("reason"),
        )
    return rendering.page("public/unsubscribed.html", token=token, wording=_wording())


@blueprint.post("/unsubscribe/<token>/return")
def ask_back(token: str) -> Response:
    """Begin an ordinary double opt-in for who left by a slip; the answer is the same for anybody."""
    subscriber_id, version = core().tokens.read_unsubscribe(token)
    with transaction() as session:
        returns.ask(
            session,
            subscriber_id,
            version,
            wording=_wording(),
            network=request.remote_addr,
            now=datetime.now(UTC),
        )
    core().bell.ring_soon(names.ANSWER)
    return rendering.page("public/unsubscribe-return.html", sender=core().sender)


@blueprint.errorhandler(BadToken)
def show_bad_token(_error: BadToken) -> Response:
    """Say what to do with a damaged link; none is ever too old."""
    return rendering.page("public/link-damaged.html", status=404, leaving=True)


def _wording() -> str:
    return consent.wording(core().organisation.name, words.language())
