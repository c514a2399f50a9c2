"""A canary goes every way an address can go; afterwards nothing that is kept names it, and no link works.

It is looked for in a dump of the database, in the raw files of PostgreSQL and of Valkey, in every key of
Redis, and in what all processes logged at their most talkative.
"""

import base64
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from config.settings import ROOT
from db.base import db
from db.session import transaction
from mailer import retention
from mailer.models.deliveries import DeliveryState
from mailer.models.subscribers import SubscriberState
from sandbox.servers import Postgres, Valkey
from tests import builders, processes
from tests.browser import Browser
from tests.cast import Staff
from tests.journeys import leaks
from tests.journeys.conftest import House
from tests.journeys.test_release_day import first_link
from tests.mailer.sending.conftest import progress
from wiring import names
from wiring.core import core

LOCAL = "quokka7f3a91"
CANARY, REFUSED = (
    f"{LOCAL}@burrow-of-quokkas.example.org",
    f"bounce-{LOCAL}@burrow-of-quokkas.example.org",
)
NEVER, IMPORTED = (
    f"never-{LOCAL}@burrow-of-quokkas.example.org",
    f"imported-{LOCAL}@burrow-of-quokkas.example.org",
)
SECRETS = {LOCAL, "burrow-of-quokkas"}
LINK = re.compile(r"https?://[^\s<>\"]+/(?:confirm|manage|unsubscribe)[^\s<>\"]*/([\w.-]{20,})")
LOGS = "*.log"

pytestmark = pytest.mark.journey


@pytest.fixture
def told() -> dict[str, str]:
    """Have everything logged."""
    return {"LOG_LEVEL": "DEBUG"}


@pytest.fixture
def broker(valkey: Valkey) -> Iterator[redis.Redis]:
    """Give Redis, which writes down all it is told from here on."""
    client = redis.Redis.from_url(valkey.url())
    client.config_set("appendonly", "yes")
    yield client
    client.config_set("appendonly", "no")
    client.close()


def test_an_address_that_went_every_way_is_nowhere(
    app: Flask,
    broker: redis.Redis,
    house: House,
    staff: Callable[..., Staff],
    postgres: Postgres,
    valkey: Valkey,
    tmp_path: Path,
) -> None:
    builders.topic()
    come(house)
    import_one(house, tmp_path)
    announce(staff)
    look_and_leave(house)
    erase(house)
    take_away()
    tokens = links_mailed(house)
    assert len(tokens) > 4

    database = leaks.readable(leaks.dump(house.settings.database_url.get_secret_value()))
    keys, log = leaks.broker(broker), logs(tmp_path)
    disk = leaks.files(postgres.data)
    bells = leaks.files(valkey.folder / "appendonlydir") + (valkey.folder / "log").read_bytes()
    for kept in (database, keys, log, bells, leaks.files(tmp_path / "journal")):
        assert leaks.found(SECRETS | tokens, kept) == set()
    assert leaks.found(SECRETS, disk) == set()
    assert_the_search_saw_something(database, log, bells)
    assert_it_would_be_seen(house)


def come(house: House) -> None:
    """Subscribe and confirm; ask once more; and ask for one who never answers, and for one who is refused."""
    ask(house, CANARY)
    press(house, CANARY, "/confirm/", "Confirm")
    a_day_later()
    ask(house, CANARY)
    processes.wait_until(lambda: len(house.mailbox.messages(to=CANARY)) == 2)
    for address in (NEVER, REFUSED):
        ask(house, address)
    assert house.mailbox.newest_to(NEVER)["Subject"]


def announce(staff: Callable[..., Staff]) -> None:
    """Send a release to the canary, and to an address whose server answers 5.1.1."""
    builders.subscriber(f"bounce-2-{LOCAL}@burrow-of-quokkas.example.org")
    author, approver = staff("chen", "author"), staff("dana", "approver")
    id_ = builders.announcement(builders.release(), author=author, approver=approver)
    core().bell.ring(names.FREEZE, id_)
    processes.wait_until(lambda: progress(id_).state == "finished")
    assert progress(id_).closes
    assert progress(id_).counts[DeliveryState.REFUSED] == 1


