"""Pages that are words alone."""

from flask import Blueprint, Response

from config import limits
from db import due
from web.public import rendering
from wiring import periods
from wiring.core import core

blueprint = Blueprint("public_pages", __name__)


@blueprint.get("/privacy")
def privacy() -> Response:
    """Say what is kept about a reader, how long, and why: by the table that the daily run applies."""
    settings = core().settings
    return rendering.page(
        "public/privacy.html",
        keep=limits.PAGE_SECONDS,
        confirm_hours=limits.CONFIRM_TOKEN_SECONDS // 3600,
        rules=[(rule, rule.length(settings)) for rule in periods.RULES],
        not_at_all=due.NOT_AT_ALL,
        kept=periods.KEPT,
        pays_by_card=core().stripe is not None,
    )
