"""How long a receipt's PDF takes to draw, in each language; the year's numbers wait for it."""

import statistics
import time
from datetime import date

from bench import report
from bench.report import Goal
from config import languages
from payments.documents import gift
from payments.documents.gift import Gift
from payments.documents.issuer import Issuer
from payments.documents.parties import Recipient

ROUNDS = 200
ISSUER = Issuer(
    name="Example Rights Foundation",
    postal_address="1 Example Street\nExample Town",
    contact="hello@example.org",
    pack="us",
    tax_id="12-3456789",
    zone="UTC",
    donate_url="https://news.example.org/donate",
    giving_url="https://news.example.org/giving",
)
NAMES = {"ar": "أميرة الحسن", "ru": "Борис Щербаков"}


def main() -> None:
    """Measure and print."""
    for code in languages.BY_CODE:
        draw(code, 0)  # the fonts and the words are read once in each process
        seconds = [timed(code, number) for number in range(ROUNDS)]
        slowest = statistics.quantiles(seconds, n=100)[98] * 1000
        median = round(statistics.median(seconds) * 1000, 1)
        size = len(draw(code, 0))
        report.say(
            f"receipt {code}", slowest, "ms p99", Goal(50, at_least=False), median=median, size=size
        )


def timed(language: str, number: int) -> float:
    """Draw one receipt; return how many seconds that took."""
    began = time.perf_counter()
    draw(language, number)
    return time.perf_counter() - began


def draw(language: str, number: int) -> bytes:
    """Draw a receipt whose number is its own, so that nothing can be drawn once for all."""
    said = Gift(
        number=f"2026-{number:05}",
        issued_on=date(2026, 11, 22),
        given_on=date(2026, 11, 21),
        given=5_000 + number,
        kept=5_000 + number,
        currency="USD",
        language=language,
        way="stripe",
        reference=f"{number:08x}",
        recipient=Recipient(name=NAMES.get(language, "Boris Example")),
        fund="Legal aid",
    )
    return gift.pdf(said, ISSUER)


if __name__ == "__main__":
    main()
