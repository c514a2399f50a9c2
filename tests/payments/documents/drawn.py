"""Values for documents, and what comes out of a PDF as text."""

import unicodedata
from datetime import date
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader

from payments.documents import gift
from payments.documents.gift import Gift
from payments.documents.issuer import Issuer
from payments.documents.parties import Recipient

EU: Final = Issuer(
    name="Lantern Rights Watch",
    postal_address="Lantern Rights Watch\n18 Harbour Row\nDublin D02 XY00",
    contact="press@lantern.example.org",
    pack="eu",
    tax_id="IE 4711",
    zone="Europe/Dublin",
    donate_url="https://lantern.example.org/donate",
    giving_url="https://lantern.example.org/giving",
)


def said(language: str = "en", name: str = "Boris Example", **more: Any) -> Gift:
    """Return what a receipt of fifty euros says."""
    values: dict[str, Any] = {
        "number": "2026-00042",
        "issued_on": date(2026, 11, 22),
        "given_on": date(2026, 11, 21),
        "given": 5_000,
        "kept": 5_000,
        "currency": "EUR",
        "language": language,
        "way": "stripe",
        "reference": "3f2a9c1e",
        "recipient": Recipient(name=name),
    }
    return Gift(**values | more)


def reader(pdf: bytes) -> PdfReader:
    """Open a PDF."""
    return PdfReader(BytesIO(pdf))


def text(pdf: bytes) -> str:
    """Return the text of all pages, joined letters as plain ones, its blanks as one."""
    pages = "\n".join(page.extract_text() for page in reader(pdf).pages)
    return " ".join(unicodedata.normalize("NFKC", pages).split())


def receipt(language: str = "en", name: str = "Boris Example", **more: Any) -> str:
    """Return the text of a receipt."""
    return text(gift.pdf(said(language, name, **more), EU))
