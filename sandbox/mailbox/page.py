"""The page a person reads the mail on: a list, one message in five views, delete all."""

from datetime import datetime
from io import BytesIO
from typing import Final

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from sandbox.mailbox import api, guards, reading, smtp, store

MESSAGES_PER_PAGE: Final = 50
PAGE_DIGITS: Final = 6
"""Digits of a page number."""
QUERY_LENGTH: Final = 200
"""Characters of a search that are looked for."""
BODY_BYTES: Final = 64 * 1024
"""The largest request; no form here has a field."""
VIEWS: Final = {"html": "HTML", "text": "Text", "headers": "Headers", "raw": "Raw"}

blueprint = Blueprint("page", __name__)


def create_app(kept_messages: store.Store, *, smtp_address: str, port: int) -> Flask:
    """Make the application that shows a store, reached on loopback at `port`."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it
    app.extensions["mailbox"] = kept_messages
    app.jinja_env.globals.update(smtp_address=smtp_address, failures=smtp.FAILURES)
    app.jinja_env.filters.update(when=_when, size=_size, linked=_linked, framed=reading.framed)
    app.register_blueprint(blueprint)
    app.register_blueprint(api.blueprint)
    app.register_error_handler(HTTPException, _error)
    guards.install(app, port=port)
    return app


@blueprint.get("/")
def messages() -> str:
    """List the messages, the newest first, a page at a time, or those a search finds."""
    query = request.args.get("q", "").strip()[:QUERY_LENGTH]
    everything = api.kept().newest_first()
    found = [entry for entry in everything if entry.mentions(query)] if query else everything
    pages = max(1, -(-len(found) // MESSAGES_PER_PAGE))
    number = min(_page_number(), pages)
    shown = found[(number - 1) * MESSAGES_PER_PAGE : number * MESSAGES_PER_PAGE]
    counts = {"kept": len(everything), "found": len(found), "pages": pages, "page": number}
    return render_template("messages.html", entries=shown, query=query, **counts)


@blueprint.get("/messages/<message_id>")
@blueprint.get("/messages/<message_id>/<view>")
def one(message_id: str, view: str | None = None) -> Response:
    """Show one message: as HTML where it has any, else as text, or in the view asked for."""
    entry, content = api.message(message_id)
    mail = reading.read(content)
    view = view or _first_view(mail)
    if view not in VIEWS:
        abort(404, "There is no such view of a message.")
    raw = reading.raw_text(content) if view == "raw" else ""
    shown = render_template("message.html", entry=entry, mail=mail, view=view, views=VIEWS, raw=raw)
    response = make_response(shown)
    if view == "html":
        response.headers["Content-Security-Policy"] = guards.MAIL_CSP
    return response


@blueprint.get("/messages/<message_id>/attachments/<int:number>")
def attachment(message_id: str, number: int) -> Response:
    """Give one attachment, as a file to save: it is never shown on this origin."""
    _, content = api.message(message_id)
    attachments = reading.read(content).attachments
    if number >= len(attachments):
        abort(404, "This message has no such attachment.")
    found = attachments[number]
    return send_file(
        BytesIO(found.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.name.replace("/", "_"),
    )


@blueprint.get("/delete")
def ask_to_delete() -> str:
    """Ask before everything is deleted."""
    return render_template("delete.html", kept=len(api.kept().newest_first()))


@blueprint.post("/delete")
def delete() -> AnyResponse:
    """Delete every message and show the empty list."""
    api.kept().clear()
    return redirect(url_for("page.messages"), code=303)


def _first_view(mail: reading.Mail) -> str:
    if mail.trouble:
        return "raw"
    return "text" if mail.html is None else "html"


def _page_number() -> int:
    text = request.args.get("page", "1")
    is_number = text.isascii() and text.isdigit() and len(text) <= PAGE_DIGITS
    return max(1, int(text)) if is_number else 1


def _error(error: HTTPException) -> AnyResponse:
    """Answer an error as a page, or as JSON where a program asked; redirects pass unchanged."""
    if error.code is None or error.response is not None:
        return error.get_response()
    if request.path.startswith("/api/"):
        answer: Response = jsonify(error=error.description)
    else:
        answer = make_response(render_template("error.html", error=error))
    answer.status_code = error.code
    return answer


def _when(moment: datetime) -> str:
    return moment.strftime("%-d %b %Y, %H:%M:%S")


def _size(count: int) -> str:
    if count < 1024:  # noqa: PLR2004 - a kilobyte
        return f"{count} bytes"
    return f"{count / 1024:.1f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def _linked(text: str) -> Markup:
    """Escape text and make its web addresses links."""
    link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>')
    pieces = reading.split_links(text)
    return Markup("").join(
        link.format(part) if is_link else escape(part) for part, is_link in pieces
    )
