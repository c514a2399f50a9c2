"""The front page: who we are, what we published last, and how to have it mailed."""

from flask import Blueprint, Response

from config import limits
from db.session import transaction
from mailer import topics
from web import words
from web.public import published, rendering

blueprint = Blueprint("public_home", __name__)


@blueprint.get("/")
def show() -> Response:
    """Show the front page."""
    with transaction() as session:
        latest = published.latest(session, words.language(), limit=limits.RELEASES_ON_FRONT_PAGE)
        offered = topics.offered(session)
    return rendering.page(
        "public/home.html", keep=limits.PAGE_SECONDS, releases=latest, topics=offered
    )
