"""A donor ends what they declared about their taxes (UK Gift Aid)."""

from datetime import UTC, datetime

from flask import Blueprint
from werkzeug.wrappers import Response

from db.session import transaction
from payments import declarations
from web.public import giving, giving_donors

blueprint = Blueprint("public_giving_declarations", __name__)
giving_donors.install(blueprint)


@blueprint.post("/giving/<token>/declaration/end")
def end(token: str) -> Response:
    """End the declaration that stands; where none does, nothing is left to do."""
    with transaction() as session:
        declarations.end(session, giving_donors.named(session, token), now=datetime.now(UTC))
    return giving.back(token, "declaration")
