"""Who speaks: the organisation as its mails name it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organisation:
    """The sender of every mail, in words a reader sees.

    `postal_address` is lines of plain text, as in `Parts`; the URLs are absolute. What is empty is
    left out of the mail.
    """

    name: str
    postal_address: str
    home_url: str
    contact_email: str = ""
    privacy_url: str = ""
