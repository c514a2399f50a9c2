"""The parties: who gives a document and to whom, as the head and the foot of each document name them."""

from dataclasses import dataclass

from payments.documents import page
from payments.documents.issuer import Issuer
from payments.documents.packs import Words
from payments.documents.page import Page


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a document is given; what is empty is left out, and without a name the address stands."""

    name: str = ""
    mail_address: str = ""
    #: Lines of text: what a tax declaration asks for.
    postal_address: str = ""

    def lines(self, words: Words) -> str:
        """Return who it is, or that nobody is named."""
        known = (self.name or self.mail_address, self.postal_address)
        return "\n".join(part for part in known if part) or words.say("nobody")


def begin(title: str, number: str, issuer: Issuer, words: Words) -> Page:
    """Return a page with the organisation's head, the title and a foot on each sheet."""
    sheet = Page(
        title=f"{title} {number} · {issuer.name}",
        author=issuer.name,
        language=words.language,
        paper=words.paper,
        foot=f"{issuer.name} · {number}",
    )
    sheet.rule(weight=2)
    sheet.text(issuer.name, page.NAME)
    lines = [line for line in issuer.postal_address.splitlines() if line.strip() != issuer.name]
    sheet.text("\n".join(lines), page.QUIET)
    if issuer.tax_id:
        sheet.text(f"{words.say('tax_id')}: {issuer.tax_id}", page.QUIET)
    sheet.gap(34)
    sheet.text(title, page.TITLE)
    sheet.gap(10)
    return sheet


def end(sheet: Page, issuer: Issuer, words: Words) -> bytes:
    """Thank, say whom to ask, and return the document."""
    sheet.gap(10)
    sheet.text(words.say("thanks", organisation=issuer.name))
    sheet.gap(16)
    sheet.text(words.say("contact", contact=issuer.contact), page.QUIET)
    return sheet.pdf()
