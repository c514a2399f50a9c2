"""Exports of the books in the console, for an accountant: the files of some days, each made at once."""

from collections.abc import Iterator
from datetime import date, datetime
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask import stream_with_context as with_context
from flask.typing import ResponseReturnValue

from db.session import transaction
from mailer.lists import cells
from payments.exporting import files
from payments.exporting.files import BadExport, Export, Kind
from payments.exporting.journal import Format
from payments.exporting.spans import BadSpan, Span
from web import guards, hours
from web.staff import acts

blueprint = Blueprint("money_exports", __name__)

KINDS: Final = {
    Kind.GIFTS: "Gifts: what was received, what went back, and its receipts",
    Kind.LEDGER: "Ledger: each line of the books, with its fee",
    Kind.PAYOUTS: "Payouts: what reached the bank, and the lines it is made of",
    Kind.JOURNAL: "Journal: the ledger as double-entry books",
}
"""What each file is, in the order of the form."""


@blueprint.get("/exports")
@guards.recently_signed_in
def form() -> str:
    """Show which files there are, with the days of this year filled in."""
    today = datetime.now(ZoneInfo(hours.home())).date()
    return _page(first=date(today.year, 1, 1).isoformat(), last=today.isoformat())


@blueprint.post("/exports")
@guards.recently_signed_in
def fetch() -> ResponseReturnValue:
    """Give a file of the days asked for; the audit log has it before the first row leaves."""
    try:
        export = _wanted()
    except (BadSpan, BadExport) as fault:
        asked = {name: request.form.get(name, "") for name in ("first", "last", "kind", "format")}
        return _page(**asked, fault=str(fault)), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        acts.record(session, "donations.export", subject="donations", detail=str(export))
    answer = Response(with_context(_pieces(export)), mimetype=export.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.name}"'
    return answer


def _wanted() -> Export:
    """Return the file that the form asks for; raise BadSpan or BadExport."""
    asked = request.form
    span = Span.read(asked.get("first", ""), asked.get("last", ""), hours.home())
    kind = asked.get("kind", "")
    # The form always sends the format of a journal, whatever is asked for.
    format_ = asked.get("format", "") if kind == Kind.JOURNAL else ""
    return Export.read(kind, span, format_=format_, names="names" in asked)


def _pieces(export: Export) -> Iterator[str]:
    with transaction() as session:
        yield from files.written(session, export, safe=cells.safe)


def _page(*, fault: str = "", **asked: str) -> str:
    with transaction() as session:
        is_empty = files.is_empty(session)
    return render_template(
        "staff/money-exports.html",
        asked=asked,
        fault=fault,
        is_empty=is_empty,
        kinds=KINDS,
        formats=list(Format),
        zone=hours.home(),
    )
