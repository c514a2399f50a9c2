"""What a donor takes with them: receipts, statements, and everything that is held of them."""

import json
from datetime import UTC, datetime

from flask import Blueprint, Response, abort

from db.session import transaction
from payments import numbering, own_data, own_gifts, receipt_copies, statements
from web import downloads
from web.public import giving_donors

blueprint = Blueprint("public_giving_papers", __name__)
giving_donors.install(blueprint)
# Who is erased while they fetch a copy: their link has ended with it.
blueprint.register_error_handler(receipt_copies.Gone, giving_donors.show_ended)


@blueprint.get("/giving/<token>/receipts/<number>.pdf")
def fetch_receipt(token: str, number: str) -> Response:
    """Give a receipt as it was mailed; 404 where it is not this donor's."""
    with transaction() as session:
        receipt = own_gifts.receipt(session, giving_donors.named(session, token), number)
        if receipt is None:
            abort(404)
        pdf = receipt_copies.read(session, receipt)
    return _saved(pdf, "application/pdf", f"{numbering.said(receipt)}.pdf")


@blueprint.get("/giving/<token>/statements/<int(max=9999):year>.pdf")
def fetch_statement(token: str, year: int) -> Response:
    """Give the statement of a year; 404 where nothing was given in it.

    The first to fetch it has it made, with a number of its own; whoever asks again gets the same one.
    """
    with transaction() as session:
        donor = giving_donors.named(session, token)
        if year not in own_gifts.years(session, donor):
            abort(404)
        receipt = statements.issue(session, donor, year, now=datetime.now(UTC))
        pdf = receipt_copies.read(session, receipt)
    return _saved(pdf, "application/pdf", f"{numbering.said(receipt)}.pdf")


@blueprint.get("/giving/<token>/data.json")
def fetch_data(token: str) -> Response:
    """Give everything that is held of the donor as a file."""
    with transaction() as session:
        donor = giving_donors.named(session, token)
        held = own_data.of(session, donor, now=datetime.now(UTC))
    text = json.dumps(held, ensure_ascii=False, indent=2)
    return _saved(f"{text}\n".encode(), "application/json", "what-we-hold.json")


def _saved(content: bytes, mimetype: str, name: str) -> Response:
    """Return a file that browsers save and nobody else keeps."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = downloads.CSP
    response.cache_control.no_store = True
    return response
