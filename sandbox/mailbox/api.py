"""What scripts and tests ask the mailbox: JSON, and the raw bytes of a message."""

from typing import Final

from flask import Blueprint, Response, abort, current_app, jsonify, request

from sandbox.mailbox import reading, store

LIMIT_DIGITS: Final = 9
"""Digits of `limit`: more is a mistake, and Python refuses to read thousands of them."""

blueprint = Blueprint("api", __name__)


def kept() -> store.Store:
    """Give the store that this application shows."""
    found = current_app.extensions["mailbox"]
    if not isinstance(found, store.Store):
        raise TypeError("The application was made without a store.")
    return found


def message(message_id: str) -> tuple[store.Entry, bytes]:
    """Find one message, or answer 404."""
    found = kept().get(message_id)
    if found is None:
        abort(404, "There is no such message: it may have been deleted.")
    return found


@blueprint.get("/healthz")
def health() -> Response:
    """Say that the mailbox works, and how much is in it."""
    return jsonify(status="ok", messages=len(kept().newest_first()))


@blueprint.get("/api/messages")
def messages() -> Response:
    """List messages, the newest first; `?to=`, `?subject=` and `?limit=` narrow the list."""
    to, subject = request.args.get("to", ""), request.args.get("subject", "").casefold()
    chosen = [
        entry
        for entry in kept().newest_first()
        if (not to or entry.is_for(to)) and subject in entry.subject.casefold()
    ]
    return jsonify([_summary(entry) for entry in chosen[: _limit()]])


@blueprint.get("/api/messages/<message_id>")
def one(message_id: str) -> Response:
    """Show one message: its summary, the envelope's sender, its size and the links in it."""
    entry, content = message(message_id)
    links = reading.read(content).links
    return jsonify(**_summary(entry), mail_from=entry.mail_from, size=entry.size, links=links)


@blueprint.get("/api/messages/<message_id>/raw")
def raw(message_id: str) -> Response:
    """Give a message's bytes exactly as they came."""
    entry, content = message(message_id)
    answer = Response(content, content_type="message/rfc822")
    answer.headers["Content-Disposition"] = f'attachment; filename="{entry.id}.eml"'
    return answer


@blueprint.delete("/api/messages")
def empty() -> Response:
    """Delete every message."""
    return jsonify(deleted=kept().clear())


def _summary(entry: store.Entry) -> dict[str, str]:
    return {
        "id": entry.id,
        "from": entry.sender,
        "to": entry.to,
        "subject": entry.subject,
        "received_at": entry.received_at.isoformat(),
    }


def _limit() -> int | None:
    text = request.args.get("limit")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LIMIT_DIGITS):
        abort(400, "limit is a whole number, 0 or more.")
    return int(text)
