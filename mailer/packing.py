"""Packing: a due delivery becomes a message ready for the wire, or the outcome that it cannot."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config import limits
from db.sealed import CannotOpen, Keyring, UnknownKey
from mailer import addresses, certificates, missing_keys, outbox, paces, providers, retries
from mailer.composing import Composer, Copy, Edition
from mailer.deliveries import Due, Outcome
from mailer.models.announcements import Announcement
from mailer.models.deliveries import DeliveryState
from mailer.offering import Ready
from mailer.smtp.connection import Parcel

UNREADABLE = "the stored address was moved or changed and cannot be read"
UNSENDABLE = "the stored address is none that mail can be sent to"


class Unpackable(Exception):
    """A delivery cannot become a message; `outcome` says what becomes of it instead."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True)
class Packer:
    """Makes messages of deliveries; one reader's fault is never another's delay."""

    keys: Keyring
    composer: Composer
    _editions: dict[tuple[int, bytes], Edition] = field(default_factory=dict)
    _places: dict[str, tuple[str | None, str]] = field(default_factory=dict)

    def edition(self, session: Session, announcement_id: int) -> Edition:
        """Return an announcement's edition, rendered once in this process: what began to go out is fixed.

        It is known by its hash as well: a restored database may give a number a second time.
        """
        approved = session.get_one(Announcement, announcement_id).content_hash
        key = announcement_id, approved
        if key not in self._editions:
            while len(self._editions) >= limits.EDITIONS_KEPT:
                self._editions.pop(next(iter(self._editions)))
            self._editions[key] = self.composer.edition(session, announcement_id)
        return self._editions[key]

    def copy(self, session: Session, edition: Edition, due: Due, *, now: datetime) -> Ready:
        """Make a reader's copy of an announcement; raise Unpackable."""
        address = self._address(due, now=now)
        try:
            copy = self.composer.copy(edition, due, address, now=now)
            copy = certificates.protect(session, copy, due, links=self.composer.links, now=now)
        except addresses.BadAddress:
            raise Unpackable(_never(due, UNSENDABLE)) from None
        except UnknownKey:
            raise Unpackable(_later(due, now=now)) from None
        except certificates.Withheld as withheld:
            raise Unpackable(_never(due, str(withheld))) from None
        provider, scope = self._place(address)
        give_up_at = edition.give_up_from + retries.GIVE_UP
        return self._ready(due, copy, give_up_at, provider=provider, scope=scope)

    def letter(self, session: Session, due: Due, *, now: datetime) -> Ready:
        """Make an outbox mail; raise Unpackable."""
        if outbox.expires_at(session, due.id) < now:
            raise Unpackable(_skipped(due, "expired"))
        try:
            letter = outbox.letter(session, due.id)
            copy = self.composer.letter_copy(letter, now=now)
            copy = certificates.protect_letter(session, copy, letter, now=now)
        except outbox.Emptied:
            raise Unpackable(_skipped(due, "emptied")) from None
        except UnknownKey:
            raise Unpackable(_later(due, now=now)) from None
        except CannotOpen:
            raise Unpackable(_never(due, UNREADABLE)) from None
        except addresses.BadAddress:
            raise Unpackable(_never(due, UNSENDABLE)) from None
        except certificates.Withheld as withheld:
            raise Unpackable(_never(due, str(withheld))) from None
        return self._ready(due, copy, letter.expires_at)

    def _address(self, due: Due, *, now: datetime) -> str:
        try:
            return addresses.unseal(self.keys, due.address, due.address_index)
        except UnknownKey:
            raise Unpackable(_later(due, now=now)) from None
        except CannotOpen:
            raise Unpackable(_never(due, UNREADABLE)) from None

    def _place(self, address: str) -> tuple[str | None, str]:
        """Return an address's large provider, and what its domain is called in the table of paces."""
        domain = address.rpartition("@")[2]
        if domain not in self._places:
            if len(self._places) >= limits.DOMAINS_KEPT:
                self._places.clear()
            self._places[domain] = (
                providers.provider_of(domain),
                paces.scope_of(self.keys, address),
            )
        return self._places[domain]

    def _ready(
        self,
        due: Due,
        copy: Copy,
        give_up_at: datetime,
        *,
        provider: str | None = None,
        scope: str = "",
    ) -> Ready:
        parcel = Parcel(self.composer.sender.envelope(due.id), copy.recipient, copy.content)
        return Ready(due, parcel, give_up_at, provider, scope)


def _skipped(due: Due, reason: str) -> Outcome:
    return Outcome(due.id, DeliveryState.SKIPPED, reason=reason, offered=False)


def _never(due: Due, reason: str) -> Outcome:
    return Outcome(due.id, DeliveryState.REFUSED, reason=reason, offered=False)


def _later(due: Due, *, now: datetime) -> Outcome:
    """Wait for the operator, however long: nothing is wrong with the reader, and nobody else waits."""
    again = now + timedelta(seconds=limits.KEY_ASK_SECONDS)
    return Outcome(
        due.id,
        DeliveryState.DEFERRED,
        reason=missing_keys.REASON,
        next_try_at=again,
        offered=False,
    )
