"""How fast one connection is where the relay is 10 ms away, beside smtplib that sends one mail at a time."""

import smtplib
import statistics
import sys
import time

from bench import announcement, distance, frozen, house, report
from bench.report import Goal
from db.session import transaction
from mailer import topics
from mailer.smtp.connection import Parcel

READERS = 1_000
MAILS = 150
"""By smtplib, twice; the faster counts."""
PINGS = 20


SECOND_MS = 1_000


def main() -> None:
    """Measure and print."""
    with house.house() as ours, announcement.sink() as near, distance.proxy(near) as far:
        ours.environ["SMTP_URL"] = f"smtp://127.0.0.1:{far}"
        with transaction() as session:
            topics.add(session, slug="releases", name="Press releases")
        ours.readers(f"reader{number}@example.net" for number in range(READERS))
        ours.work("bulk", 1)
        ours.wait_for_workers(1)
        # Frozen only now: a worker that found it earlier would have sent before the clock runs.
        fast = frozen.send(ours, frozen.announcement()).rate
        parcel = frozen.parcel(ours)
        plain = max(one_at_a_time(far, parcel) for _ in range(2))
        milliseconds = round_trip(far)
    if fast > SECOND_MS / milliseconds:
        sys.exit("more than a mail each round trip: some were sent before the clock ran")
    report.say(
        "round-trip",
        fast / plain,
        "x smtplib, one connection each",
        Goal(3),
        ours=round(fast, 1),
        smtplib=round(plain, 1),
        round_trip_ms=round(milliseconds, 1),
        bytes=len(parcel.content.octets),
        readers=READERS,
    )


def one_at_a_time(port: int, parcel: Parcel) -> float:
    """Send the same mail again and again by smtplib over a kept connection; return mails a second."""
    message = parcel.content.message
    with smtplib.SMTP("127.0.0.1", port, local_hostname="mail.example.org") as connection:
        connection.ehlo()
        began = time.monotonic()
        for _ in range(MAILS):
            connection.sendmail(parcel.sender, parcel.recipient, message)
        return MAILS / (time.monotonic() - began)


def round_trip(port: int) -> float:
    """Return how long a command and its answer take, in milliseconds."""
    taken = list[float]()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="mail.example.org") as connection:
        for _ in range(PINGS):
            began = time.monotonic()
            connection.noop()
            taken.append(time.monotonic() - began)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    main()
