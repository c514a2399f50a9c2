"""Published releases as their pages, the front page and the feed show them: each in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from sqlalchemy.orm import Session

from mailer import releases
from mailer.models.releases import Release, ReleaseVersion
from mailer.parts import Parts
from wiring.core import core


@dataclass(frozen=True, slots=True)
class Published:
    """One release in one of its languages, with the codes of all of them."""

    slug: str
    parts: Parts
    published_at: datetime
    created_at: datetime
    languages: tuple[str, ...]

    def url(self, language: str = "") -> str:
        """Return the absolute address of its page, in a language where one is given."""
        return core().links.release(self.slug) + (f"?lang={language}" if language else "")


def latest(session: Session, *, limit: int, offset: int = 0) -> Sequence[Published]:
    """Return the releases the public may read, newest first, in the organisation's language if possible."""
    language = core().settings.org_language
    return [
        _shown(release, releases.version_for(release, language))
        for release in releases.published(session, limit=limit, offset=offset)
    ]


def one(session: Session, slug: str, language: str) -> Published | None:
    """Return a release in a language ('' for the organisation's own), or None where nobody may read it so."""
    try:
        release = releases.named(session, slug)
    except releases.UnknownRelease:
        return None
    version = releases.version_for(release, language or core().settings.org_language)
    if release.published_at is None or language not in {"", version.language}:
        return None
    return _shown(release, version)


def language_name(code: str) -> str:
    """Return the name of a language in that language, or its code where nobody knows it."""
    try:
        return Locale.parse(code).get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code


def long_date(time: datetime) -> str:
    """Return '14 December 2012'."""
    return format_date(time, "long", locale="en_001")


def _shown(release: Release, version: ReleaseVersion) -> Published:
    if release.published_at is None:
        raise ValueError("a release that is not published is shown to nobody")
    return Published(
        slug=release.slug,
        parts=releases.parts(version),
        published_at=release.published_at,
        created_at=release.created_at,
        languages=tuple(each.language for each in release.versions),
    )
