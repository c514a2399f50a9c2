"""What the console's forms about announcements send, as a browser fills them in."""

from typing import Final

from mailer.models.announcements import Audience
from web.staff.proposals import Choice

START: Final = {"read": "en", "then": "start"}
"""The approver ticks the one version there is, and presses 'Approve and send'."""
READ: Final = {"read": "en"}
"""The same, and it is to start later."""


def proposal(
    *topics: str,
    audience: str = "public",
    languages: tuple[str, ...] = (),
    fallback: bool = True,
) -> dict[str, object]:
    """Return the fields of a proposal whose count was looked at; to the topic 'releases' if no other."""
    chosen = topics or ("releases",)
    choice = Choice(Audience(audience), chosen, languages, fallback)
    fields: dict[str, object] = {
        "audience": audience,
        "topics": list(chosen),
        "languages": list(languages),
    }
    return fields | {"counted": choice.mark} | ({"fallback": "yes"} if fallback else {})
