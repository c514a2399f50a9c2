"""How a public page becomes an answer, and how long that answer may be kept."""

from collections.abc import Hashable
from typing import Final

from flask import Response, current_app, make_response, render_template, request

from config import limits
from web import words

_KEPT: Final = "samizdat.pages"
"""Where an app keeps the pages that are the same for everybody."""


def page(template: str, *, status: int = 200, keep: int = 0, **context: object) -> Response:
    """Render a page in the visitor's language; kept for 0 seconds is never: it holds a token or an answer."""
    html = render_template(template, **words.page(), **context)
    response = words.say(make_response(html, status))
    if keep:
        keep_for(response, keep)
    return response


def page_for_everybody(template: str, **context: Hashable) -> Response:
    """Render a page that says the same to everybody, once for each language and each `context`."""
    kept: dict[Hashable, bytes] = current_app.extensions.setdefault(_KEPT, {})
    # The choice of a language, and where a proxy has put us, are in the page's links.
    key = (template, words.language(), words.chosen(), request.script_root, *context.items())
    html = kept.get(key)
    if html is None:
        if len(kept) >= limits.PAGES_KEPT:
            kept.clear()
        html = kept[key] = render_template(template, **words.page(), **context).encode()
    return words.say(make_response(html))


def keep_for(response: Response, seconds: int) -> None:
    """Let browsers and proxies keep an answer, and answer 304 to whoever has the same one already."""
    # An answer that does not say so is sent as no-store by web/security.py.
    response.cache_control.public, response.cache_control.max_age = True, seconds
    response.add_etag()
    response.make_conditional(request)
