"""Releases for other programs: what the public may read, every part of every version, in JSON."""

from datetime import date, datetime
from typing import Self

from flask import abort
from pydantic import BaseModel, ConfigDict, Field

from config import limits
from db.session import transaction
from mailer import releases, surroundings
from mailer.models.releases import Amends, Attachment
from mailer.models.releases import Release as Row
from mailer.parts import Parts
from web.api import blueprints, operations
from web.public import published, ties
from web.public.ties import Ties
from wiring.core import core

blueprint = blueprints.make("api_releases", __name__)


class Page(BaseModel):
    """Which page of the list."""

    model_config = ConfigDict(frozen=True)

    page: int = Field(
        default=1, ge=1, le=1_000_000, description="Give the page's number, from 1 for the newest."
    )


class PressContact(BaseModel):
    """A person or desk that journalists may call; a field that is not known is empty."""

    name: str
    email: str
    telephone: str


class Version(BaseModel):
    """A release in one language; a part that it does not have is empty."""

    language: str = Field(description="ISO 639-1.")
    url: str = Field(description="Its page.")
    headline: str
    subhead: str
    place: str
    day: date | None
    body: str = Field(description="Markdown (CommonMark without raw HTML).")
    contacts: list[PressContact]
    boilerplate: str = Field(description="Markdown.")
    postal_address: str

    @classmethod
    def of(cls, parts: Parts, url: str) -> Self:
        """Return a version as it is given."""
        said = releases.as_json(parts)
        return cls.model_validate(said | said["dateline"] | {"url": url})


class ReleaseFile(BaseModel):
    """A file of a release."""

    name: str
    language: str | None = Field(description="The version it goes with; null for all of them.")
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    url: str


class Amendment(BaseModel):
    """Another release that this one corrects or takes back, or that does so to this one."""

    kind: Amends
    slug: str
    headline: str
    url: str


class Release(BaseModel):
    """A published release."""

    slug: str
    url: str
    published_at: datetime
    versions: list[Version]
    attachments: list[ReleaseFile]
    amends: Amendment | None
    amended_by: list[Amendment]


class Releases(BaseModel):
    """One page of the list, newest first."""

    releases: list[Release]
    page: int
    pages: int


@blueprint.get("/releases")
@operations.operation(
    "The published releases, newest first",
    asks=Page,
    gives=Releases,
    missing="The list has no such page.",
    keep=limits.PAGE_SECONDS,
)
def show_list(wanted: Page) -> Releases:
    """Give one page of the list."""
    size = limits.API_RELEASES_A_PAGE
    with transaction() as session:
        pages = max(1, -(-releases.total(session, public_only=True) // size))
        if wanted.page > pages:
            abort(404)
        found = releases.published(session, limit=size, offset=(wanted.page - 1) * size)
        tied = ties.of(session, found)
        shown = [_release(row, tied) for row in found]
    return Releases(releases=shown, page=wanted.page, pages=pages)


@blueprint.get("/releases/<slug>")
@operations.operation(
    "A published release",
    gives=Release,
    missing="There is no release of this slug that the public may read.",
    keep=limits.PAGE_SECONDS,
)
def show(slug: str) -> Release:
    """Give one release."""
    with transaction() as session:
        row = published.readable(session, slug)
        if row is None:
            abort(404)
        return _release(row, ties.of(session, [row]))


def _release(row: Row, tied: Ties) -> Release:
    language = row.versions[0].language
    page = core().links.release(row.slug)
    amends = tied.amends(row, language)
    return Release(
        slug=row.slug,
        url=page,
        published_at=published.time(row),
        versions=[
            Version.of(releases.parts(version), f"{page}?lang={version.language}")
            for version in row.versions
        ],
        attachments=[_file(row, attachment) for attachment in row.attachments],
        amends=_amendment(amends) if amends else None,
        amended_by=[_amendment(each) for each in tied.amended_by(row, language)],
    )


def _file(row: Row, attachment: Attachment) -> ReleaseFile:
    return ReleaseFile(
        name=attachment.name,
        language=attachment.language,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.digest.hex(),
        url=core().links.attachment(row.slug, attachment.name),
    )


def _amendment(found: surroundings.Amendment) -> Amendment:
    return Amendment(kind=found.kind, slug=found.slug, headline=found.headline, url=found.url)
