"""Composing: a release becomes one pattern for each language, a reader's copy is that pattern filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property

from sqlalchemy.orm import Session

from mailer import addresses, pattern, releases, render
from mailer.deliveries import Due
from mailer.links import Links
from mailer.models.announcements import Announcement
from mailer.organisation import Organisation
from mailer.outbox import Letter
from mailer.parts import Parts
from mailer.pattern import Pattern
from mailer.sender import Sender


@dataclass(frozen=True, slots=True)
class Copy:
    """One message ready for the wire: the recipient in its SMTP form, and the bytes."""

    recipient: str
    message: bytes


@dataclass(frozen=True)
class Edition:
    """An announcement rendered once: a pattern for each language, and what makes its Message-IDs."""

    announcement_id: int
    content_hash: bytes
    patterns: Mapping[str, Pattern]
    default: str
    give_up_from: datetime

    def pattern_for(self, language: str) -> Pattern:
        """Return the pattern in a reader's language, else that of the first version."""
        return self.patterns.get(language) or self.patterns[self.default]


@dataclass(frozen=True)
class Composer:
    """Makes messages in the organisation's name."""

    sender: Sender
    links: Links
    organisation: Organisation

    def edition(self, session: Session, announcement_id: int) -> Edition:
        """Render every version of an announcement's release."""
        announcement = session.get_one(Announcement, announcement_id)
        release = announcement.release
        return Edition(
            announcement_id=announcement.id,
            content_hash=announcement.content_hash,
            patterns={
                version.language: self._release_pattern(releases.parts(version), release.slug)
                for version in release.versions
            },
            default=release.versions[0].language,
            give_up_from=announcement.started_at or announcement.created_at,
        )

    def copy(self, edition: Edition, due: Due, address: str, *, now: datetime) -> Copy:
        """Fill one reader's copy of an edition."""
        if due.subscriber_id is None:
            raise ValueError("an announcement's delivery needs its subscriber")
        recipient = addresses.wire(address)
        url = self.links.unsubscribe(due.subscriber_id, due.token_version)
        message_id = self.sender.message_id(
            "announcement", edition.announcement_id, due.subscriber_id, edition.content_hash.hex()
        )
        message = edition.pattern_for(due.language).fill(
            to=recipient,
            date=format_datetime(now),
            message_id=message_id,
            list_unsubscribe=f"<{url}>",
            unsubscribe_url=url,
        )
        return Copy(recipient, message)

    def letter_copy(self, letter: Letter, *, now: datetime) -> Copy:
        """Render an outbox mail; a `release` among them is a test copy for a staff member."""
        recipient = addresses.wire(letter.address)
        made = pattern.pattern(self._letter_mail(letter), headers=self._letter_headers)
        message = made.fill(
            to=recipient,
            date=format_datetime(now),
            message_id=self.sender.message_id("outbox", letter.reference),
        )
        return Copy(recipient, message)

    def preview(self, parts: Parts, slug: str) -> render.Mail:
        """Render exactly what a reader gets, with an unsubscribe link that belongs to nobody."""
        return self._release_mail(parts, slug, self.links.unsubscribe(0, 0))

    def _letter_mail(self, letter: Letter) -> render.Mail:
        context = dict(letter.context)
        if letter.template == "release":
            parts = releases.from_json(context["parts"])  # type: ignore[arg-type] # JSON of as_json
            url = self.links.unsubscribe(0, 0)
            return self._release_mail(parts, str(context["slug"]), url, test=True)
        return render.mail(
            letter.template, language=letter.language, organisation=self.organisation, **context
        )

    def _release_mail(
        self, parts: Parts, slug: str, unsubscribe_url: str, *, test: bool = False
    ) -> render.Mail:
        return render.mail(
            "release",
            language=parts.language,
            organisation=self.organisation,
            parts=parts,
            release_url=self.links.release(slug),
            unsubscribe_url=unsubscribe_url,
            test=test,
        )

    def _release_pattern(self, parts: Parts, slug: str) -> Pattern:
        mail = self._release_mail(parts, slug, pattern.marker("unsubscribe_url"))
        return pattern.pattern(mail, headers=self._release_headers)

    @cached_property
    def _release_headers(self) -> dict[str, str]:
        return {
            "From": f"{self.sender.name} <{self.sender.address}>",
            "List-Id": self.sender.list_id,
            # RFC 8058: the POST to the URL in List-Unsubscribe ends it with no further question.
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Help": f"<mailto:{self.organisation.contact_email}>",
            "List-Archive": f"<{self.links.base_url}/releases/>",
            "Precedence": "bulk",
        }

    @cached_property
    def _letter_headers(self) -> dict[str, str]:
        return {
            "From": f"{self.sender.name} <{self.sender.address}>",
            # RFC 3834: an out-of-office robot leaves these alone.
            "Auto-Submitted": "auto-generated",
        }
