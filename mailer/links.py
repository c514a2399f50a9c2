"""The absolute addresses that mails carry; a house test follows each of them to a route."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from config import languages
from mailer.tokens import Tokens


@dataclass(frozen=True)
class Links:
    """Builds links under the site's base address (no slash at its end)."""

    base_url: str
    tokens: Tokens

    def confirm(self, token: str) -> str:
        """Return the page that asks for one press to confirm."""
        return f"{self.base_url}/confirm/{token}"

    def unsubscribe(self, subscriber_id: int, version: int) -> str:
        """Return the link that ends a subscription: a page by GET, RFC 8058 one-click by POST."""
        return f"{self.base_url}/unsubscribe/{self.tokens.unsubscribe(subscriber_id, version)}"

    def manage(self, subscriber_id: int, version: int) -> str:
        """Return the reader's own page as each mail links to it: it shows nothing and mails a fresh link."""
        return f"{self.base_url}/manage/{self.tokens.manage(subscriber_id, version)}"

    def fresh(self, subscriber_id: int, version: int, *, now: datetime) -> str:
        """Return the reader's own page with all that is held, good for an hour."""
        return f"{self.base_url}/manage/{self.tokens.fresh(subscriber_id, version, now=now)}"

    def address_change(self, token: str) -> str:
        """Return the page where a new address confirms that it takes a subscription over."""
        return f"{self.base_url}/address/{token}"

    def giving(self, donor_id: int, version: int, *, now: datetime) -> str:
        """Return a donor's own page: gifts, receipts, plans; good for an hour."""
        return f"{self.base_url}/giving/{self.tokens.giving(donor_id, version, now=now)}"

    def subscribe(self) -> str:
        """Return the subscribe form."""
        return f"{self.base_url}/subscribe"

    def in_language(self, url: str, language: str) -> str:
        """Return the address of a page of ours so that it opens in a reader's language.

        Their browser cannot tell: Tor Browser says English for everybody. Other sites' addresses, and
        languages that we lack, change nothing.
        """
        known = language in languages.BY_CODE and url.startswith(f"{self.base_url}/")
        return f"{url}?lang={language}" if known and "?" not in url else url

    def release(self, slug: str) -> str:
        """Return the public page of a release."""
        return f"{self.base_url}/releases/{slug}"

    def attachment(self, slug: str, name: str) -> str:
        """Return the address of a file of a release; its name may be of any letters."""
        return f"{self.release(slug)}/attachments/{quote(name, safe='')}"

    def invitation(self, token: str) -> str:
        """Return the page where an invited staff member chooses a password."""
        return f"{self.base_url}/staff/invitation/{token}"

    def announcement(self, announcement_id: int) -> str:
        """Return the console's page of an announcement."""
        return f"{self.base_url}/staff/announcements/{announcement_id}"

    def money_tasks(self) -> str:
        """Return the console's page of what about money waits for staff."""
        return f"{self.base_url}/staff/money/tasks/"
