"""Pages that are words alone."""

from flask import Blueprint, Response

from config import limits
from web.public import rendering

blueprint = Blueprint("public_pages", __name__)


@blueprint.get("/privacy")
def privacy() -> Response:
    """Say what is kept about a reader, and why."""
    return rendering.page(
        "public/privacy.html",
        keep=limits.PAGE_SECONDS,
        confirm_hours=limits.CONFIRM_TOKEN_SECONDS // 3600,
    )
