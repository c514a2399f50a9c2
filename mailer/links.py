"""The absolute addresses that mails carry; a house test follows each of them to a route."""

from dataclasses import dataclass

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

    def release(self, slug: str) -> str:
        """Return the public page of a release."""
        return f"{self.base_url}/releases/{slug}"

    def invitation(self, token: str) -> str:
        """Return the page where an invited staff member chooses a password."""
        return f"{self.base_url}/staff/invitation/{token}"
