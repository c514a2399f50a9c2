"""A file of a release as an answer: saved and never shown, sent by blocks, resumed where it broke off."""

from typing import Final, Self
from urllib.parse import quote

from flask import Flask, Response, current_app, request

from db.session import transaction
from mailer import attachments
from mailer.models.releases import Attachment

CSP: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""Whatever a file holds, a browser that shows it all the same runs and loads nothing of it."""


def answer(attachment: Attachment, *, keep: int = 0) -> Response:
    """Return a file to be saved, with its digest as ETag; caches may keep it for that many seconds."""
    response = Response(_Blocks(current_app, attachment), mimetype=attachment.media_type)
    # RFC 6266 4.3: a name of any letters.
    name = quote(attachment.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Content-Security-Policy"] = CSP
    response.content_length = attachment.size
    response.set_etag(attachment.digest.hex())
    if keep:
        response.cache_control.public, response.cache_control.max_age = True, keep
    response.make_conditional(request, accept_ranges=True, complete_length=attachment.size)
    return response


class _Blocks:
    """The blocks of a file, each read in a transaction of its own: a slow reader holds no connection.

    Werkzeug asks to `seek` where only a range is wanted.
    """

    def __init__(self, app: Flask, attachment: Attachment) -> None:
        # The app itself: the server iterates when the request's context is gone.
        self._app: Flask = app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - Werkzeug's own way
        self._id, self._digest, self._size = attachment.id, attachment.digest, attachment.size
        self._position = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._position >= self._size:
            raise StopIteration
        with self._app.app_context(), transaction() as session:
            block = attachments.block(session, self._id, digest=self._digest, start=self._position)
        self._position += len(block)
        return block

    def seekable(self) -> bool:
        return True

    def seek(self, position: int) -> None:
        self._position = position

    def tell(self) -> int:
        return self._position
