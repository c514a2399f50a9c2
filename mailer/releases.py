"""Releases: drafts, their versions, and when the public may read them."""

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from config import limits
from mailer import zones
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.releases import Amends, Release, ReleaseVersion
from mailer.models.subscribers import Topic
from mailer.parts import Contact, Dateline, Parts


class UnknownRelease(LookupError):
    """There is no release of this name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no release called {slug}; 'flask releases list' shows them.")


class ReleaseIsFixed(Exception):
    """The release has an announcement that began to send: what readers got is not changed behind them."""


class CannotAmend(Exception):
    """A release cannot be the correction of another; the message says why and what to do."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the release since this form was opened."""


class BadParts(ValueError):
    """A part of a release cannot be kept; `faults` maps the part's name to what to mend."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


_LOCK: Final = 5_106_811_504
"""The advisory lock under which a slug is chosen: any number that nothing else in this database uses."""

_LIMITS = {
    "headline": limits.HEADLINE_LENGTH,
    "subhead": limits.SUBHEAD_LENGTH,
    "body": limits.BODY_LENGTH,
    "boilerplate": limits.BOILERPLATE_LENGTH,
    "postal_address": limits.POSTAL_ADDRESS_LENGTH,
}


def create(session: Session, parts: Parts, *, topics: Sequence[Topic]) -> Release:
    """Make a draft with one version; raise BadParts."""
    _check(parts)
    # Until the commit: two drafts of one headline at the same moment would take the same slug.
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    release = Release(slug=_free_slug(session, parts.headline), topics=list(topics))
    release.versions = [_version(parts)]
    session.add(release)
    session.flush()  # its number is wanted by whoever asked
    return release


def edit(session: Session, release: Release, parts: Parts, *, revision: int) -> None:
    """Replace the version in the parts' language; raise BadParts, ChangedMeanwhile or ReleaseIsFixed.

    An announcement that waits for review or was approved no longer matches, and says so when it is tried.
    """
    _check(parts)
    begin_change(session, release)
    if release.revision != revision:
        raise ChangedMeanwhile
    release.revision += 1
    fresh = _version(parts)
    for version in release.versions:
        if version.language == parts.language:
            for name in _COLUMNS:
                setattr(version, name, getattr(fresh, name))
            return
    release.versions.append(fresh)


def choose_topics(session: Session, release: Release, topics: Sequence[Topic]) -> None:
    """Set which topics the release is announced to; raise ReleaseIsFixed."""
    begin_change(session, release)
    if list(release.topics) != list(topics):
        release.topics = list(topics)
        release.revision += 1


def begin_change(session: Session, release: Release) -> None:
    """Read a release anew and hold it until the change is committed; raise ReleaseIsFixed.

    A schedule no longer publishes it: what was approved is not what it says now, so its announcement is
    held when its hour comes.
    """
    session.flush()  # a refresh throws away what was not flushed
    session.refresh(release, with_for_update=True)
    refuse_if_fixed(session, release)
    at = release.published_at
    if at is not None and at > session.execute(select(func.now())).scalar_one():
        release.published_at = None


def set_embargo(session: Session, release: Release, until: datetime | None, zone: str) -> None:
    """Tell nobody but the press list before an instant that was said in a zone; None for no embargo.

    Raise zones.BadTime or ReleaseIsFixed.
    """
    zones.zone(zone)
    begin_change(session, release)
    release.embargo_until, release.embargo_zone = until, zone
    release.revision += 1


def amend(session: Session, release: Release, kind: Amends, amended: Release) -> None:
    """Tie a release to the earlier one that it corrects or takes back; it takes over that one's topics.

    Raise CannotAmend or ReleaseIsFixed.
    """
    begin_change(session, release)
    if amended.id == release.id:
        raise CannotAmend("A release cannot amend itself; make a new one for the correction.")
    if not _has_begun(session, amended):
        raise CannotAmend(
            f"{amended.slug} was sent to nobody yet: edit it instead of correcting it."
        )
    release.amends, release.amended = kind, amended
    release.topics = list(amended.topics)
    release.revision += 1


def stand_alone(session: Session, release: Release, topics: Sequence[Topic] | None) -> None:
    """Undo `amend`; with `topics`, those of the other release are replaced by them, unless staff did so.

    Raise CannotAmend where it amends nothing, or ReleaseIsFixed.
    """
    begin_change(session, release)
    if release.amended is None:
        raise CannotAmend("This release amends no other.")
    if topics is not None and list(release.topics) == list(release.amended.topics):
        release.topics = list(topics)
    release.amends, release.amended = None, None
    release.revision += 1


def refuse_if_fixed(session: Session, release: Release) -> None:
    """Raise ReleaseIsFixed where an announcement of it has begun, or its hour has made it public."""
    if _has_begun(session, release):
        raise ReleaseIsFixed("This release was sent to readers and cannot be changed any more.")
    due = select(Announcement.id).where(
        Announcement.release_id == release.id,
        Announcement.state.in_((AnnouncementState.SCHEDULED, AnnouncementState.HELD)),
        Announcement.start_at == release.published_at,
        Announcement.start_at <= func.now(),
    )
    if (id_ := session.scalar(due.limit(1))) is not None:
        raise ReleaseIsFixed(
            f"This release is public since the hour of announcement {id_}. Cancel that announcement "
            "first; then it is a draft again."
        )


def _has_begun(session: Session, release: Release) -> bool:
    begun = select(Announcement.id).where(
        Announcement.release_id == release.id,
        or_(Announcement.started_at.is_not(None), Announcement.state.in_(BEGUN)),
    )
    return session.scalar(begun.limit(1)) is not None


def named(session: Session, slug: str) -> Release:
    """Return the release with this slug; raise UnknownRelease."""
    release = session.scalar(select(Release).where(Release.slug == slug))
    if release is None:
        raise UnknownRelease(slug)
    return release


def published(session: Session, *, limit: int, offset: int = 0) -> Sequence[Release]:
    """Return the releases that the public may read, newest first."""
    found = select(Release).where(readable())
    order = found.order_by(Release.published_at.desc(), Release.id.desc())
    whole = order.options(selectinload(Release.versions), selectinload(Release.attachments))
    return session.scalars(whole.limit(limit).offset(offset)).all()


def readable() -> ColumnElement[bool]:
    """Return the condition for being read by the public now: its hour has come, and no embargo holds it."""
    lifted = or_(Release.embargo_until.is_(None), Release.embargo_until <= func.now())
    return and_(Release.published_at <= func.now(), lifted)


def is_public(release: Release, *, now: datetime) -> bool:
    """Tell the same of one release, at an instant."""
    published, embargo = release.published_at, release.embargo_until
    return published is not None and published <= now and (embargo is None or embargo <= now)


def every(session: Session, *, limit: int, offset: int = 0) -> Sequence[Release]:
    """Return all releases, drafts included, newest first."""
    order = select(Release).order_by(Release.created_at.desc(), Release.id.desc())
    return session.scalars(order.limit(limit).offset(offset)).all()


def total(session: Session, *, public_only: bool) -> int:
    """Count the releases, or those the public may read."""
    counted = select(func.count()).select_from(Release)
    if public_only:
        counted = counted.where(readable())
    return session.scalar(counted) or 0


def version_for(release: Release, language: str) -> ReleaseVersion:
    """Return the version in a language, or the first one written."""
    same = (version for version in release.versions if version.language == language)
    return next(same, release.versions[0])


def says_something(version: ReleaseVersion) -> bool:
    """Tell whether anything of a version's headline and body can be seen."""
    return _shows(version.headline) and _shows(version.body)


