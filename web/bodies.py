"""What a request may carry: its size, encoding and depth; the rest is answered 400 or 413, never 500."""

from typing import Any, Final
from urllib.parse import unquote_to_bytes

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from flask_security import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from config import limits
from web import kinds

_NUL: Final = "\0"
_FORM: Final = "application/x-www-form-urlencoded"


class BrokenText(BadRequest):
    """A request holds bytes that are not UTF-8, or a NUL, which PostgreSQL cannot store."""


class BrokenBody(BadRequest):
    """A request's body ended early or was not framed as HTTP asks."""


class Json(DefaultJSONProvider):
    """Reads JSON; what is nested too deeply or holds a NUL is refused like any other malformed JSON."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401 - JSON is anything
        """Parse; raise ValueError, which Flask answers with 400."""
        try:
            value = super().loads(s, **kwargs)
            _refuse_nul(value)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return value


def install(app: Flask) -> None:
    """Check every request before a view, a guard or a form looks at it."""
    # The class too: Flask-Security puts one of its own in place, made of whatever stands here.
    app.json_provider_class = Json
    app.json = Json(app)

    @app.before_request
    def check() -> None:
        size, fields = _sizes()
        # One more, to see what is too long: a chunked body is otherwise cut at the limit without a word.
        request.max_content_length = size + 1
        request.max_form_memory_size = fields
        _check_text(request.environ.get("PATH_INFO", "").encode("latin-1"))
        _check_text(unquote_to_bytes(request.query_string.replace(b"+", b" ")))
        body = _read()
        if len(body) > size:
            raise RequestEntityTooLarge
        # Flask-Security fills its forms from JSON of any shape, on a GET too, and breaks on a number.
        if body and request.is_json and kinds.of(request.path) is kinds.Kind.STAFF:
            raise BadRequest
        if request.mimetype == _FORM:
            _check_text(unquote_to_bytes(body.replace(b"+", b" ")))
        _check_fields(request.form)


def _sizes() -> tuple[int, int]:
    """Return how much of this body is read, and how much of it may be fields and not a file."""
    size = kinds.body_bytes(request.path)
    # Who is not signed in is turned away all the same; their 20 MB are not read for that.
    if kinds.carries_a_file(request.path) and current_user.is_authenticated:
        return limits.ATTACHMENT_BODY_BYTES, size
    return size, size


def _read() -> bytes:
    """Read the whole body now, so that a break in it is met here and not in the middle of a view."""
    try:
        return request.get_data(cache=True)
    except HTTPException:
        raise
    except Exception as error:  # each server has its own exceptions for a body that breaks off
        raise BrokenBody from error


def _check_text(raw: bytes) -> None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise BrokenText from None
    if _NUL in text:
        raise BrokenText


def _check_fields(fields: MultiDict[str, str]) -> None:
    # Multipart fields are decoded leniently by Werkzeug: U+FFFD stands where a byte was no UTF-8.
    for name, value in fields.items(multi=True):
        if any(mark in name or mark in value for mark in (_NUL, "\ufffd")):
            raise BrokenText


def _refuse_nul(value: object) -> None:
    match value:
        case str() if _NUL in value:
            raise ValueError("holds a NUL")
        case dict():
            for key, item in value.items():
                _refuse_nul(key)
                _refuse_nul(item)
        case list():
            for item in value:
                _refuse_nul(item)
