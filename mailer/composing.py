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
    """An announcement rendered once: two patterns for each language, and what makes its Message-IDs."""

    announcement_id: int
    content_hash: bytes
    patterns: Mapping[str, Pattern]
    #: The same as text alone, for who asked for that.
    plain: Mapping[str, Pattern]
    default: str
    give_up_from: datetime

    def pattern_for(self, language: str, *, plain: bool = False) -> Pattern:
        """Return the pattern in a reader's language, else that of the first version."""
        patterns = self.plain if plain else self.patterns
        return patterns.get(language) or patterns[self.default]


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
        patterns, plain = (
            {
                version.language: self._release_pattern(
                    releases.parts(version), release.slug, plain=plain
                )
                for version in release.versions
            }
            for plain in (False, True)
        )
        return Edition(
            announcement_id=announcement.id,
            content_hash=announcement.content_hash,
            patterns=patterns,
            plain=plain,
            default=release.versions[0].language,
            give_up_from=announcement.started_at or announcement.created_at,
        )

    def copy(self, edition: Edition, due: Due, address: str, *, now: datetime) -> Copy:
        """Fill one reader's copy of an edition."""
        if due.subscriber_id is None:
            raise ValueError("an announcement's delivery needs its subscriber")
        recipient = addresses.wire(address)
        whose = due.subscriber_id, due.token_version
        url = self.links.unsubscribe(*whose)
        mail_to = self.sender.unsubscribe_address(*whose)
        message_id = self.sender.message_id(
            "announcement", edition.announcement_id, due.subscriber_id, edition.content_hash.hex()
        )
        message = edition.pattern_for(due.language, plain=due.plain_only).fill(
            to=recipient,
            date=format_datetime(now),
            message_id=message_id,
            # Whoever cannot or may not open our site can still leave by a mail (RFC 2369 3.2).
            list_unsubscribe=f"<{url}>, <mailto:{mail_to}>" if mail_to else f"<{url}>",
            unsubscribe_url=self.links.in_language(url, due.language),
            manage_url=self.links.in_language(self.links.manage(*whose), due.language),
        )
        return Copy(recipient, message)

    def letter_copy(self, letter: Letter, *, now: datetime) -> Copy:
        """Render an outbox mail; a `release` among them is a test copy for a staff member."""
        recipient = addresses.wire(letter.address)
        mail = self._letter_mail(letter)
        made = pattern.pattern(mail, headers=self._letter_headers, plain=letter.plain_only)
        message = made.fill(
            to=recipient,
            date=format_datetime(now),
            message_id=self.sender.message_id("outbox", letter.reference),
        )
        return Copy(recipient, message)

    def preview(self, parts: Parts, slug: str) -> render.Mail:
        """Render exactly what a reader gets, with links that belong to nobody."""
        return self._release_mail(parts, slug, self._nobodys)

    def _letter_mail(self, letter: Letter) -> render.Mail:
        context = dict(letter.context)
        if letter.template == "release":
            parts = releases.from_json(context["parts"])  # type: ignore[arg-type] # JSON of as_json
            return self._release_mail(parts, str(context["slug"]), self._nobodys, test=True)
        spoken = {
            name: self.links.in_language(value, letter.language)
            for name, value in context.items()
            if name.endswith("_url") and isinstance(value, str)
        }
        return render.mail(
            letter.template,
            language=letter.language,
            organisation=self.organisation,
            **(context | spoken),
        )

    def _release_mail(
        self, parts: Parts, slug: str, urls: Mapping[str, str], *, test: bool = False
    ) -> render.Mail:
        return render.mail(
            "release",
            language=parts.language,
            organisation=self.organisation,
            parts=parts,
            release_url=self.links.in_language(self.links.release(slug), parts.language),
            test=test,
            **urls,
        )

    def _release_pattern(self, parts: Parts, slug: str, *, plain: bool) -> Pattern:
        holes = {name: pattern.marker(name) for name in pattern.URL_HOLES}
        mail = self._release_mail(parts, slug, holes)
        return pattern.pattern(mail, headers=self._release_headers, plain=plain)

    @property
    def _nobodys(self) -> dict[str, str]:
        return {
            "unsubscribe_url": self.links.unsubscribe(0, 0),
            "manage_url": self.links.manage(0, 0),
        }

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
