"""Gift Aid on the donation form: the declaration that may be ticked, and what must be entered with it."""

from typing import Final

from config import languages, limits
from payments import claimants, gift_aid
from payments.documents import packs
from web import words
from wiring.core import core

N_ = languages.N_
POUNDS_ALONE: Final = N_(
    "Gift Aid is for gifts in pounds alone. Please take this tick away, or choose pounds above."
)
NO_FULL_NAME: Final = N_("Please enter your first and last name: Gift Aid needs both.")
NO_HOME: Final = N_(
    "Please enter your home address, with a house name or number and a UK postcode such as BS1 4DJ. "
    "If you live elsewhere, please write to us."
)
TOO_LONG: Final = N_("Please write this shorter.")


def declaration() -> str:
    """Return what may be declared here, in the page's language; "" where our receipts' rules have nothing."""
    settings = core().settings
    said = packs.words(settings.receipt_pack, words.language())
    if not said.has("declaration"):
        return ""
    return said.say("declaration", organisation=settings.org_name)


def faults(*, currency: str, name: str, home: str) -> dict[str, str]:
    """Return what must be mended before this is declared: field -> sentence, in the page's language."""
    found = {}
    if currency != gift_aid.CURRENCY:
        found["declares"] = words.gettext(POUNDS_ALONE)
    if claimants.name(name) is None:
        found["name"] = words.gettext(NO_FULL_NAME)
    if len(home) > limits.HOME_ADDRESS_LENGTH:
        found["home"] = words.gettext(TOO_LONG)
    elif claimants.home(home) is None:
        found["home"] = words.gettext(NO_HOME)
    return found


def lines(typed: str) -> str:
    """Return an address without empty lines and needless spaces."""
    return "\n".join(line for each in typed.splitlines() if (line := " ".join(each.split())))