def look_and_leave(house: House) -> None:
    """Have a fresh link mailed, open the page behind it, and leave by one click."""
    mail = house.mailbox.newest_to(CANARY)
    leave = mail["List-Unsubscribe"].strip("<>").split(">")[0]
    press(house, CANARY, "/manage/", "Mail me a link")
    processes.wait_until(lambda: house.mailbox.messages(to=CANARY)[0]["subject"] != mail["Subject"])
    page = Browser().get(first_link(house.mailbox.newest_to(CANARY), "/manage/"))
    assert CANARY in page.html
    assert Browser().post(leave, [("List-Unsubscribe", "One-Click")]).status == 200
    assert builders.state_of(CANARY) is SubscriberState.ENDED


def import_one(house: House, folder: Path) -> None:
    """Bring one in by file."""
    (folder / "lists").mkdir()
    file = folder / "lists" / "list.csv"
    row = f"{IMPORTED},releases,en,2026-01-01T00:00:00Z,a form on paper\n"
    file.write_text(f"email,topics,language,confirmed_at,consent_note\n{row}", encoding="utf-8")
    flask(house, "import", str(file))
    assert builders.state_of(IMPORTED) is SubscriberState.CONFIRMED


def erase(house: House) -> None:
    """Erase one who left and one who is a subscriber; the others stay, sealed."""
    for address in (CANARY, IMPORTED):
        flask(house, "erase", "-", "--yes", said=f"{address}\n")
        assert builders.state_of(address) is None


def take_away() -> None:
    """Have the worker apply the rules of retention."""
    core().bell.ring(names.RETENTION)
    processes.wait_until(runs)


def runs() -> int:
    with transaction() as session:
        return len(retention.last_runs(session, limit=1))


def ask(house: House, address: str) -> None:
    visitor = Browser()
    form = visitor.get(f"{house.url}/subscribe")
    assert visitor.submit(form, "/subscribe", address=address, topic="releases").status == 200


def press(house: House, address: str, link: str, button: str) -> None:
    visitor = Browser()
    page = visitor.get(first_link(house.mailbox.newest_to(address), link))
    assert visitor.submit(page, button).status == 200


def a_day_later() -> None:
    """Forget what was counted: one address may cause one mail a day."""
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE cap"))


def flask(house: House, *words: str, said: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "subscribers", *words],
        cwd=ROOT,
        env=processes.environ(house.settings, BASE_URL=house.url, LOG_LEVEL="DEBUG"),
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert leaks.found(SECRETS, done.stderr.encode()) == set(), done.stderr


def links_mailed(house: House) -> set[str]:
    """Return the token of every link in every mail to a canary."""
    tokens: set[str] = set()
    for message in house.mailbox.messages():
        mail = house.mailbox.mail(message["id"])
        said = f"{mail['List-Unsubscribe']} {mail.get_body(('plain',))}"
        tokens |= set(LINK.findall(said))
    return tokens


def logs(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.glob(LOGS)))


def assert_the_search_saw_something(database: bytes, log: bytes, bells: bytes) -> None:
    """A search of nothing finds nothing: what must be there is there."""
    assert b"COPY public.consent_event" in database
    assert database.count(b"withdrawn") >= 2
    assert names.SEND_TX.encode() in log
    assert names.SEND_TX.encode() in bells


def assert_it_would_be_seen(house: House) -> None:
    """A canary in a column of text or of bytes is found in the dump."""
    for column in ("text", "convert_to(text, 'UTF8')"):
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE leak (text text)"))
            connection.execute(text("INSERT INTO leak VALUES (:it)"), {"it": CANARY})
            connection.execute(text(f"CREATE TABLE leak_2 AS SELECT {column} AS it FROM leak"))  # noqa: S608 - our own words
            connection.execute(text("DROP TABLE leak"))
        dumped = leaks.readable(leaks.dump(house.settings.database_url.get_secret_value()))
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE leak_2"))
        assert leaks.found(SECRETS, dumped) == SECRETS


@pytest.mark.parametrize("before", [b"", b"z", b"zz", b"zzz"])
def test_the_search_finds_a_secret_in_any_spelling(before: bytes) -> None:
    plain = before + CANARY.encode() + b"!"
    for hidden in (plain.upper(), plain.hex().encode(), base64.b64encode(plain)):
        assert leaks.found({CANARY, "nobody@example.org"}, hidden) == {CANARY}
