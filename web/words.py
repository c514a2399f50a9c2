"""The words of public pages: in the language of `?lang=`, else the visitor's browser's, else the house's own.

A public page has no cookie, so a choice travels in the address: every link of a page that was asked for
with `?lang=` carries it on. The console and the machines' surfaces speak English.
"""

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import flask_babel  # type: ignore[import-untyped] # ships no type information
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request
from werkzeug.datastructures import MultiDict

from config import languages
from web import kinds
from wiring.core import core

CHOICE: Final = "lang"
"""The name of the choice in a query."""


_LANGUAGE: Final = "samizdat.language"
"""Where a request keeps what `language` found."""


class _Catalogues(flask_babel.Domain):  # type: ignore[misc] # ships no type information
    """Words out of `config.languages`: Flask-Babel's own reads compiled catalogues only."""

    def get_translations(self) -> NullTranslations:
        return languages.translations(str(flask_babel.get_locale()))


def install(app: Flask) -> None:
    """Give templates `_()` and `{% trans %}`, and let links keep the visitor's choice."""
    babel = flask_babel.Babel()
    babel.init_app(app, default_locale=languages.SOURCE, locale_selector=language)
    babel.domain_instance = _Catalogues()
    app.url_defaults(_keep_choice)
    # Flask-Babel keeps the language in `g`, which outlives a request wherever a context is held open.
    app.before_request(flask_babel.refresh)


# -- Which language --------------------------------------------------------------------------------


def language() -> str:
    """Return the language of the page that is asked for: one of the table."""
    if not has_request_context() or not _public():
        return languages.SOURCE
    # Not in Flask's `g`: that outlives a request wherever a context is held open.
    if _LANGUAGE not in request.environ:
        wished = _wished(frozenset(languages.BY_CODE))
        request.environ[_LANGUAGE] = wished if wished in languages.BY_CODE else languages.SOURCE
    return str(request.environ[_LANGUAGE])


def of_mails() -> str:
    """Return the language this visitor's mails should have, before they say: that of a release may be any."""
    return _wished(frozenset(offered()))


def offered() -> dict[str, str]:
    """Return code -> own name of every language that mails can be had in."""
    own = core().settings.org_language
    return {each.code: each.name for each in languages.LANGUAGES} | (
        {} if own in languages.BY_CODE else {own: name(own)}
    )


def chosen() -> str | None:
    """Return the language that this request's address names, if we have it."""
    code = _query().get(CHOICE, "")
    return code if code in languages.BY_CODE else None


def _wished(codes: frozenset[str]) -> str:
    return chosen() or _of_browser(codes) or core().settings.org_language


def _of_browser(codes: frozenset[str]) -> str | None:
    """Return the first of these languages that the browser accepts (RFC 9110 12.5.4)."""
    # Werkzeug's best_match prefers a whole tag of low quality to the main language of a better one, and
    # many browsers send 'ar-EG, en;q=0.5' without a bare 'ar'.
    for tag, quality in request.accept_languages:
        code = re.split("[-_]", tag.lower(), maxsplit=1)[0]
        if quality > 0 and code in codes:
            return code
    return None


# -- What pages are given --------------------------------------------------------------------------


def page() -> dict[str, object]:
    """Return what a public page says of its language: `language`, `direction`, `tongues`, and `ours`.

    `tongues` are the languages to choose from, with their addresses: none in the answer to a post, which
    cannot be had again. `ours` are the attributes of words that the house wrote, in a language of its own.
    """
    shown, own = languages.BY_CODE[language()], core().settings.org_language
    return {
        "language": shown.code,
        "direction": shown.direction,
        "tongues": [(each, _here_in(each)) for each in _choices()],
        "ours": {} if own == shown.code else {"lang": own},
    }


def say(response: Response) -> Response:
    """Say in an answer's headers which language it is in, and that the browser's had a part in that."""
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    return response


def gettext(message: str, **values: object) -> str:
    """Return words in the page's language, with `%(name)s` filled in."""
    return str(flask_babel.gettext(message, **values))


def name(code: str) -> str:
    """Return the name of a language in that language, or its code where nobody knows it."""
    if code in languages.BY_CODE:
        return languages.BY_CODE[code].name
    try:
        return Locale.parse(code).get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code


def long_date(time: datetime) -> str:
    """Return '14 December 2012' in the page's language."""
    code = language()
    return format_date(time, "long", locale="en_001" if code == "en" else code)


def _choices() -> tuple[languages.Language, ...]:
    return languages.LANGUAGES if request.method in {"GET", "HEAD"} else ()


def _here_in(other: languages.Language) -> str:
    # A reference of a query alone stays at this address, whatever is in it (RFC 3986 5.2.2).
    kept = [pair for pair in _query().items(multi=True) if pair[0] != CHOICE]
    return "?" + urlencode([*kept, (CHOICE, other.code)])


def _query() -> MultiDict[str, str]:
    """Return the query, empty where it is no text: web/bodies.py refuses it, and that page is drawn too."""
    try:
        return request.args
    except UnicodeDecodeError:
        return MultiDict()


def _keep_choice(endpoint: str, values: dict[str, object]) -> None:
    if endpoint != "static" and has_request_context() and _public():
        values.setdefault(CHOICE, chosen())


def _public() -> bool:
    return kinds.of(request.path) is kinds.Kind.PUBLIC
