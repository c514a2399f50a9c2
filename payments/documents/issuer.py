"""The issuer: the organisation as its receipts name it, and by whose rules it words them."""

from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy.orm import Session

ISSUER: Final = "issuer"
"""Where `wiring.core` has each session carry the issuer, in `session.info`."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives receipts; `postal_address` is lines of text, `zone` says which day and year it is."""

    name: str
    postal_address: str
    contact: str
    #: Which wording: us, uk, eu (payments/documents/wordings/).
    pack: str
    #: EIN, charity number or register number, as the pack calls it; '' where there is none.
    tax_id: str
    #: IANA name of the time zone that days and years are counted in.
    zone: str
    #: The page where one gives.
    donate_url: str
    #: The page where a donor asks for the link to what they gave and give.
    giving_url: str


def of(session: Session) -> Issuer:
    """Return the issuer that `db.session.transaction` laid into this session."""
    return cast("Issuer", session.info[ISSUER])
