"""Composing: a release becomes one pattern for each language, a reader's copy is that pattern filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property, lru_cache

from sqlalchemy.orm import Session

from mailer import addresses, pattern, releases, render, surroundings
from mailer.deliveries import Due
from mailer.links import Links
from mailer.models.announcements import Announcement, Audience
from mailer.models.releases import ReleaseVersion
from mailer.organisation import Organisation
from mailer.outbox import Attached, Letter
from mailer.parts import Parts
from mailer.pattern import Pattern
from mailer.sender import Sender
from mailer.smtp.content import Content
from mailer.surroundings import File, Surroundings


@dataclass(frozen=True, slots=True)
class Copy:
    """One message ready for the wire: the recipient in its SMTP form, and what it gets."""

    recipient: str
    content: Content


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
        """Return the pattern in a reader's language, else the one everybody else gets."""
        patterns = self.plain if plain else self.patterns
        return patterns.get(language) or patterns[self.default]


@lru_cache(maxsize=8)
def _date(now: datetime) -> str:
    """Return the time as a header says it (RFC 5322 3.3); a window's mails share one."""
    return format_datetime(now)


def _file(attached: Attached) -> File:
    """Return a file as a mail carries it; it is on no page, so it has no address."""
    return File(
        attached.name,
        attached.media_type,
        len(attached.content),
        url="",
        content=attached.content,
    )


@dataclass(frozen=True)
class Composer:
    """Makes messages in the organisation's name."""

    sender: Sender
    links: Links
    organisation: Organisation
    #: What a reader gets whose language a release is not in: the first of these that it is in.
    fallback_languages: Sequence[str] = ("en",)

    def edition(self, session: Session, announcement_id: int) -> Edition:
        """Render every version of an announcement's release, for its audience."""
        announcement = session.get_one(Announcement, announcement_id)
        # Not the time of day: each worker, and each try, must make the same mail.
        began = announcement.started_at or announcement.created_at
        patterns: dict[str, Pattern] = {}
        plain: dict[str, Pattern] = {}
        for version in announcement.release.versions:
            around = self._around(version, announcement.audience, began)
            patterns[version.language] = self._release_pattern(version, around)
            plain[version.language] = self._release_pattern(version, around, plain=True)
        return Edition(
            announcement_id=announcement.id,
            content_hash=announcement.content_hash,
            patterns=patterns,
            plain=plain,
            default=next(
                filter(patterns.__contains__, self.fallback_languages), next(iter(patterns))
            ),
            give_up_from=began,
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
        content = edition.pattern_for(due.language, plain=due.plain_only).content(
            to=recipient,
            date=_date(now),
            message_id=message_id,
            # Whoever cannot or may not open our site can still leave by a mail (RFC 2369 3.2).
            list_unsubscribe=f"<{url}>, <mailto:{mail_to}>" if mail_to else f"<{url}>",
            unsubscribe_url=self.links.in_language(url, due.language),
            manage_url=self.links.in_language(self.links.manage(*whose), due.language),
        )
        return Copy(recipient, content)

    def letter_copy(self, letter: Letter, *, now: datetime) -> Copy:
        """Render an outbox mail; a `release` among them is a test copy for a staff member."""
        recipient = addresses.wire(letter.address)
        mail = self._letter_mail(letter)
        made = pattern.pattern(mail, headers=self._letter_headers, plain=letter.plain_only)
        content = made.content(
            to=recipient,
            date=_date(now),
            message_id=self.sender.message_id("outbox", letter.reference),
        )
        return Copy(recipient, content)

    def preview(self, version: ReleaseVersion, *, audience: Audience, now: datetime) -> render.Mail:
        """Render exactly what a reader of an audience would get now, with links that belong to nobody."""
        around = self._around(version, audience, now)
        parts, slug = releases.parts(version), version.release.slug
        return self._release_mail(parts, slug, self._nobodys, around=around)

    def _letter_mail(self, letter: Letter) -> render.Mail:
        context = dict(letter.context)
        if letter.template == "release":
            parts = releases.from_json(context["parts"])  # type: ignore[arg-type] # JSON of as_json
            around = surroundings.from_json(context.get("around", {}))
            slug = str(context["slug"])
            return self._release_mail(parts, slug, self._nobodys, around=around, test=True)
        spoken = {
            name: self.links.in_language(value, letter.language)
            for name, value in context.items()
            if name.endswith("_url") and isinstance(value, str)
        }
        mail = render.mail(
            letter.template,
            language=letter.language,
            organisation=self.organisation,
            **(context | spoken),
        )
        return replace(mail, attached=tuple(map(_file, letter.attached)))

    def _release_mail(
        self,
        parts: Parts,
        slug: str,
        urls: Mapping[str, str],
        *,
        around: Surroundings,
        test: bool = False,
    ) -> render.Mail:
        return render.mail(
            "release",
            language=parts.language,
            organisation=self.organisation,
            parts=parts,
            around=around,
            release_url=self.links.in_language(self.links.release(slug), parts.language),
            test=test,
            **urls,
        )

    def _around(self, version: ReleaseVersion, audience: Audience, at: datetime) -> Surroundings:
        return surroundings.of_mail(
            version.release, version.language, links=self.links, audience=audience, at=at
        )

    def _release_pattern(
        self, version: ReleaseVersion, around: Surroundings, *, plain: bool = False
    ) -> Pattern:
        holes = {name: pattern.marker(name) for name in pattern.URL_HOLES}
        parts, slug = releases.parts(version), version.release.slug
        # A mail that is its text alone has no place for a file: each is a link in it.
        around = around.without_content() if plain else around
        mail = self._release_mail(parts, slug, holes, around=around)
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
