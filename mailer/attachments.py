"""Attachments: the files of a release, which of them travel in its mail, and which are links in it."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from mailer import media_types, releases
from mailer.metadata import files
from mailer.metadata.files import Report
from mailer.models.releases import Attachment, Release


class BadAttachment(ValueError):
    """A file cannot be kept with a release; the sentence says what to mend."""


class UnknownAttachment(LookupError):
    """The release has no file of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The release has no file called {name}.")


def add(
    session: Session, release: Release, *, name: str, content: bytes, language: str | None = None
) -> Attachment:
    """Add a file to a draft, for one version or for all; raise BadAttachment or ReleaseIsFixed.

    An announcement that waits for review or was approved no longer matches, and says so when it is tried.
    """
    name = unicodedata.normalize("NFC", name)
    _check_name(name)
    kind = _kind(name, content)
    releases.begin_change(session, release)
    _check_room(release, name, language)
    attachment = Attachment(language=language, name=name, media_type=kind.media_type)
    _fill(attachment, content)
    release.attachments.append(attachment)
    release.revision += 1
    session.flush()  # its number is wanted by whoever asked
    return attachment


def remove(session: Session, release: Release, name: str) -> None:
    """Take a file from a draft; raise UnknownAttachment or ReleaseIsFixed."""
    releases.begin_change(session, release)
    release.attachments.remove(named(release, name))
    release.revision += 1


def clean(session: Session, release: Release, name: str) -> None:
    """Take out of a draft's picture what it tells besides what it shows; its pixels stay.

    Raise UnknownAttachment, BadAttachment where that cannot be done here, or ReleaseIsFixed.
    """
    releases.begin_change(session, release)
    attachment = named(release, name)
    try:
        content = files.cleaned(attachment.media_type, attachment.content)
    except files.NotCleaned as not_cleaned:
        raise BadAttachment(str(not_cleaned)) from None
    if content != attachment.content:
        _fill(attachment, content)
        release.revision += 1


def told(session: Session, attachment: Attachment) -> Report:
    """Say what a file tells besides what it shows; each content is read once in a process."""
    if not files.may_tell(attachment.media_type):
        return Report()
    key = (attachment.digest, attachment.media_type)
    if key not in _told:
        too_many = max(0, len(_told) + 1 - limits.METADATA_REPORTS_KEPT)
        for oldest in list(_told)[:too_many]:
            _told.pop(oldest, None)
        # Not by the row's attribute: the session would hold every file until its end.
        content = session.scalar(select(Attachment.content).where(Attachment.id == attachment.id))
        _told[key] = files.report(attachment.media_type, content or b"")
    return _told[key]


def named(release: Release, name: str) -> Attachment:
    """Return the file of this name; raise UnknownAttachment."""
    for attachment in release.attachments:
        if attachment.name == name:
            return attachment
    raise UnknownAttachment(name)


def listing(release: Release, language: str | None = None) -> Sequence[Attachment]:
    """Return the files of a release in the order they were added: all, or those that go with a version."""
    wanted = {None, language}
    return [each for each in release.attachments if language is None or each.language in wanted]


def travels(attachment: Attachment) -> bool:
    """Tell whether a file is small enough, and of the kind, to be in the mail itself."""
    return attachment.media_type == media_types.PDF and attachment.size <= limits.ATTACHED_BYTES


def travelling(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Return the files that are in one mail, in order, as far as they fit together; the rest are links."""
    taken: list[Attachment] = []
    room = limits.ATTACHED_BYTES_OF_MAIL
    for attachment in filter(travels, attachments):
        if attachment.size <= room:
            taken.append(attachment)
            room -= attachment.size
    return taken


def block(session: Session, attachment_id: int, *, digest: bytes, start: int) -> bytes:
    """Return the next bytes of a file from `start`, b'' behind its end.

    Raises UnknownAttachment where it is gone, or is another one than when the reading began.
    """
    wanted = func.substring(Attachment.content, start + 1, limits.ATTACHMENT_BLOCK_BYTES)
    found = session.scalar(
        select(wanted).where(Attachment.id == attachment_id, Attachment.digest == digest)
    )
    if found is None:
        raise UnknownAttachment(str(attachment_id))
    return bytes(found)


_told: Final[dict[tuple[bytes, str], Report]] = {}


def _fill(attachment: Attachment, content: bytes) -> None:
    attachment.size = len(content)
    attachment.digest = hashlib.sha256(content).digest()
    attachment.content = content


# -- What is taken ---------------------------------------------------------------------------------

# What parts folders, or what Windows takes in no name: readers save these files.
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|]')
# Cf hides characters and turns the direction ('gpj.exe' shown as 'exe.jpg'); Zl and Zp break lines.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _check_name(name: str) -> None:
    if len(name) > limits.ATTACHMENT_NAME_LENGTH:
        raise BadAttachment(
            f"A file's name has at most {limits.ATTACHMENT_NAME_LENGTH} characters. Shorten it."
        )
    unseen = any(unicodedata.category(c) in _UNSEEN for c in name)
    if unseen or _FORBIDDEN.search(name) or name != name.strip(" .") or not name:
        raise BadAttachment(
            "A file's name is plain letters, digits and blanks, such as 'Report 2026.pdf': no slash, no "
            "control or invisible character, no dot at its beginning or end. Rename the file."
        )


def _kind(name: str, content: bytes) -> media_types.Kind:
    if not content:
        raise BadAttachment(f"{name} is empty. Choose the file anew.")
    if len(content) > limits.ATTACHMENT_BYTES:
        raise BadAttachment(
            f"{name} is larger than {limits.ATTACHMENT_BYTES // 1024**2} MB. Make it smaller, or put it "
            "elsewhere and link to it."
        )
    try:
        return media_types.recognise(name, content)
    except media_types.UnknownKind as unknown:
        raise BadAttachment(str(unknown)) from None


def _check_room(release: Release, name: str, language: str | None) -> None:
    if len(release.attachments) >= limits.ATTACHMENTS:
        raise BadAttachment(
            f"A release has at most {limits.ATTACHMENTS} files. Take one away, or link to it."
        )
    # By case folded: readers who save both on one disk would lose one.
    if name.casefold() in {each.name.casefold() for each in release.attachments}:
        raise BadAttachment(
            f"There is a file called {name} already. Remove it, or rename this one."
        )
    if language not in {None, *(version.language for version in release.versions)}:
        raise BadAttachment(
            f"The release has no version in '{language}' that the file could go with."
        )
