"""The API's own description, made of the same models that check what is sent."""

from flask import Response, current_app, jsonify

from config import limits
from web.api import blueprints, operations
from web.public import rendering
from wiring.core import core

blueprint = blueprints.make("api_document", __name__)


@blueprint.get("/openapi.json")
def show() -> Response:
    """Give the OpenAPI 3.1 document."""
    title = f"Subscriptions to {core().organisation.name}"
    made = operations.document(current_app, title=title, server=core().settings.base_url)
    response = jsonify(made)
    rendering.keep_for(response, limits.PAGE_SECONDS)
    return response
