"""Published releases as their pages, the front page and the feed show them: each in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import releases, surroundings
from mailer.models.releases import Amends, Release, ReleaseVersion
from mailer.parts import Parts
from mailer.surroundings import Amendment, File
from web.public import ties
from web.public.ties import Ties
from wiring.core import core


@dataclass(frozen=True, slots=True)
class Published:
    """One release in one of its languages, with the codes of all of them."""

    slug: str
    parts: Parts
    published_at: datetime
    created_at: datetime
    languages: tuple[str, ...]
    files: tuple[File, ...] = ()
    #: The release that this one corrects or takes back, and those that do it to this one.
    amends: Amendment | None = None
    amended_by: tuple[Amendment, ...] = ()
    #: When the last of these came out.
    amended_at: datetime | None = None

    @property
    def retracted(self) -> bool:
        """Whether another release took this one back."""
        return any(each.kind is Amends.RETRACTION for each in self.amended_by)

    @property
    def updated_at(self) -> datetime:
        """When what is said of it last changed: its own words are fixed once it is out."""
        return max(self.published_at, self.amended_at or self.published_at)

    def url(self, language: str = "") -> str:
        """Return the absolute address of its page, in a language where one is given."""
        return core().links.release(self.slug) + (f"?lang={language}" if language else "")


def latest(session: Session, language: str, *, limit: int, offset: int = 0) -> Sequence[Published]:
    """Return the releases the public may read, newest first, each in this language where it has it."""
    found = releases.published(session, limit=limit, offset=offset)
    tied = ties.of(session, found)
    return [_shown(release, _version(release, language), tied) for release in found]


def one(session: Session, slug: str, language: str, *, exactly: bool) -> Published | None:
    """Return a release, or None where nobody may read it, or `exactly` this language was asked for in vain.

    Else it is in this language where it has a version in it, in the organisation's or its first where not.
    """
    release = readable(session, slug)
    if release is None:
        return None
    version = _version(release, language)
    if exactly and language != version.language:
        return None
    return _shown(release, version, ties.of(session, [release]))


def readable(session: Session, slug: str) -> Release | None:
    """Return the release of this slug where the public may read it now."""
    return session.scalar(select(Release).where(Release.slug == slug, releases.readable()))


def time(release: Release) -> datetime:
    """Return when a release that the public reads was published."""
    if release.published_at is None:
        raise ValueError("a release that is not published is shown to nobody")
    return release.published_at


def _version(release: Release, language: str) -> ReleaseVersion:
    has = {version.language for version in release.versions}
    own = core().settings.org_language
    return releases.version_for(release, language if language in has else own)


def _shown(release: Release, version: ReleaseVersion, tied: Ties) -> Published:
    return Published(
        slug=release.slug,
        parts=releases.parts(version),
        published_at=time(release),
        created_at=release.created_at,
        languages=tuple(each.language for each in release.versions),
        files=surroundings.files(release, version.language, links=core().links),
        amends=tied.amends(release, version.language),
        amended_by=tied.amended_by(release, version.language),
        amended_at=tied.amended_at(release),
    )
