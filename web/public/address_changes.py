"""The page behind the link that a new address is mailed: one button, and the subscription comes to it."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from config import limits
from db.session import transaction
from mailer import address_changes
from mailer.tokens import BadToken, TokenExpired
from web.public import rendering
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_address_changes", __name__)


@blueprint.get("/address/<path:token>")
def show(token: str) -> Response:
    """Show one button."""
    jti = core().tokens.read_address_change(token, now=datetime.now(UTC))
    with transaction() as session:
        address_changes.check(session, jti)
    return rendering.page("public/address-change.html")


@blueprint.post("/address/<path:token>")
def confirm(token: str) -> Response:
    """Move the subscription; a second press shows the same page."""
    now = datetime.now(UTC)
    jti = core().tokens.read_address_change(token, now=now)
    with transaction() as session:
        moved = address_changes.confirm(session, jti, links=core().links, now=now)
    if not moved:
        return rendering.page("public/address-not-changed.html", status=409)
    core().bell.ring_soon(names.SEND_TX)
    return rendering.page("public/address-changed.html", sender=core().sender)


@blueprint.errorhandler(BadToken)
def show_bad_token(error: BadToken) -> Response:
    """Say what to do with a link that does not work: 410 where it is too old, 404 where it is damaged."""
    expired = isinstance(error, TokenExpired)
    return rendering.page(
        "public/address-link.html",
        status=410 if expired else 404,
        expired=expired,
        hours=limits.ADDRESS_CHANGE_TOKEN_SECONDS // 3600,
    )
