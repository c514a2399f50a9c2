"""How a public page becomes an answer, and how long that answer may be kept."""

from flask import Response, make_response, render_template, request

from web import words


def page(template: str, *, status: int = 200, keep: int = 0, **context: object) -> Response:
    """Render a page in the visitor's language; kept for 0 seconds is never: it holds a token or an answer."""
    html = render_template(template, **words.page(), **context)
    response = words.say(make_response(html, status))
    if keep:
        keep_for(response, keep)
    return response


def keep_for(response: Response, seconds: int) -> None:
    """Let browsers and proxies keep an answer, and answer 304 to whoever has the same one already."""
    # An answer that does not say so is sent as no-store by web/security.py.
    response.cache_control.public, response.cache_control.max_age = True, seconds
    response.add_etag()
    response.make_conditional(request)