def parts(version: ReleaseVersion) -> Parts:
    """Return a version as a plain value."""
    return Parts(
        headline=version.headline,
        body=version.body,
        language=version.language,
        subhead=version.subhead,
        dateline=Dateline(version.place, version.day),
        contacts=tuple(Contact(**contact) for contact in version.contacts),
        boilerplate=version.boilerplate,
        postal_address=version.postal_address,
    )


def as_json(parts: Parts) -> dict[str, Any]:
    """Return every part as JSON values; the date in ISO 8601."""
    day = parts.dateline.day
    value = dataclasses.asdict(parts)
    value["dateline"]["day"] = day.isoformat() if day else None
    return value


def from_json(value: Mapping[str, Any]) -> Parts:
    """Return the parts that `as_json` wrote."""
    place, day = value["dateline"]["place"], value["dateline"]["day"]
    return Parts(
        headline=value["headline"],
        body=value["body"],
        language=value["language"],
        subhead=value["subhead"],
        dateline=Dateline(place, date.fromisoformat(day) if day else None),
        contacts=tuple(Contact(**contact) for contact in value["contacts"]),
        boilerplate=value["boilerplate"],
        postal_address=value["postal_address"],
    )


def content_hash(versions: Iterable[Parts], topics: Iterable[str]) -> bytes:
    """Return the SHA-256 over every part of every version and the topics: what an approval is bound to."""
    content = {
        "versions": sorted(
            (as_json(parts) for parts in versions), key=lambda v: str(v["language"])
        ),
        "topics": sorted(topics),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def slugify(headline: str) -> str:
    """Return a slug of ASCII words for an address, or 'release' where the headline has none."""
    plain = unicodedata.normalize("NFKD", headline).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    slug = ""
    for word in words:
        if len(slug) + len(word) + 1 > limits.SLUG_LENGTH - 4:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "release"


BEGUN: Final = frozenset(
    {
        AnnouncementState.PREPARING,
        AnnouncementState.SENDING,
        AnnouncementState.PAUSED,
        AnnouncementState.FINISHED,
    }
)
"""States in which readers may have a mail; one that was cancelled says by its start whether they may."""

_RESERVED = {"import"}
"""Slugs that are a page of the console already."""

_COLUMNS = (
    "headline",
    "subhead",
    "place",
    "day",
    "body",
    "contacts",
    "boilerplate",
    "postal_address",
    "content_hash",
)


def _version(parts: Parts) -> ReleaseVersion:
    return ReleaseVersion(
        language=parts.language,
        headline=parts.headline,
        subhead=parts.subhead,
        place=parts.dateline.place,
        day=parts.dateline.day,
        body=parts.body,
        contacts=[dataclasses.asdict(contact) for contact in parts.contacts],
        boilerplate=parts.boilerplate,
        postal_address=parts.postal_address,
        content_hash=content_hash([parts], []),
    )


def _free_slug(session: Session, headline: str) -> str:
    base = slugify(headline)
    taken = _RESERVED | set(
        session.scalars(select(Release.slug).where(Release.slug.startswith(base)))
    )
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _check(parts: Parts) -> None:
    faults = {
        name: f"The {name.replace('_', ' ')} is longer than {limit} characters."
        for name, limit in _LIMITS.items()
        if len(getattr(parts, name)) > limit
    }
    for name in ("headline", "body"):
        if not _shows(getattr(parts, name)):
            faults[name] = f"A release needs a {name}."
    faults |= _check_lines(parts)
    if any("\0" in value for value in _texts(parts)):
        faults.setdefault("body", "The text contains a NUL character, which cannot be kept.")
    if faults:
        raise BadParts(faults)


def _shows(text: str) -> bool:
    """Tell whether anything of a text can be seen: control characters, invisible ones and spaces cannot."""
    return any(unicodedata.category(c)[0] not in "CZ" for c in text)


def _check_lines(parts: Parts) -> dict[str, str]:
    faults = {}
    if len(parts.dateline.place) > limits.PLACE_LENGTH:
        faults["place"] = f"The place is longer than {limits.PLACE_LENGTH} characters."
    if not re.fullmatch(r"[a-z]{2}", parts.language):
        faults["language"] = "The language must be a code of two letters, such as en."
    if any(c in parts.headline for c in "\r\n"):
        faults["headline"] = "The headline must be one line."
    fields = (v for contact in parts.contacts for v in dataclasses.astuple(contact))
    if any(len(v) > limits.CONTACT_FIELD_LENGTH for v in fields):
        faults["contacts"] = (
            f"A contact's field is longer than {limits.CONTACT_FIELD_LENGTH} characters."
        )
    return faults


def _texts(parts: Parts) -> list[str]:
    contacts = [v for contact in parts.contacts for v in dataclasses.astuple(contact)]
    texts = [parts.headline, parts.subhead, parts.body, parts.boilerplate, parts.postal_address]
    return [*texts, parts.dateline.place, *contacts]
