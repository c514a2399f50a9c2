"""Which donor stands before their own page, by the link that was mailed to them, and what else they see."""

from datetime import UTC, datetime

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from mailer.tokens import BadToken, TokenExpired
from payments.models.donors import Donor
from web.public import giving_links, rendering
from wiring.core import core


class LinkEnded(Exception):
    """A link is ours and in time, but the donor was erased since."""


def named(session: Session, token: str) -> Donor:
    """Return the donor that a link of the last hour names; raise BadToken or LinkEnded."""
    donor_id, version = core().tokens.read_giving(token, now=datetime.now(UTC))
    donor = session.get(Donor, donor_id)
    if donor is None or donor.token_version != version or donor.erased_at is not None:
        raise LinkEnded
    return donor


def install(blueprint: Blueprint) -> None:
    """Have a blueprint say what to do with a link that does not open the page."""
    blueprint.register_error_handler(BadToken, show_bad_token)
    blueprint.register_error_handler(LinkEnded, show_ended)


def show_bad_token(error: BadToken) -> Response:
    """Offer a way on: 410 with the form for a new link where it is too old, 404 where it is damaged."""
    if isinstance(error, TokenExpired):
        return giving_links.form(status=410, why="expired")
    return rendering.page("public/giving-damaged.html", status=404)


def show_ended(_error: Exception) -> Response:
    """Say that this link opens nothing any more, with the form for a new one."""
    return giving_links.form(status=410, why="ended")
