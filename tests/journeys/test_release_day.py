"""The main job, from a visitor's first page to the report: a real press release reaches 500 readers.

The text is not in this repository; without it beside the tree the test is skipped.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from config.settings import ROOT
from mailer.models.deliveries import DeliveryState
from mailer.models.subscribers import SubscriberState
from mailer.progress import Progress
from tests import builders, processes
from tests.browser import Browser
from tests.cast import AMIRA, Staff
from tests.journeys.conftest import House
from tests.mailer.sending.conftest import progress

REAL = ROOT.parent / "shared" / "releases" / "kazakhstan-zhanaozen.txt"
READERS = 500

pytestmark = pytest.mark.journey


@pytest.fixture
def release_file() -> Path:
    """Give the real release; skip where it is missing."""
    if not REAL.is_file():
        pytest.skip("the real release is not beside the repository (shared/releases)")
    return REAL


def test_a_real_release_reaches_every_reader_exactly_once(
    app: Flask, house: House, staff: Callable[..., Staff], release_file: Path
) -> None:
    builders.topic()
    chen, dana = staff("chen", "author"), staff("dana", "approver")
    subscribe_and_confirm(house, AMIRA)
    readers = {*builders.subscribers(READERS - 1), AMIRA}
    others = strangers()

    slug = import_release(house, release_file)
    announcement = announce(house, slug, author=chen, approver=dana)
    processes.wait_until(lambda: progress(announcement).state == "finished")

    assert_the_equation_holds(progress(announcement))
    got = Counter(m["to"] for m in house.mailbox.messages() if is_release(m["subject"]))
    del got[chen.email]  # the test copy
    assert got == Counter(dict.fromkeys(readers, 1))
    assert not set(got) & others
    assert_a_proud_mail(house.mailbox.newest_to("reader7@example.org"))
    assert Browser().get(f"{house.url}/releases/{slug}").status == 200
    leave_by_one_click(house, house.mailbox.newest_to(AMIRA))


def subscribe_and_confirm(house: House, address: str) -> None:
    """Join as a visitor does, reading the mail between the two steps."""
    visitor = Browser()
    form = visitor.get(f"{house.url}/subscribe")
    assert visitor.submit(form, "/subscribe", address=address, topic="releases").status == 200
    link = first_link(house.mailbox.newest_to(address), "/confirm/")
    asked = visitor.get(link)
    assert builders.state_of(address) is SubscriberState.PENDING
    assert visitor.submit(asked, "Confirm").status == 200
    assert builders.state_of(address) is SubscriberState.CONFIRMED
    assert not list(visitor.cookies)


def strangers() -> set[str]:
    """Add people who must get nothing."""
    for state in (SubscriberState.PENDING, SubscriberState.ENDED):
        builders.subscriber(f"{state}@example.org", state=state)
    builders.suppressed("suppressed@example.org")
    builders.subscriber("elsewhere@example.org", topic_slugs=("other",))
    return {f"{n}@example.org" for n in ("pending", "ended", "suppressed", "elsewhere")}


def import_release(house: House, file: Path) -> str:
    """Import by the command line, as the contract says; return the slug."""
    argv = [sys.executable, "-m", "flask", "releases", "import", str(file), "--topic", "releases"]
    env = processes.environ(house.settings)
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    slug = done.stdout.split()[-1]
    assert re.fullmatch(r"[a-z0-9-]+", slug)
    return slug


def announce(house: House, slug: str, *, author: Staff, approver: Staff) -> int:
    """Draft, preview, test copy, proposal by one person; approval by another."""
    page = f"{house.url}/staff/releases/{slug}"
    chen, dana = signed_in(house, author), signed_in(house, approver)
    preview = chen.get(f"{page}/preview")
    assert preview.status == 200
    chen.submit(preview, "/test")
    assert is_release(house.mailbox.newest_to(author.email)["Subject"].removeprefix("[Test] "))
    proposed = chen.submit(chen.get(f"{page}/propose"), "/propose")
    number = int(proposed.url.rstrip("/").rpartition("/")[2])
    assert chen.get(f"{proposed.url}/approve").status == 403
    asked = dana.get(f"{proposed.url}/approve")
    (language,) = re.findall(r'name="read" value="([a-z]{2})"', asked.html)
    dana.submit(asked, "/approve", read=language, then="start")
    return number


def signed_in(house: House, person: Staff) -> Browser:
    """Sign a staff member in."""
    browser = Browser()
    form = browser.get(f"{house.url}/staff/sign-in")
    page = browser.submit(form, "/sign-in", email=person.email, password=person.password)
    assert page.status == 200
    assert "sign-in" not in page.url
    return browser


def assert_the_equation_holds(report: Progress) -> None:
    """Recipients = accepted + refused + skipped + uncertain, and all of them accepted."""
    assert report.closes
    assert report.recipients == report.counts[DeliveryState.ACCEPTED] == READERS
    assert not report.perhaps_twice


def assert_a_proud_mail(mail: EmailMessage) -> None:
    """Text and HTML, one h1, a language, and the headers that RFC 8058, 2919 and 5322 ask for."""
    text, html = (part.get_content() for part in mail.iter_parts())
    assert html.count("<h1") == 1
    assert 'lang="en"' in html
    for must in ("NEW YORK, 14 December 2012", "212-246-8486", "350 Fifth Avenue", "/unsubscribe/"):
        assert must in text
    assert not re.search(r"\bsrc=|<img|<script", html)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"]
    assert mail["Message-ID"].endswith("@example.org>")


def leave_by_one_click(house: House, mail: EmailMessage) -> None:
    """Leave as a mail program does: one POST without a page, a cookie or a question."""
    link = mail["List-Unsubscribe"].partition(">")[0].strip("<")
    done = Browser().post(link, [("List-Unsubscribe", "One-Click")])
    assert done.status == 200
    assert done.url == link
    assert builders.state_of(AMIRA) is SubscriberState.ENDED


def first_link(mail: EmailMessage, part: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://\S*{part}\S+", body.get_content())
    assert found
    return found[0]


def is_release(subject: str) -> bool:
    return subject.startswith("Kazakhstan")
