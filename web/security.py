"""The security headers of every answer, set by one function."""

from typing import Final

from flask import Flask, Response, request

from config import limits
from config.settings import Settings
from web import kinds

PUBLIC_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""No script at all: a public page needs none, so none can be smuggled in."""
# The console frames its own previews of mails, so its pages may be framed by the console itself.
STAFF_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'"
)
"""The console: our own scripts for passkeys and progress; data: images are the QR code of a second factor."""
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)


def install(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer of the app, errors and static files included."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        return harden(response, kinds.of(request.path), secure=settings.secure)


def harden(response: Response, kind: kinds.Kind, *, secure: bool) -> Response:
    """Set the security headers for a kind of surface; what a view set stricter or by need stays."""
    headers = response.headers
    staff = kind is kinds.Kind.STAFF
    headers.setdefault("Content-Security-Policy", STAFF_CSP if staff else PUBLIC_CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    # Links carry tokens: no other site may read them out of a Referer.
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={limits.HSTS_SECONDS}; includeSubDomains"
    if staff or not _cacheable(response):
        headers["Cache-Control"] = "no-store"
    return response


def _cacheable(response: Response) -> bool:
    """Return whether a view said that this answer may be kept; unsaid, it may not."""
    return bool(response.headers.get("Cache-Control")) and response.status_code < 400  # noqa: PLR2004 - HTTP's first error
