"""Published releases as their pages, the front page and the feed show them: each in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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


def latest(session: Session, language: str, *, limit: int, offset: int = 0) -> Sequence[Published]:
    """Return the releases the public may read, newest first, each in this language where it has it."""
    return [
        _shown(release, _version(release, language))
        for release in releases.published(session, limit=limit, offset=offset)
    ]


def one(session: Session, slug: str, language: str, *, exactly: bool) -> Published | None:
    """Return a release, or None where nobody may read it, or `exactly` this language was asked for in vain.

    Else it is in this language where it has a version in it, in the organisation's or its first where not.
    """
    try:
        release = releases.named(session, slug)
    except releases.UnknownRelease:
        return None
    version = _version(release, language)
    if release.published_at is None or (exactly and language != version.language):
        return None
    return _shown(release, version)


def _version(release: Release, language: str) -> ReleaseVersion:
    has = {version.language for version in release.versions}
    own = core().settings.org_language
    return releases.version_for(release, language if language in has else own)


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
