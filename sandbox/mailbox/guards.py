"""Keeps the page to this machine: which Host, which origin, and the headers on every answer."""

from typing import Final

from flask import Flask, Response, abort, request

CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
MAIL_CSP: Final = CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The page around a mail's HTML: the mail inherits it, and its own inline style must work."""

_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: browsers would then post our own form with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "X-Frame-Options": "DENY",
}


def install(app: Flask, *, port: int) -> None:
    """Guard every route of the application, which is reached on `port`."""
    hosts = {f"{name}:{port}" for name in _NAMES} | ({*_NAMES} if port == 80 else set())  # noqa: PLR2004 - HTTP's own port is left out of Host

    @app.before_request
    def check() -> None:
        """Refuse DNS rebinding, and writes that another site's page asks for."""
        if request.headers.get("Host", "").lower() not in hosts:
            abort(403, f"Open this page as http://127.0.0.1:{port}/; other names are refused.")
        if request.method not in {"GET", "HEAD"} and not _ours(hosts):
            abort(403, "Another site's page asked for this; use the button on this one.")

    app.after_request(_with_headers)


def _ours(hosts: set[str]) -> bool:
    """Tell whether a write comes from our own page, or from a program (which names no origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin.lower().removeprefix("http://") in hosts


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
