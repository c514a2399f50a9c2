"""What stands around a release's own words: its embargo, what it amends or is amended by, and its files.

Plain values, told apart from the rows so that a mail, a page, the feed and the API say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final

from pydantic import ConfigDict, TypeAdapter

from mailer import attachments, media_types, releases
from mailer.links import Links
from mailer.models.announcements import Audience
from mailer.models.releases import Amends, Attachment, Release


@dataclass(frozen=True, slots=True)
class Embargo:
    """Until when nobody may publish it, an instant, and the IANA time zone in which people said so."""

    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """The other end of a correction or a retraction: that release's headline, its day and its page."""

    kind: Amends
    slug: str
    headline: str
    language: str
    day: date | None
    url: str


@dataclass(frozen=True, slots=True)
class File:
    """A file as readers meet it: what it is called and is, its bytes' count, where it can be had."""

    name: str
    media_type: str
    size: int
    url: str
    #: The file itself, where it travels in the mail.
    content: bytes | None = None

    @property
    def title(self) -> str:
        """Its name without the ending, which the kind says."""
        return self.name.rpartition(".")[0]

    @property
    def kind(self) -> str:
        """What readers call its media type, such as PDF."""
        return media_types.label(self.media_type)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a mail or a page says of a release besides its parts."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    embargo: Embargo | None = None
    amends: Amendment | None = None
    files: tuple[File, ...] = ()

    @property
    def attached(self) -> tuple[File, ...]:
        """The files that travel in the mail."""
        return tuple(file for file in self.files if file.content is not None)

    def without_content(self) -> "Surroundings":
        """Return the same where no file travels: each is a link."""
        return Surroundings(self.embargo, self.amends, tuple(map(_linked, self.files)))


def of_mail(
    release: Release, language: str, *, links: Links, audience: Audience, at: datetime
) -> Surroundings:
    """Return what a mail in a language says around a release, to an audience that is mailed from `at`."""
    kept = attachments.listing(release, language)
    travelling = attachments.travelling(kept)
    return Surroundings(
        embargo=_embargo(release, at) if audience is Audience.EARLY else None,
        amends=amended(release, language, links=links),
        files=tuple(
            _file(each, release.slug, links, each.content if each in travelling else None)
            for each in kept
        ),
    )


def files(release: Release, language: str | None, *, links: Links) -> tuple[File, ...]:
    """Return the files that go with a version, or all of them, each as a link."""
    return tuple(
        _file(each, release.slug, links, None) for each in attachments.listing(release, language)
    )


def amended(release: Release, language: str, *, links: Links) -> Amendment | None:
    """Return the release that this one corrects or takes back."""
    if release.amends is None or release.amended is None:
        return None
    return _other(release.amends, release.amended, language, links)


def amended_by(
    amending: Sequence[Release], language: str, *, links: Links
) -> tuple[Amendment, ...]:
    """Return what corrects or takes back a release, of these."""
    return tuple(_other(each.amends, each, language, links) for each in amending if each.amends)


def as_json(surroundings: Surroundings) -> Any:  # noqa: ANN401 - JSON is anything
    """Return surroundings as JSON values; files that travel are in base64."""
    return _JSON.dump_python(surroundings, mode="json")


def from_json(value: object) -> Surroundings:
    """Return the surroundings that `as_json` wrote."""
    return _JSON.validate_python(value)


_JSON: Final = TypeAdapter(Surroundings)


def _embargo(release: Release, at: datetime) -> Embargo | None:
    if release.embargo_until is None or release.embargo_until <= at:
        return None
    return Embargo(release.embargo_until, release.embargo_zone)


def _other(kind: Amends, release: Release, language: str, links: Links) -> Amendment:
    version = releases.version_for(release, language)
    day = release.published_at.date() if release.published_at else version.day
    url = links.in_language(links.release(release.slug), language)
    return Amendment(kind, release.slug, version.headline, version.language, day, url)


def _file(attachment: Attachment, slug: str, links: Links, content: bytes | None) -> File:
    url = links.attachment(slug, attachment.name)
    return File(attachment.name, attachment.media_type, attachment.size, url, content)


def _linked(file: File) -> File:
    return File(file.name, file.media_type, file.size, file.url)
