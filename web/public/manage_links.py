"""Who stands before a subscriber's own page: by the link in any mail, or by a fresh one, mailed to them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from mailer import subscribers
from mailer.models.subscribers import Subscriber
from mailer.tokens import BadToken, TokenDamaged, TokenExpired
from web.public import rendering
from wiring.core import core

SAMPLE: Final = 0
"""The subscriber of the links in previews and test copies: nobody."""


class LinkEnded(Exception):
    """A link is ours and in time, but the person it names has moved or was erased since."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a link names; `is_fresh` where it was mailed within the hour, to the address alone."""

    subscriber_id: int
    version: int
    is_fresh: bool = False


def read(token: str) -> Holder:
    """Return whom a link names, be it from any mail or fresh; raise BadToken."""
    try:
        return Holder(*core().tokens.read_manage(token))
    except TokenDamaged:
        return read_fresh(token)


def read_fresh(token: str) -> Holder:
    """Return whom a fresh link names; raise BadToken, for a link from any mail too."""
    return Holder(*core().tokens.read_fresh(token, now=datetime.now(UTC)), is_fresh=True)


def owner(session: Session, holder: Holder) -> Subscriber:
    """Return the subscriber a fresh link names, locked; raise LinkEnded."""
    if not holder.is_fresh:
        raise TokenDamaged
    subscriber = subscribers.named(session, holder.subscriber_id, holder.version)
    if subscriber is None or subscriber.erased_at is not None:
        raise LinkEnded
    return subscriber


def install(blueprint: Blueprint) -> None:
    """Have a blueprint say what to do with a link that does not work."""
    blueprint.register_error_handler(BadToken, show_bad_token)
    blueprint.register_error_handler(LinkEnded, show_ended)


def show_bad_token(error: BadToken) -> Response:
    """Offer a way on: 410 with a new link where it is too old, 404 where it is damaged."""
    token = str((request.view_args or {}).get("token", ""))
    if not isinstance(error, TokenExpired):
        return rendering.page("public/manage-damaged.html", status=404)
    # What was fresh once came from a mail to this person: it is worth what any mail's link is.
    manage = core().tokens.manage(*core().tokens.read_stale_fresh(token))
    return rendering.page("public/manage-expired.html", status=410, token=manage)


def show_ended(_error: LinkEnded) -> Response:
    """Say that the link's time is over for good."""
    return rendering.page("public/manage-ended.html", status=410)
