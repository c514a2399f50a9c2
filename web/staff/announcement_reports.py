"""The close-out report of an announcement in the console: a page to read or print, JSON and CSV."""

from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response, abort, render_template
from flask.helpers import stream_with_context
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import cases, closing
from mailer.cases import Kind
from mailer.models.announcements import AnnouncementReport
from web.staff import rests
from web.staff.announcements import NUMBER, found, names_of_staff

blueprint = Blueprint("announcement_reports", __name__)

MEANINGS: Final = {
    Kind.REFUSED: "The mail server said no for good. Its reader did not get the release.",
    Kind.UNCERTAIN: "Nobody can say whether the mail server took it: at most one copy arrived.",
    Kind.PERHAPS_TWICE: "It was tried again after a try without an answer: its reader may have two copies.",
}
"""What each kind of case means, in the order it is shown."""


@blueprint.get(f"/<{NUMBER}:announcement_id>/report")
def show(announcement_id: int) -> str:
    """Show the report, or that it is yet to be made."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        return render_template(
            "staff/announcements/report.html",
            announcement=announcement,
            rest=rests.of(session, announcement),
            report=closing.kept(session, announcement_id),
            people=names_of_staff(session),
            meanings=MEANINGS,
            limits=limits,
        )


@blueprint.get(f"/<{NUMBER}:announcement_id>/report.json")
def document(announcement_id: int) -> Response:
    """Answer the report as exactly the bytes that its SHA-256 is over."""
    with transaction() as session:
        report = _kept(session, announcement_id)
    answer = _file(announcement_id, "json", Response(mimetype="application/json"))
    answer.set_data(closing.canonical(report.document))
    answer.set_etag(report.digest.hex())
    return answer


@blueprint.get(f"/<{NUMBER}:announcement_id>/report.csv")
def table(announcement_id: int) -> Response:
    """Answer every delivery that somebody may have to look at, as CSV."""
    with transaction() as session:
        _kept(session, announcement_id)
    pieces = stream_with_context(_pieces(announcement_id))
    return _file(announcement_id, "csv", Response(pieces, mimetype="text/csv"))


def _kept(session: Session, announcement_id: int) -> AnnouncementReport:
    found(session, announcement_id)
    return closing.kept(session, announcement_id) or abort(404)


def _pieces(announcement_id: int) -> Iterator[str]:
    with transaction() as session:
        yield from cases.as_csv(session, announcement_id)


def _file(announcement_id: int, suffix: str, answer: Response) -> Response:
    name = f"announcement-{announcement_id}-report.{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
