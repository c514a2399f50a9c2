"""The feed of releases: an Atom document (RFC 4287) that feed readers and newsrooms poll."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from babel.support import NullTranslations

from config import languages
from mailer import body, render
from mailer.models.releases import Amends
from mailer.organisation import Organisation
from mailer.surroundings import Amendment
from web.public.published import Published

TITLE: Final = languages.N_("%(name)s: press releases")
CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
_CORRECTED: Final = languages.N_("Corrected: %(headline)s")
_RETRACTED: Final = languages.N_("Retracted: %(headline)s")
_CORRECTS: Final = languages.N_("Correction: %(headline)s")
_RETRACTS: Final = languages.N_("Retraction: %(headline)s")
_AMENDED_BY: Final = {
    Amends.CORRECTION: languages.N_("This release was corrected:"),
    Amends.RETRACTION: languages.N_("This release was retracted:"),
}
_AMENDS: Final = {
    Amends.CORRECTION: languages.N_("Correction to:"),
    Amends.RETRACTION: languages.N_("Retraction of:"),
}
_HTML: Final = "text/html"
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
# XML 1.0 has no way to write these, and ElementTree would write them all the same.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(
    releases: Sequence[Published],
    *,
    language: str,
    query: str,
    organisation: Organisation,
    base_url: str,
    authority: str,
) -> bytes:
    """Return the feed as UTF-8, its own words in a language, as it is had by this query.

    `authority` is the domain that the entries' ids are tagged with.
    """
    spoken = language if language in languages.BY_CODE else languages.SOURCE
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": spoken})
    own = f"{base_url}/feed.atom{query}"
    _add(root, "id", own)
    _add(root, "title", languages.translations(spoken).gettext(TITLE) % {"name": organisation.name})
    # RFC 4287 4.1.1 asks for it; where nothing was published yet, no newer date would be true.
    _add(root, "updated", _time(max((r.updated_at for r in releases), default=_NEVER)))
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    _add(root, "link", rel="alternate", type=_HTML, href=f"{base_url}/releases/{query}")
    author = _add(root, "author")
    _add(author, "name", organisation.name)
    _add(author, "uri", organisation.home_url)
    for release in releases:
        _add_entry(root, release, authority, spoken)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def entry_id(release: Published, authority: str) -> str:
    """Return a tag URI (RFC 4151), the same for ever, also when the site moves to another address."""
    return f"tag:{authority},{release.created_at:%Y-%m-%d}:releases/{release.slug}"


def _add_entry(root: Element, release: Published, authority: str, spoken: str) -> None:
    parts = release.parts
    ours = languages.translations(parts.language if parts.language in languages.BY_CODE else spoken)
    entry = _add(root, "entry", **{"xml:lang": parts.language})
    _add(entry, "id", entry_id(release, authority))
    _add(entry, "title", ours.gettext(_title(release)) % {"headline": parts.headline})
    _add(entry, "published", _time(release.published_at))
    _add(entry, "updated", _time(release.updated_at))
    _add(entry, "link", rel="alternate", type=_HTML, href=release.url(), hreflang=parts.language)
    for code in release.languages:
        if code != parts.language:
            _add(entry, "link", rel="alternate", type=_HTML, href=release.url(code), hreflang=code)
    for other in _tied(release):
        about = {"href": other.url, "hreflang": other.language, "title": other.headline}
        _add(entry, "link", rel="related", type=_HTML, **about)
    for file in release.files:
        about = {"type": file.media_type, "length": str(file.size), "title": file.name}
        _add(entry, "link", rel="enclosure", href=file.url, **about)
    _add(entry, "summary", body.opening(parts.body))
    _add(entry, "content", _content(release, ours), type="html")


def _title(release: Published) -> str:
    """Return the headline's place in the title, which says first what became of a release or what it does."""
    if release.amended_by:
        return _RETRACTED if release.retracted else _CORRECTED
    if release.amends:
        return _CORRECTS if release.amends.kind is Amends.CORRECTION else _RETRACTS
    return "%(headline)s"


def _content(release: Published, ours: NullTranslations) -> str:
    """Return the body as HTML, and before it each release that it is tied to."""
    parts = release.parts
    notes = [_note(ours.gettext(_AMENDED_BY[other.kind]), other) for other in release.amended_by]
    if release.amends:
        notes.append(_note(ours.gettext(_AMENDS[release.amends.kind]), release.amends))
    lead = render.FILTERS["dateline"](parts.dateline, parts.language)
    return "".join((*notes, body.html(parts.body, lead=lead)))


def _note(label: str, other: Amendment) -> str:
    named = f'<bdi lang="{escape(other.language)}">{escape(other.headline)}</bdi>'
    return f'<p><strong>{escape(label)}</strong> <a href="{escape(other.url)}">{named}</a></p>'


def _tied(release: Published) -> list[Amendment]:
    return [*release.amended_by, *([release.amends] if release.amends else [])]


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    child = SubElement(parent, name, attributes)
    child.text = _NOT_XML.sub("", text) or None
    return child


def _time(time: datetime) -> str:
    """Return a date construct (RFC 3339) of whole seconds."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
