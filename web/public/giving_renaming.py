"""A donor sets their name right, on the page that only their mailbox leads to."""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from config.languages import N_
from db.session import transaction
from payments import renaming
from web import words
from web.public import giving, giving_donors

blueprint = Blueprint("public_giving_renaming", __name__)
giving_donors.install(blueprint)

BAD_NAME: Final = N_("Please write your name in one line, and no longer than its field takes.")


@blueprint.post("/giving/<token>/name")
def rename(token: str) -> Response:
    """Name the donor as they ask, which ends what was declared in another name."""
    try:
        with transaction() as session:
            donor = giving_donors.named(session, token)
            renaming.rename(session, donor, request.form.get("name", ""), now=datetime.now(UTC))
    except renaming.BadName:
        return giving.page(token, giving.Trouble(words.gettext(BAD_NAME), 422))
    return giving.back(token, "name")
